"""What a PLU prescribes over its zones: reserved sites, woods, OAP… (CNIG PRESCRIPTION_*)."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of
from layers.editions import approval_dates, document_ids, latest_only, online_dates
from layers.keys import shape_ids
from layers.wordings import folded

KINDS = {
    "01": "espace boisé classé",
    "02": "limitation de la constructibilité (environnement, risques, intérêt général)",
    "03": "disposition de reconstruction ou de démolition",
    "04": "périmètre issu des plans de déplacements urbains (stationnement)",
    "05": "emplacement réservé",
    "06": "densité maximale de reconstruction (abrogé)",
    "07": "patrimoine bâti ou paysager à protéger",
    "08": "terrain cultivé ou non bâti à protéger en zone urbaine",
    "13": "zone à aménager pour le ski",
    "14": "secteur de plan de masse",
    "15": "règle d'implantation des constructions",
    "16": "constructions admises hors zone urbaine (changement de destination, STECAL…)",
    "17": "programme de logements en mixité sociale",
    "18": "orientations d'aménagement et de programmation (OAP)",
    "19": "richesse du sol et du sous-sol",
    "20": "transfert de constructibilité en zone N",
    "22": "diversité commerciale",
    "23": "taille minimale des logements",
    "24": "voies et chemins à conserver ou à créer",
    "25": "continuité écologique, trame verte et bleue",
    "26": "performance énergétique",
    "27": "aménagement numérique",
    "28": "conditions de desserte",
    "29": "densité minimale de construction",
    "30": "majoration des volumes constructibles",
    "31": "espace remarquable du littoral",
    "32": "plan d'eau de faible importance exclu de la protection",
    "33": "dérogation aux protections des rives en montagne",
    "34": "milieu caractéristique du patrimoine montagnard",
    "35": "terres agricoles, pastorales ou forestières à préserver",
    "36": "mixité des destinations",
    "37": "règles propres au rez-de-chaussée",
    "38": "emprise au sol",
    "39": "hauteur",
    "40": "volumétrie",
    "41": "aspect extérieur",
    "42": "coefficient de biotope",
    "43": "espaces libres, plantations, aires de jeux",
    "44": "stationnement",
    "45": "zone d'aménagement concerté",
    "46": "constructibilité d'un espace boisé récent",
    "47": "desserte par les réseaux",
    "48": "limitation de l'imperméabilisation des sols",
    "49": "opération d'ensemble imposée",
    "50": "interdiction d'activités ou de destinations",
    "51": "activités ou destinations sous conditions",
    "52": "équipements logistiques à préserver ou à développer",
    "97": "périmètre d'une pièce écrite",
    "99": "autre",
}
"""CNIG `TYPEPSC`, shortened: standard PLU 2024, its symbols at cnigfr/DDU-SG5-SYMBOLISATION."""


SPELT_OUT = {"emplacement reserve": "05", "espace boise classe": "01"}
"""Labels that name a type by themselves: a plan of the Loir-et-Cher codes the first as woods."""

UNKNOWN_FR = "Type de prescription hors du standard : sa nature reste inconnue."
CONTRADICTION_FR = "Le libellé dit un autre type que le code : lisez le plan."


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a prescription, polygon, line or point; a type outside the list is told."""
    del context
    kept, older = latest_only(raw)
    type_code, subtype_code = _codes(kept, "type_code"), _codes(kept, "subtype_code")
    kind = type_code.map(KINDS).astype(object)
    label = kept["label"].astype("string")
    named = type_code.fillna("") + " " + subtype_code.fillna("") + " " + label.fillna("")
    table = kept.assign(
        prescription_id=shape_ids(kept["geometry"], named),
        type_code=type_code,
        subtype_code=subtype_code,
        kind=kind,
        document_id=document_ids(kept, "document_insee", "approved_on"),
        approved_on=approval_dates(kept),
        published_on=online_dates(kept),
    )
    denied = _is_denied(label, type_code)
    issues = (
        *issue_if(rows_where(kept, kind.isna()), "PSC-TYPE", Action.NOTED, UNKNOWN_FR),
        *issue_if(rows_where(kept, denied), "PSC-LIBELLE", Action.NOTED, CONTRADICTION_FR),
    )
    return Normalised(table, (*older, *issues))


def _is_denied(label: pd.Series, type_code: pd.Series) -> pd.Series:
    """Return the mask of the prescriptions whose label names a type that is not their code."""
    said = folded(label).str.extract(f"^({'|'.join(SPELT_OUT)})", expand=False).map(SPELT_OUT)
    return said.notna() & said.ne(type_code).fillna(value=True).astype(bool)


def _codes(raw: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as codes of two figures; missing everywhere when it is absent."""
    text = codes_of(raw, name)
    return text.mask(text.eq("")).str.zfill(2)


LAYER = Layer(
    layer_id="prescriptions",
    title_fr="Prescriptions des PLU",
    role=Role.CONSTRAINT,
    key="prescription_id",
    columns={
        "prescription_id": text_column(nullable=False),
        "published_id": text_column(),
        "label": text_column(),
        "text": text_column(),
        "type_code": text_column(),
        "subtype_code": text_column(),
        "kind": text_column(),
        "document_id": text_column(),
        "approved_on": text_column(),
        "partition": text_column(),
        "publication_id": text_column(),
        "published_on": text_column(),
    },
    normalise=normalise,
)
