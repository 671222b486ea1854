"""Natural sites: strict protections, Natura 2000, inventories, parks and wetlands."""

import re
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import texts_of
from layers.keys import shape_ids


class Protection(StrEnum):
    """What a natural site asks of a project."""

    STRICT = "protection forte"
    ASSESSMENT = "évaluation des incidences"
    INVENTORY = "inventaire"
    PARK = "parc"
    WETLAND = "zone humide"


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of natural site, known by how producers name its table."""

    name_fr: str
    protection: Protection
    table: str


NATURA_HABITATS = "Natura 2000, directive Habitats"
NATURA_BIRDS = "Natura 2000, directive Oiseaux"
PARK_CORE = "cœur de parc national"
PARK_ADHESION = "aire d'adhésion de parc national"

FAMILIES = (
    Family(NATURA_HABITATS, Protection.ASSESSMENT, r"sic|zsc|natura[ _-]habitats?"),
    Family(NATURA_BIRDS, Protection.ASSESSMENT, r"zps|natura[ _-]oiseaux"),
    Family("ZNIEFF de type 1", Protection.INVENTORY, r"znieff[ _-]?1|znieff1[ _-]mer"),
    Family("ZNIEFF de type 2", Protection.INVENTORY, r"znieff[ _-]?2|znieff2[ _-]mer"),
    Family("réserve naturelle nationale", Protection.STRICT, r"rnn"),
    Family("réserve naturelle régionale", Protection.STRICT, r"rnr"),
    Family("réserve naturelle de Corse", Protection.STRICT, r"rnc"),
    Family("réserve nationale de chasse et de faune sauvage", Protection.STRICT, r"rncfs?"),
    Family("arrêté de protection de biotope", Protection.STRICT, r"appb|apb"),
    Family("réserve biologique", Protection.STRICT, r"rb|reserve[ _-]biologique"),
    Family("parc naturel régional", Protection.PARK, r"pnr"),
    Family(PARK_CORE, Protection.STRICT, r"pn2?|parc[ _-]national"),
    Family("zone humide Ramsar", Protection.WETLAND, r"ramsar"),
)
"""Tables of INPN and of the Géoplateforme (`patrinat_sic:sic`, `znieff1`…), read as words.

Décret n° 2022-527, art. 2: strict protection is of right in cores of national parks,
reserves, biotope orders and biological reserves; case by case in hunting reserves, which are
kept with them by prudence."""

SITE_TYPES = {"A": NATURA_BIRDS, "B": NATURA_HABITATS, "C": NATURA_HABITATS}
"""Natura 2000 `SITETYPE`: birds, habitats, both."""

PARK_CODES = {"FR33": PARK_CORE, "FR34": PARK_ADHESION}
"""First letters of the INPN code of the two parts of a national park."""

PROTECTIONS = {family.name_fr: family.protection for family in FAMILIES} | {
    PARK_ADHESION: Protection.PARK
}


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a site; its family is read from its code, its type, then its table.

    A site of no known family has neither family nor protection, and is told.
    """
    site_code = texts_of(raw, "site_code")
    family = _families(raw, site_code, context.table_name)
    table = raw.assign(
        nature_id=shape_ids(raw["geometry"], site_code),
        site_code=site_code,
        family=family,
        protection=family.map(PROTECTIONS),
    )
    message = "Nature du site inconnue : donnez au fichier le nom de sa table (znieff1, rnn…)."
    return Normalised(
        table, issue_if(rows_where(raw, family.isna()), "NAT-FAMILLE", Action.NOTED, message)
    )


def _families(raw: pd.DataFrame, site_code: pd.Series, table_name: str) -> pd.Series:
    by_park = site_code.str[:4].map(PARK_CODES).astype(object)
    by_type = texts_of(raw, "site_type").str.upper().map(SITE_TYPES).astype(object)
    found = by_park.fillna(by_type)
    named = family_of_table(table_name)
    return found if named is None else found.fillna(named)


def family_of_table(table_name: str) -> str | None:
    """Return the family whose name stands as a word in `table_name`; None when none does."""
    name = table_name.casefold()
    named = (f for f in FAMILIES if re.search(rf"(?<![a-z])(?:{f.table})(?![a-z0-9])", name))
    return next((family.name_fr for family in named), None)


LAYER = Layer(
    layer_id="nature",
    title_fr="Sites naturels (réserves, Natura 2000, ZNIEFF, parcs)",
    role=Role.CONSTRAINT,
    key="nature_id",
    columns={
        "nature_id": text_column(nullable=False),
        "site_code": text_column(),
        "name": text_column(),
        "family": text_column(),
        "protection": text_column(),
    },
    normalise=normalise,
)
