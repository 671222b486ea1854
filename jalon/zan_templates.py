"""Blank tables of the ZAN accounts, for a person to fill in and import.

The columns are those the catalogue recognises, so that a template is always read back.
"""

import csv
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from data.catalogue import dataset
from geo.errors import InputError

EXAMPLE_NOTE_FR: Final = "EXEMPLE à effacer (commune générée, elle n'existe pas)"

DATASETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "objectifs": "zan_objectifs",
        "documents": "zan_documents",
        "scot": "zan_scot",
        "declarations": "zan_declarations",
        "communes-nouvelles": "zan_communes_nouvelles",
        "vacance": "zan_vacance",
    }
)

EXAMPLES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "objectifs": {
            "niveau": "commune",
            "code_territoire": "00001",
            "code_parent": "00S1",
            "objectif_de_reduction": "50 %",
            "document": EXAMPLE_NOTE_FR,
            "dans_le_document": "non",
            "date": "2025-01-31",
        },
        "documents": {
            "niveau": "commune",
            "code_territoire": "00001",
            "type_document": "PLU",
            "nom": EXAMPLE_NOTE_FR,
            "date_prescription": "2015-01-31",
            "date_arret": "2017-01-31",
            "date_approbation": "2018-01-31",
            "etat": "en vigueur",
        },
        "scot": {"commune": "00001", "code_scot": "00S1", "nom_scot": EXAMPLE_NOTE_FR},
        "declarations": {
            "commune": "00001",
            "type_declaration": "renaturation",
            "nom": EXAMPLE_NOTE_FR,
            "surface_ha": "0,50",
            "annee": "2024",
            "effectif": "oui",
            "source": "délibération du 31/01/2024",
        },
        "communes-nouvelles": {
            "commune": "00001",
            "date_creation": "2016-01-01",
            "communes_deleguees": "3",
            "communes_associees": "0",
        },
        "vacance": {
            "unite_fonciere": "UF 1",
            "zae": EXAMPLE_NOTE_FR,
            "commune": "00001",
            "activite_cfe": "non",
            "sans_activite_cfe_depuis": "2022-06-01",
            "occupee": "non",
            "inoccupee_depuis": "2022-06-01",
        },
    }
)


def template_names() -> tuple[str, ...]:
    """Return the names of the templates."""
    return tuple(DATASETS)


def template_csv(name: str) -> bytes:
    """Return a template as spreadsheets in French open it: semicolons, UTF-8 with its mark.

    A header and one row, which speaks of a generated commune (code 00001) and is to be erased.
    """
    if name not in DATASETS:
        raise InputError(
            f"Aucun modèle de table « {name} ».", f"Modèles : {', '.join(template_names())}."
        )
    text = io.StringIO()
    rows = csv.DictWriter(
        text, template_columns(name), delimiter=";", restval="", lineterminator="\r\n"
    )
    rows.writeheader()
    rows.writerow(EXAMPLES[name])
    return text.getvalue().encode("utf-8-sig")


def template_columns(name: str) -> list[str]:
    """Return the columns of a template, in the order of the catalogue."""
    return list(dataset(DATASETS[name]).rename)
