"""The station page: parameters, proof, map, curve, and the communes left out, by name."""

import streamlit as st

from jalon.export import COVERAGE_FIELDS, STATION_FIELDS, csv_fr, geojson
from jalon.french import number
from jalon.model import LIMITS_FR, StationParameters
from jalon.provenance import provenance
from jalon.siting import StationOutcome
from jalon.ui import cache
from jalon.ui.charts import show_coverage_curve
from jalon.ui.faults import told_faults
from jalon.ui.station_plan import SEED, result_of, show_outline, show_station_map, watch
from jalon.ui.station_tables import show_summary, show_tables
from jalon.ui.text_fr import (
    APPROXIMATE,
    CURVE_HELP,
    STATIONS_TITLE,
    calculated,
)

REGIONS = {"44": "Grand Est", "84": "Auvergne-Rhône-Alpes"}


def page() -> None:
    """Show the station plan of a region, or how far its calculation is."""
    st.title(STATIONS_TITLE, anchor=False)
    with st.sidebar:
        region, parameters = _ask()
    run = cache.plan(region, parameters, SEED)
    if not run.result.done():
        watch(run)
        show_outline(region, key=f"carte-stations-{region}")
        return
    outcome = result_of(run)
    show_summary(outcome)
    show_station_map(region, outcome, key=f"carte-stations-{region}")
    left, right = st.columns(2)
    with left:
        st.subheader("Couverture selon le nombre de stations", anchor=False)
        show_coverage_curve(outcome)
        st.caption(CURVE_HELP)
    with right:
        show_tables(outcome)
    _show_downloads(region, outcome)


def _ask() -> tuple[str, StationParameters]:
    region = st.selectbox("Région", list(REGIONS), format_func=REGIONS.__getitem__)
    known = cache.communes()
    known = known[known["region"].eq(region)]
    names = dict(zip(known["insee"], known["nom"] + " (" + known["insee"] + ")", strict=True))
    with st.form(f"demande-{region}", border=False):
        count = st.number_input("Nombre de stations", 1, len(known), min(300, len(known)))
        radius_km = st.number_input("Rayon desservi (km)", 1, 200, 10)
        fixed, forbidden = (
            st.multiselect(label, names, format_func=names.__getitem__, placeholder="aucune")
            for label in ("Communes imposées", "Communes exclues")
        )
        st.form_submit_button("Calculer", type="primary", width="stretch")
    st.caption(APPROXIMATE.format(ratio="1,3"))
    return region, StationParameters(
        count=count, radius_km=radius_km, fixed=tuple(fixed), forbidden=tuple(forbidden)
    )


def _show_downloads(region: str, outcome: StationOutcome) -> None:
    source = provenance(
        f"Stations, {REGIONS[region]}",
        parameters={"region": region, "stations": outcome.parameters.model_dump(mode="json")},
        seed=SEED,
        regions=[region],
        records=(),
    )
    stations = geojson(outcome.stations, STATION_FIELDS, source)
    coverage = csv_fr(outcome.coverage, COVERAGE_FIELDS, source)
    count = number(len(outcome.stations))
    for column, label, name, content in zip(
        st.columns(3),
        (f"Télécharger : {count} stations (GeoJSON)", "Télécharger : couverture (CSV)"),
        ("stations.geojson", "couverture.csv"),
        (stations, coverage),
        strict=False,
    ):
        media_type = "application/geo+json" if name.endswith("json") else "text/csv"
        column.download_button(
            label, content, file_name=name, mime=media_type, on_click="ignore", width="stretch"
        )
    st.caption(f"{calculated(SEED, outcome.plan.seconds)} {LIMITS_FR}")


with told_faults():
    page()
