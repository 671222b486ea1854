"""Projects of national or European scale (PENE), whose land the nation's budget carries.

Arrêté du 31 mai 2024, annex 1 (counted apart) and annex 2 (may be counted apart later).
"""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso

ANNEXES = {"1": "1", "i": "1", "2": "2", "ii": "2"}


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a project; an annex that is neither the first nor the second is missing."""
    del context
    said = raw["annex"].astype("string").str.casefold().str.removesuffix(".0")
    annex = said.str.removeprefix("annexe").str.strip().map(ANNEXES).astype(object)
    table = raw.assign(annex=annex)
    if "updated_on" in raw:
        table["updated_on"] = dates_iso(raw["updated_on"])
    message = "Annexe de l'arrêté ni 1 ni 2 : laissée manquante."
    outside = issue_if(rows_where(raw, annex.isna()), "PENE-ANNEXE", Action.NOTED, message)
    return Normalised(table, outside)


LAYER = Layer(
    layer_id="pene",
    title_fr="Projets d'envergure nationale ou européenne (PENE)",
    role=Role.LEDGER,
    key="project_id",
    columns={
        "project_id": text_column(nullable=False),
        "name": text_column(),
        "annex": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
)
