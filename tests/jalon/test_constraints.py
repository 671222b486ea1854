from dataclasses import replace
from functools import cache

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jalon.constraints import FAMILIES
from jalon.land import judge
from jalon.model import LandParameters, SiteStatus
from jalon.tables import LandTables
from jalon.testing import box_m, business_park, frame, zones
from layers.nature import Protection
from layers.risks import Regulation

FREE = "63148000AB0001"

ROWS: dict[str, dict[str, object]] = {
    "hazards": {"hazard_id": "1", "label": "aléa fort", "hazard": "inondation"},
    "nature": {"name": "Marais", "protection": Protection.ASSESSMENT.value},
    "prescriptions": {"type_code": "07", "label": "mur de pierre"},
    "easements": {"category": "AC1", "label": "abords du château"},
    "risks": {"regulation": Regulation.CONDITIONAL.value, "label": "B1", "hazard": "inondation"},
}


def site(tables: LandTables, parameters: LandParameters | None = None) -> pd.Series:
    sites = pd.DataFrame(judge(tables, parameters or LandParameters()).sites)
    return sites[sites["site_id"].eq(FREE)].iloc[0]


@cache
def free_site() -> pd.Series:
    """Return the free parcel of the park as it stands, judged once for all."""
    return site(business_park())


def over(x_m: float, width_m: float, **columns: object) -> gpd.GeoDataFrame:
    return frame([box_m(x_m, 0, width_m, 100)], **columns)


def test_land_mostly_in_a_reserve_is_not_available() -> None:
    reserve = over(0, 60, name="Réserve", protection=Protection.STRICT.value)
    found = site(replace(business_park(), nature=reserve))
    assert found["status"] == SiteStatus.UNAVAILABLE
    assert found["rule_ids"][0] == "NAT-FORTE"


def test_the_corner_in_a_reserve_is_taken_off() -> None:
    reserve = over(0, 20, name="Réserve", protection=Protection.STRICT.value)
    found = site(replace(business_park(), nature=reserve))
    assert found["usable_ha"] == pytest.approx(0.8)
    assert "NAT-PARTIEL" in found["rule_ids"]
    assert found["status"] == SiteStatus.CONDITIONAL


def test_natura_2000_asks_for_care_and_takes_nothing_off() -> None:
    natura = over(0, 20, **ROWS["nature"])
    found = site(replace(business_park(), nature=natura))
    assert found["usable_ha"] == pytest.approx(1.0)
    assert any("Natura 2000" in text and "Marais" in text for text in found["reasons_fr"])


def test_classified_woodland_cannot_be_built() -> None:
    woods = over(0, 30, type_code="01", label="Espace boisé classé")
    assert site(replace(business_park(), prescriptions=woods))["usable_ha"] == pytest.approx(0.7)


def test_the_surroundings_of_a_monument_are_told_with_their_name() -> None:
    found = site(replace(business_park(), easements=over(0, 100, **ROWS["easements"])))
    assert "SUP-PATRIMOINE" in found["rule_ids"]
    assert any("abords du château" in text for text in found["reasons_fr"])


def test_a_line_of_prescription_covers_no_land() -> None:
    line = over(0, 100, **ROWS["prescriptions"])
    line = line.set_geometry(line.boundary)
    assert "PSC-AUTRE" not in site(replace(business_park(), prescriptions=line))["rule_ids"]


def test_a_strip_along_a_motorway_is_lost_outside_urban_zones() -> None:
    road = frame([box_m(-40, 0, 20, 100)], road_class="autoroute")
    to_urbanise = replace(business_park(), roads=road)
    zoned = zones([box_m(0, 0, 400, 100)], ["1AUX"], zone_type="AUc")
    opened = replace(to_urbanise, zoning=zoned)
    assert site(to_urbanise)["usable_ha"] == pytest.approx(1.0)
    assert site(opened)["usable_ha"] == pytest.approx(0.2)
    assert "RECUL-AUTOROUTE" in site(opened)["rule_ids"]


def test_the_setback_from_the_limits_is_what_the_planner_asks() -> None:
    found = site(business_park(), LandParameters(boundary_setback_m=10))
    assert found["piece_ha"] == pytest.approx(0.64)


def test_every_family_of_constraints_chooses_among_the_rows_of_its_table() -> None:
    for family in FAMILIES:
        rows = over(0, 40, **ROWS[family.table])
        assert family.select(rows).dtype == bool
        assert family.label in rows


PLACES = st.tuples(st.integers(0, 90), st.integers(5, 60))


@settings(max_examples=15, deadline=None)  # each example judges a whole park
@given(
    table=st.sampled_from(sorted(ROWS)),
    place=PLACES,
    protection=st.sampled_from([one.value for one in Protection]),
    regulation=st.sampled_from([one.value for one in Regulation]),
)
def test_adding_a_constraint_never_raises_availability(
    table: str, place: tuple[int, int], protection: str, regulation: str
) -> None:
    said: dict[str, object] = {"protection": protection} if table == "nature" else {}
    said |= {"regulation": regulation} if table == "risks" else {}
    x_m, width_m = place
    added = over(x_m, width_m, **(ROWS[table] | said))
    before = business_park()
    present = getattr(before, table)
    rows = added if present is None else pd.concat([present, added], ignore_index=True)
    less, more = free_site(), site(replace(before, **{table: rows}))
    order = [status.value for status in SiteStatus]
    assert order.index(more["status"]) >= order.index(less["status"])
    assert more["usable_ha"] <= less["usable_ha"] + 1e-9
