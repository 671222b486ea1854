"""Economic poles: neighbouring economic sites that work as one (CNIG POLE-ECO)."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import dates_iso, numbers
from layers.standards.sites_economiques import POLE_ECO
from layers.wordings import standard_values

FIGURES = ("area_ha", "site_count", "establishment_count", "job_count")


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a pole; figures the producer does not give stay missing."""
    del context
    found = {name: numbers(raw, name) for name in FIGURES} | {
        "vocation": standard_values(raw, "vocation", POLE_ECO.field("pole_vocadomi")),
        "reach": standard_values(raw, "reach", POLE_ECO.field("pole_rayonnement")),
    }
    dated = {name: dates_iso(raw[name]) for name in ("identified_on", "updated_on") if name in raw}
    read = {name: values for name, (values, _) in found.items()}
    issues = tuple(issue for _, told in found.values() for issue in told)
    return Normalised(raw.assign(**read, **dated), issues)


LAYER = Layer(
    layer_id="economic_poles",
    title_fr="Pôles économiques",
    role=Role.LAND,
    key="pole_id",
    columns={
        "pole_id": text_column(nullable=False),
        "name": text_column(),
        "vocation": text_column(),
        "reach": text_column(),
        **{name: number_column(minimum=0) for name in FIGURES},
        "identified_on": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
)
