import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.crs import WORKING
from jalon.ui.site_alerts import zone_of, zones_under
from jalon.zan.dates import Zone, ZoneKind

ZONING = gpd.GeoDataFrame(
    {"zone_type": ["AUs", "A", pd.NA]},
    geometry=[shapely.box(left, 0, left + 10, 10) for left in (0, 10, 20)],
    crs=WORKING,
)
FARM, TO_URBANISE = Zone(ZoneKind.FARM), Zone(ZoneKind.TO_URBANISE_LATER)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 9, (TO_URBANISE,)),
        (1, 10, (TO_URBANISE,)),
        (5, 15, (FARM, TO_URBANISE)),
        (15, 25, (None, FARM)),
        (-5, 5, (None, TO_URBANISE)),
        (100, 110, (None,)),
    ],
)
def test_drawing_stands_on_the_zones_under_it_and_says_where_none_is_known(
    left: float, right: float, expected: tuple[Zone | None, ...]
) -> None:
    assert zones_under(shapely.box(left, 0, right, 10), ZONING) == expected


def test_without_a_plan_imported_the_zone_of_a_drawing_is_unknown() -> None:
    assert zones_under(shapely.box(0, 0, 1, 1), None) == (None,)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, "Ah"])
def test_zone_type_nobody_knows_is_no_zone(missing: object) -> None:
    assert zone_of(missing) is None
