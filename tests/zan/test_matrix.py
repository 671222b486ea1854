from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from jalon.zan.law import law_on, verified_on
from jalon.zan.matrix import (
    COVERS,
    HERBACEOUS,
    USES,
    ThresholdKind,
    are_artificial,
    category,
    is_artificial,
    threshold,
)

PAIRS = list(product(COVERS, USES))


@pytest.mark.parametrize(
    ("cover", "use", "expected"),
    [
        ("CS1.1.2.1", "US1.3", False),
        ("CS1.1.2.1", "US2", True),
        ("CS2.2.1", "US1.1", False),
        ("CS2.2.1", "US2", True),
        ("CS2.2.1", "US6.3", False),
        ("CS2.2.1", "US6.2", True),
        ("CS2.1.1.1", "US2", False),
        ("CS1.1.1.1", "US1.1", True),
        ("CS1.2.1", "US6.3", False),
        ("CS2.2.2", "US235", True),
    ],
)
def test_w16_matrix(cover: str, use: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert is_artificial(cover, use) is expected


@pytest.mark.parametrize(
    ("cover", "use"),
    [("CS9", "US2"), ("CS1.1.1.1", "INDETERMINE"), (None, "US2"), ("CS1.1.1.1", None)],
)
def test_unknown_code_is_not_decided(cover: str | None, use: str | None) -> None:
    assert is_artificial(cover, use) is None
    assert category(cover, use) is None


def test_series_say_what_each_pair_says() -> None:
    pairs = pd.DataFrame([*PAIRS, ("CS9", "US2"), (None, "US2")], columns=["cover", "use"])
    told = are_artificial(pairs["cover"], pairs["use"])
    assert told[: len(PAIRS)].tolist() == [is_artificial(*pair) for pair in PAIRS]
    assert told[len(PAIRS) :].isna().all()


def test_the_matrix_makes_121_of_552_pairs_artificial() -> None:
    assert (len(PAIRS), sum(bool(is_artificial(*pair)) for pair in PAIRS)) == (552, 121)


def test_first_five_categories_are_the_artificial_ones() -> None:
    found = {pair: category(*pair) for pair in PAIRS}
    assert all((found[pair] in range(1, 6)) == is_artificial(*pair) for pair in PAIRS)
    assert set(found.values()) == set(range(1, 11))


@pytest.mark.parametrize(
    ("cover", "use", "expected"),
    [
        ("CS1.1.1.1", "US2", 1),
        ("CS1.1.1.2", "US4.1.1", 2),
        ("CS1.1.2.1", "US2", 3),
        ("CS2.2.1", "US5", 4),
        ("CS1.1.1.1", "US6.2", 5),
        ("CS1.1.2.1", "US1.3", 6),
        ("CS2.2.1", "US1.1", 7),
        ("CS1.2.2", "US1.4", 7),
        ("CS2.1.1.1", "US1.2", 8),
        ("CS2.1.2", "US6.3", 9),
        ("CS2.1.1.1", "US5", 10),
    ],
)
def test_category_of_the_annex(cover: str, use: str, expected: int) -> None:
    assert category(cover, use) == expected


@pytest.mark.parametrize(
    ("kind", "minimum"),
    [(ThresholdKind.BUILT, 50), (ThresholdKind.COVER, 2_500), (ThresholdKind.LINEAR, 5)],
)
def test_each_kind_of_ground_has_the_minimum_of_the_law(
    kind: ThresholdKind, minimum: float
) -> None:
    assert threshold(kind, law_on(verified_on())) == minimum


@pytest.fixture(scope="module")
def matrix_of_2022(reference_dir: Path) -> pd.DataFrame:
    """The published matrix of April 2022, its codes spelled, with ours beside."""
    folder = reference_dir / "data" / "land" / "ocsge"
    table = pd.read_csv(folder / "CouvertureUsageMatrix-2022-04-26.csv")
    for name, file in (("couverture", "CouvertureSol"), ("usage", "UsageSol")):
        codes = pd.read_csv(folder / f"{file}-2022-04-26.csv").set_index("id")["code_prefix"]
        table[name] = table[name].map(codes)
    return table.assign(now=are_artificial(table["couverture"], table["usage"]))


@pytest.mark.reference
def test_codes_are_those_of_the_ministry(reference_dir: Path) -> None:
    folder = reference_dir / "data" / "land" / "ocsge"
    for codes, file in ((COVERS, "seed_couverture.csv"), (USES, "seed_usage.csv")):
        assert set(codes) == set(pd.read_csv(folder / file)["code_prefix"])


@pytest.mark.reference
def test_matrix_of_2022_disagrees_on_59_pairs(matrix_of_2022: pd.DataFrame) -> None:
    was, now = matrix_of_2022["is_artificial"].eq(1), matrix_of_2022["now"]
    assert len(matrix_of_2022) == 552
    assert ((now & ~was).sum(), (was & ~now).sum()) == (58, 1)


@pytest.mark.reference
def test_causes_of_the_59_disagreements_with_2022(matrix_of_2022: pd.DataFrame) -> None:
    differs = matrix_of_2022["is_artificial"].eq(1) != matrix_of_2022["now"]
    rows = matrix_of_2022[differs]
    is_quarry = rows["couverture"].eq("CS1.1.2.1") & rows["usage"].eq("US1.3")
    is_herbaceous = rows["couverture"].isin(HERBACEOUS)
    is_composite = rows["couverture"].eq("CS1.1.2.2")
    is_none = rows["label"].eq("NONE")
    assert is_quarry.sum() == 1  # 2022 counted quarries in operation
    assert is_herbaceous.sum() == 26  # 2022 counted no lawn, garden or verge
    assert is_composite.sum() == 17  # 2022 left composite ground out of these uses
    others = ~(is_quarry | is_herbaceous | is_composite)
    assert others.sum() == 15
    assert is_none[others].all()  # pairs 2022 did not class
