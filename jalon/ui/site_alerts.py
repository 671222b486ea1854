"""What to know of a site or of a drawn project: the alerts of the law, the unsure ones folded."""

from collections.abc import Collection, Iterable, Mapping

import geopandas as gpd
import shapely
import streamlit as st

from geo.crs import WORKING
from geo.overlay import meetings
from geo.shapes import M2_PER_HA
from jalon.envelopes import Envelopes
from jalon.french import count
from jalon.tables import SLIVER_M2
from jalon.ui.drawings import Drawing
from jalon.ui.project_cost import shapes_of
from jalon.ui.project_text_fr import ALERTS_LABEL, ALERTS_TITLE
from jalon.ui.state import read_reference_day, read_state
from jalon.ui.text_fr import literal
from jalon.zan.alerts import Plan, SiteFacts, documents_over, plan_of, site_alerts
from jalon.zan.dates import Alert, Freeze, Zone, ZoneKind
from jalon.zan.rules import rule

ZONES: Mapping[object, Zone] = {str(kind): Zone(kind) for kind in ZoneKind}


def zone_of(zone_type: object) -> Zone | None:
    """Return the zone of a type; the day it was drawn is in no imported table."""
    return ZONES.get(zone_type)


def zones_under(
    footprint: shapely.Geometry, zoning: gpd.GeoDataFrame | None
) -> tuple[Zone | None, ...]:
    """Return the zones a footprint stands on, and None for what lies in no known zone."""
    if zoning is None:
        return (None,)
    met = meetings(gpd.GeoSeries([footprint], crs=WORKING), zoning.geometry)
    under = zoning.iloc[met.of_right[met.piece_m2 > SLIVER_M2]]
    zones = {zone_of(one) for one in under["zone_type"]}
    if footprint.difference(under.union_all()).area > SLIVER_M2:
        zones.add(None)
    return tuple(sorted(zones, key=lambda zone: "" if zone is None else zone.kind))


def show_site_alerts(
    zones: tuple[Zone | None, ...],
    communes: Collection[str],
    cost_ha: tuple[float, float],
    *,
    envelopes: Envelopes,
    project: tuple[Drawing, ...] = (),
) -> None:
    """Show what to know of some land, from its zones, its communes and what it costs."""
    day = read_reference_day()
    plans = (
        plan_of(documents_over([one], envelopes.documents, envelopes.belonging), day)
        for one in sorted(communes)
    )
    each_once = tuple(dict.fromkeys(plans)) or (Plan(),)
    facts = SiteFacts(zones, each_once, cost_ha, is_compensated=_is_compensated(project))
    show_alerts(site_alerts(facts, day))


def _is_compensated(project: tuple[Drawing, ...]) -> bool:
    """Tell whether the renaturation done is at least as large as the project (R-PAR-13)."""
    restored_ha = read_state().project.restored_effective_ha
    return bool(project) and shapes_of(project).union_all().area <= restored_ha * M2_PER_HA


def show_alerts(alerts: tuple[Alert, ...]) -> None:
    """Show the alerts that hold as a list, and folded those to verify; nothing without any."""
    sure = [one for one in alerts if one.applies]
    unsure = [one for one in alerts if not one.applies]
    if sure:
        st.markdown(f"**{ALERTS_TITLE}**\n\n{told_lines(sure)}")
    if unsure:
        with st.expander(ALERTS_LABEL.format(count=count(len(unsure), "point"))):
            st.markdown(told_lines(unsure))


def told_lines(found: Iterable[Alert | Freeze]) -> str:
    """Return a Markdown list of sentences, under each its rule and what the rule rests on."""
    return "\n".join(
        f"- {literal(one.sentence_fr)}  \n"
        f"  :small[:gray[{one.rule_id} · {literal(rule(one.rule_id).basis_fr)}]]"
        for one in found
    )
