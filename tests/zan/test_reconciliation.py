from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from jalon.model import ZanParameters
from jalon.testing import two_communes, yearly_flows
from jalon.zan.ledger import LedgerInputs
from jalon.zan.reconciliation import RECONCILIATION_FIELDS, reconciliation

RNU = pd.DataFrame(
    {
        "document_id": ["1"],
        "level": ["commune"],
        "territory": ["01001"],
        "kind": ["RNU"],
        "state": ["en vigueur"],
        "prescribed_on": [None],
        "adopted_on": [None],
        "approved_on": [None],
        "zan_integrated_on": [None],
    }
)


def compared(reference_ha: float, since_ha: float, **tables: pd.DataFrame) -> pd.DataFrame:
    flows = yearly_flows({"01001": reference_ha}, {"01001": since_ha})
    inputs = LedgerInputs(flows, two_communes(), **tables)
    return reconciliation(inputs, ZanParameters()).set_index("code")


def test_the_projection_differs_by_the_tenth_year() -> None:
    row = compared(12.4, 2.1).loc["01001"]
    assert row["projection_ha"] == pytest.approx(7.0)
    assert row["ministry_projection_ha"] == pytest.approx(6.3)
    assert row["rule_ids"] == ("R-ENV-11",)


def test_nothing_differs_without_consumption_above_the_hectare() -> None:
    row = compared(12.4, 0.0).loc["01001"]
    assert row["rule_ids"] == ()
    assert row["allowed_gap_lo_ha"] == row["projection_gap_ha"] == 0


def test_a_commune_under_the_rnu_has_no_hectare_of_right() -> None:
    row = compared(0.8, 0.0, documents=RNU).loc["01001"]
    assert row["ministry_allowed_ha"] == 1
    assert row["allowed_gap_hi_ha"] == pytest.approx(-0.6)
    assert row["rule_ids"] == ("R-GAR-1",)


def test_an_epci_has_no_hectare_of_its_own() -> None:
    row = compared(0.8, 0.0).loc["200000001"]
    assert row["allowed_gap_lo_ha"] == pytest.approx(-0.6)
    assert row["rule_ids"] == ("R-GAR-5",)


def test_a_region_takes_the_rate_of_the_group() -> None:
    row = compared(12.4, 0.0).loc["84"]
    assert row["allowed_gap_lo_ha"] == pytest.approx(-0.045 * 12.4)
    assert row["rule_ids"] == ("R-ENV-4",)


def test_what_is_declared_explains_what_it_moves() -> None:
    declared = pd.DataFrame(
        {
            "declaration_id": ["1", "2"],
            "commune": "01001",
            "kind": ["pene_annexe_1", "zac_anterieure"],
            "name": None,
            "area_ha": [1.0, 2.0],
            "year": [2022.0, 2019.0],
            "is_effective": "oui",
            "pool": None,
        }
    )
    row = compared(12.0, 9.0, declarations=declared).loc["01001"]
    assert row["allowed_gap_lo_ha"] == pytest.approx(1.0)
    assert row["rule_ids"] == ("R-PAR-8", "R-ENV-11", "R-PENE-2")


def test_every_column_has_a_french_name() -> None:
    assert tuple(compared(1.0, 1.0).reset_index().columns) == tuple(RECONCILIATION_FIELDS)


@pytest.fixture(scope="module")
def published(reference_dir: Path) -> pd.DataFrame:
    """The file read by pandas alone: reference and consumption of each commune, in ha."""
    path = reference_dir / "data/land/enaf/data_scot_rives_du_rhone.csv"
    table = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype={"idcom": str})
    years = [f"naf{y:02}art{y + 1:02}" for y in range(11, 24)]
    ha = table.set_index("idcom")[years] / 10_000
    return pd.DataFrame(
        {"reference": ha[years[:10]].sum(axis=1), "since": ha[years[10:]].sum(axis=1)}
    )


@pytest.fixture(scope="module")
def real(
    reference_dir: Path, import_file: Callable[..., Any], known_communes: gpd.GeoDataFrame
) -> pd.DataFrame:
    flows = import_file(reference_dir / "data/land/enaf/data_scot_rives_du_rhone.csv").table
    rows = reconciliation(LedgerInputs(flows, known_communes), ZanParameters())
    counted = rows[rows["level"].eq("commune") & rows["reference_ha"].notna()]
    return counted.set_index("code")


@pytest.mark.reference
def test_the_152_communes_have_both_figures_as_pandas_alone_finds_them(
    published: pd.DataFrame, real: pd.DataFrame
) -> None:
    assert len(real) == len(published) == 152
    half, pace = published["reference"] / 2, published["since"] / 3
    expected = {
        "allowed_lo_ha": half,
        "allowed_hi_ha": half.clip(lower=1),
        "ministry_allowed_ha": half.clip(lower=1),
        "projection_ha": pace * 10,
        "ministry_projection_ha": pace * 9,
    }
    for name, values in expected.items():
        assert (real[name] - values.reindex(real.index)).abs().max() < 1e-9, name


@pytest.mark.reference
def test_every_difference_of_the_152_communes_has_its_rule_and_no_other_has(
    published: pd.DataFrame, real: pd.DataFrame
) -> None:
    is_below = (published["reference"] / 2 < 1).reindex(real.index)
    consumes = (published["since"] > 0).reindex(real.index)
    assert (is_below.sum(), consumes.sum()) == (18, 147)
    told = zip(real["rule_ids"], is_below, consumes, strict=True)
    for rules, below, consuming in told:
        expected = {"R-GAR-1": below, "R-ENV-11": consuming}
        assert rules == tuple(rule for rule, holds in expected.items() if holds)
