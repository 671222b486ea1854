import geopandas as gpd
import shapely

from layers.base import Context, Normalised
from layers.economic_poles import normalise


def poles(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    points = [shapely.Point(x, 0) for x in range(count)]
    raw = gpd.GeoDataFrame({"row": range(1, count + 1), **columns}, geometry=points, crs=2154)
    return normalise(raw, Context("poles_sites_economiques"))


def test_vocation_and_reach_are_those_of_the_standard() -> None:
    normalised = poles(
        vocation=["Entrepôts, logistique", "garage"], reach=["REGIONAL", "sans objet"]
    )
    assert normalised.table["vocation"].iloc[0] == "entrepôts, logistique"
    assert normalised.table["reach"].tolist() == ["régional", "sans objet"]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("CNIG-LISTE", (2,))]


def test_figures_not_given_stay_missing() -> None:
    table = poles(area_ha=["21", None]).table
    assert table["area_ha"].isna().tolist() == [False, True]
    assert table["job_count"].isna().all()
