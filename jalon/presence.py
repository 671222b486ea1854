"""Which data were there for each site, how old: missing is missing, never «nothing»."""

from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Floats
from geo.shapes import Geometries
from jalon.model import LandParameters
from jalon.tables import NEARBY_M, LandTables, around_communes
from layers.risks import Hazard

DOCUMENTED_SHARE: Final = 0.02
"""A file speaks of a commune when it covers this share of its parcels: plans of neighbours
spill over a shared limit by a metre or so, about a thousandth of a commune."""

SEVESO_DATASET = "seveso_effets"
"""Rings around one works say nothing of the other risks of a commune."""

EXPECTED_LAYERS = {
    "zoning": "zonage d'urbanisme",
    "buildings": "bâtiments",
    "risks": "risques",
    "land_cover": "occupation du sol (OCS GE)",
    "crops": "registre parcellaire graphique",
    "friches": "friches",
    "zae": "zones d'activité",
    "nature": "espaces naturels protégés",
    "easements": "servitudes d'utilité publique",
    "prescriptions": "prescriptions du document d'urbanisme",
}
"""What a full judgement reads; each missing one lowers the reliability by a tenth."""

FRESH_YEARS, OLD_YEARS = 2.0, 10.0
OLD_CREDIT = 0.5
"""A source counts whole up to two years, then less and less, and half from ten years on; one
without a date, or that its producer did not verify, counts half too."""

UNVERIFIED = "non vérifié"


