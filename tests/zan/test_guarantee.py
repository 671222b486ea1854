import pandas as pd
import pytest

from jalon.testing import two_communes
from jalon.zan.guarantee import eligibility, supplements
from jalon.zan.law import law_on, verified_on

LAW = law_on(verified_on())
COMMUNES = two_communes()[:1].set_index("insee", drop=False).rename_axis(None)

EARLY, CUTOFF = "2019-05-14", "2026-08-22"


def document(**fields: str | None) -> dict[str, str | None]:
    return {
        "level": "commune",
        "territory": "01001",
        "kind": "PLU",
        "state": "en vigueur",
        "prescribed_on": None,
        "adopted_on": None,
        "approved_on": None,
        **fields,
    }


@pytest.mark.parametrize(
    ("documents", "is_sure", "is_possible"),
    [
        ([document(approved_on=EARLY)], True, True),
        ([document(adopted_on=EARLY, approved_on=CUTOFF)], True, True),
        ([document(approved_on=CUTOFF)], False, True),
        ([document(prescribed_on=CUTOFF)], False, False),
        ([document()], False, True),
        ([document(kind="RNU")], False, False),
        ([document(kind="RNU"), document(prescribed_on=EARLY, state="en évolution")], True, True),
        ([document(kind="CC", approved_on=EARLY)], True, True),
        (
            [document(kind="PLUi", level="epci", territory="200000001", prescribed_on=EARLY)],
            True,
            True,
        ),
        ([document(kind="SCoT", approved_on=EARLY)], False, True),
        ([document(approved_on=EARLY, state="caduc")], False, True),
        ([document(territory="01002", approved_on=EARLY)], False, True),
    ],
)
def test_a_local_plan_of_the_commune_or_its_epci_entitles_to_the_guarantee(
    documents: list[dict[str, str | None]], *, is_sure: bool, is_possible: bool
) -> None:
    (row,) = eligibility(COMMUNES, pd.DataFrame(documents), LAW).to_dict("records")
    assert (row["is_sure"], row["is_possible"]) == (is_sure, is_possible)


@pytest.mark.parametrize(
    ("created_on", "delegated_count", "low_ha", "high_ha"),
    [
        ("2016-01-01", 3.0, 1.5, 1.5),
        ("2016-01-01", 7.0, 2.0, 2.0),
        ("2011-01-01", 3.0, 0.0, 0.0),
        (None, 3.0, 0.0, 1.5),
        ("2016-01-01", None, 0.0, 2.0),
    ],
)
def test_what_is_not_known_of_a_commune_nouvelle_widens_its_supplement(
    created_on: str | None, delegated_count: float | None, low_ha: float, high_ha: float
) -> None:
    merged = pd.DataFrame(
        {
            "insee": ["01001"],
            "created_on": [created_on],
            "delegated_count": [delegated_count],
            "associated_count": [0],
        }
    )
    (row,) = supplements(COMMUNES, merged, LAW).to_dict("records")
    assert (row["lo_ha"], row["hi_ha"]) == (low_ha, high_ha)