def with_presence(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Add which layers say nothing of each site, and how far the others can be trusted.

    Columns `is_…_missing` by expected layer, `is_flood_known`, `reliability_share`.
    """
    around = _sources_around(sites, tables)
    inner = shapely.point_on_surface(sites.geometry.to_numpy())
    missing = _missing_layers(sites, inner, tables, around, parameters)
    said = sites["friche_verification"].astype("string").str.contains(UNVERIFIED, case=False)
    sites = sites.join(missing.add_prefix("is_").add_suffix("_missing")).assign(
        is_flood_known=_are_natural_plans_known(sites, inner, tables, parameters),
        is_friche_unverified=said.fillna(value=False).astype(bool),
    )
    return sites.assign(reliability_share=_reliability_share(sites, tables, around, parameters))


def missing_fr(sites: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the layers each site was judged without."""
    absent = sites[[f"is_{name}_missing" for name in EXPECTED_LAYERS]].to_numpy(dtype=bool)
    names = np.array(list(EXPECTED_LAYERS.values()), dtype=object)
    patterns, which = np.unique(absent, axis=0, return_inverse=True)
    listed = [tuple(names[pattern]) for pattern in patterns]
    return [listed[n] for n in which]


def _sources_around(sites: gpd.GeoDataFrame, tables: LandTables) -> pd.DataFrame:
    """Return which sources speak of the surroundings of each commune, layer by layer.

    One row a layer (of EXPECTED_LAYERS), commune and source_id: the source has a row within
    NEARBY_M of the sites of the commune, or one that names it.
    """
    boxes = around_communes(sites, NEARBY_M)
    found = [_sources_of(getattr(tables, name), boxes, name) for name in EXPECTED_LAYERS]
    return pd.concat(found, ignore_index=True)


def _sources_of(table: gpd.GeoDataFrame | None, boxes: gpd.GeoSeries, name: str) -> pd.DataFrame:
    if table is None or table.empty:
        return pd.DataFrame(columns=["layer", "commune", "source_id"], dtype=object)
    rows, places = shapely.STRtree(boxes.to_numpy()).query(table.geometry.to_numpy())
    source = table["source_id"].to_numpy(dtype=object)
    drawn = pd.DataFrame({"commune": boxes.index.to_numpy()[places], "source_id": source[rows]})
    named = table[["commune", "source_id"]].dropna() if "commune" in table else drawn.iloc[:0]
    return pd.concat([drawn, named]).drop_duplicates().assign(layer=name)


def _missing_layers(
    sites: gpd.GeoDataFrame,
    inner: Geometries,
    tables: LandTables,
    around: pd.DataFrame,
    parameters: LandParameters,
) -> pd.DataFrame:
    """Return, for each site and expected layer, whether the layer says nothing of its commune.

    Zoning, risks and land cover must cover a notable share of the commune; buildings must
    stand on as large a share of its parcels. For the others, which a commune may really not
    have, a file that holds anything nearby is enough (`around`: see `_sources_around`).
    """
    known = around.groupby("layer")["commune"].agg(set).to_dict()
    near = {name: ~sites["commune"].isin(known.get(name, set())) for name in EXPECTED_LAYERS}
    return pd.DataFrame(near, index=sites.index).assign(
        zoning=~_is_documented(sites, inner, tables.zoning),
        land_cover=~_is_documented(sites, inner, tables.land_cover),
        risks=~_is_documented(sites, inner, _plans(tables))
        & ~_has_no_plan(sites, tables, parameters),
        buildings=~_are_enough(sites, _holds_a_point(sites, tables.buildings)),
    )


def _reliability_share(
    sites: gpd.GeoDataFrame,
    tables: LandTables,
    around: pd.DataFrame,
    parameters: LandParameters,
) -> Floats:
    """Return 0 to 1 for each site: the mean credit of the expected layers, a missing one 0."""
    as_of = parameters.as_of or _day(tables.newest_vintage)
    dated = {one.source_id: one.vintage for one in tables.sources}
    latest = around.assign(vintage=around["source_id"].map(dated)).dropna()
    by_layer = latest.groupby(["layer", "commune"])["vintage"].max()
    given = np.zeros((len(sites), len(EXPECTED_LAYERS)))
    for n, name in enumerate(EXPECTED_LAYERS):
        vintages = by_layer.get(name, pd.Series(dtype=object))
        credit = sites["commune"].map(_credits(vintages, as_of)).fillna(OLD_CREDIT)
        given[:, n] = np.where(sites[f"is_{name}_missing"], 0.0, credit)
    friches = list(EXPECTED_LAYERS).index("friches")
    given[sites["is_friche_unverified"].to_numpy(dtype=bool), friches] *= OLD_CREDIT
    mean: Floats = given.mean(axis=1)
    return mean


def _credits(vintages: "pd.Series[str]", as_of: date | None) -> "pd.Series[float]":
    """Return, by commune, what a layer of this vintage is worth."""
    ages = vintages.map(lambda iso: _age_years(iso, as_of)).astype(float)
    worth = np.interp(ages.to_numpy(), [FRESH_YEARS, OLD_YEARS], [1.0, OLD_CREDIT])
    return pd.Series(worth, index=ages.index).where(ages.notna())


def _age_years(vintage: object, as_of: date | None) -> float:
    day = _day(vintage)
    return np.nan if day is None or as_of is None else max(0.0, (as_of - day).days / 365.25)


def _day(vintage: object) -> date | None:
    """Return the day of a vintage; that of a bare year is its first of January."""
    if not isinstance(vintage, str):
        return None
    text = f"{vintage}-01-01" if vintage.isdigit() else vintage
    return date.fromisoformat(text[:10])


def _plans(tables: LandTables) -> gpd.GeoDataFrame | None:
    """Return the risk zones that come from a prevention plan."""
    if tables.risks is None:
        return None
    seveso = {s.source_id for s in tables.sources if s.dataset_id == SEVESO_DATASET}
    return tables.risks[~tables.risks["source_id"].isin(seveso)]


def _are_natural_plans_known(
    sites: gpd.GeoDataFrame, inner: Geometries, tables: LandTables, parameters: LandParameters
) -> "pd.Series[bool]":
    """Return the mask of the sites whose natural risks are known: zones, or surely no plan."""
    known = _has_no_plan(sites, tables, parameters)
    if tables.risks is None:
        return known
    natural = tables.risks[tables.risks["hazard"].ne(Hazard.TECHNOLOGICAL)]
    return known | _is_documented(sites, inner, natural)


def _has_no_plan(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> "pd.Series[bool]":
    """Return the mask of the sites whose commune is known to have no prevention plan.

    The planner says so, or the national list of plans (GASPAR), once imported, which names
    every commune that has one: a département of which it lists plans for natural hazards is
    wholly known. The list of works (PPRT) alone says nothing of floods.
    """
    vouched = sites["commune"].isin(parameters.communes_without_risk_plan)
    plans = tables.risk_plans
    if plans is None or plans.empty:
        return vouched
    listed = plans["commune"].dropna().astype(str)
    natural = plans["hazard"].isin([Hazard.FLOOD, Hazard.GROUND])
    is_known = sites["commune"].str[:2].isin(set(listed[natural].str[:2]))
    return vouched | (is_known & ~sites["commune"].isin(set(listed)))


def _is_documented(
    sites: gpd.GeoDataFrame, inner: Geometries, table: gpd.GeoDataFrame | None
) -> "pd.Series[bool]":
    """Return the mask of the sites whose commune `table` covers by a notable share.

    A site counts whole when the table covers its inner point (`inner`, one a site).
    """
    if table is None or table.empty:
        return pd.Series(data=False, index=sites.index)
    shapes = table.geometry.to_numpy()
    rows, found = shapely.STRtree(shapes).query(inner)
    shapely.prepare(shapes)
    is_covered = np.zeros(len(sites), dtype=bool)
    is_covered[rows[shapely.intersects(shapes[found], inner[rows])]] = True
    whole_m2 = sites.area
    covered_m2 = whole_m2.where(is_covered, 0.0).groupby(sites["commune"]).transform("sum")
    return covered_m2 >= DOCUMENTED_SHARE * whole_m2.groupby(sites["commune"]).transform("sum")


def _holds_a_point(sites: gpd.GeoDataFrame, table: gpd.GeoDataFrame | None) -> "pd.Series[bool]":
    if table is None:
        return pd.Series(data=False, index=sites.index)
    inner = shapely.point_on_surface(table.geometry.to_numpy())
    rows, _ = shapely.STRtree(inner).query(sites.geometry.to_numpy(), predicate="contains")
    return pd.Series(np.isin(np.arange(len(sites)), rows), index=sites.index)


def _are_enough(sites: gpd.GeoDataFrame, mask: "pd.Series[bool]") -> "pd.Series[bool]":
    """Return the mask of the sites of communes where enough sites are in `mask`.

    A building astride a limit comes with the file of the neighbour, and says nothing of the
    commune.
    """
    return mask.groupby(sites["commune"]).transform("mean") >= DOCUMENTED_SHARE
