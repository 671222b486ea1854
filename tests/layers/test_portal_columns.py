"""Tables as the Géoportail de l'urbanisme serves them (WFS, API Carto): columns in lower case."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely

ImportFile = Callable[..., Any]
WriteGeojson = Callable[..., Path]

SQUARE = json.loads(shapely.to_geojson(shapely.box(5.0, 45.0, 5.1, 45.1)))

OF_THE_PORTAL = {
    "gid": 12,
    "partition": "DU_63148",
    "gpu_doc_id": "3f2a",
    "gpu_status": "document.production",
    "gpu_timestamp": "2023-03-01T08:00:00Z",
}

TABLES: Mapping[str, Mapping[str, object]] = {
    "gpu_zone_urba": {"libelle": "UX", "libelong": "", "typezone": "U", "idurba": "63148_PLU"},
    "gpu_secteur_cc": {"libelle": "ZCa", "typesect": "02", "idurba": "63148_CC"},
    "gpu_prescription": {"libelle": "ER 1", "txt": "", "typepsc": "05", "stypepsc": "01"},
    "sup_assiette": {"idass": "1", "idgen": "2", "typeass": "Abords", "suptype": "ac1"},
    "sup_generateur": {"idgen": "2", "idsup": "3", "typegen": "Monument", "suptype": "ac1"},
}


@pytest.mark.parametrize("dataset_id", TABLES)
def test_a_row_of_the_portal_keeps_its_partition_document_and_day(
    dataset_id: str, write_geojson: WriteGeojson, import_file: ImportFile
) -> None:
    found = import_file(write_geojson([({**TABLES[dataset_id], **OF_THE_PORTAL}, SQUARE)]))
    row = found.table.iloc[0]
    assert found.raw.dataset.dataset_id == dataset_id
    assert (row["partition"], row["publication_id"]) == ("DU_63148", "3f2a")
    assert row["published_on"] == "2023-03-01"


def test_an_easement_of_the_portal_says_its_category(
    write_geojson: WriteGeojson, import_file: ImportFile
) -> None:
    path = write_geojson([({**TABLES["sup_assiette"], **OF_THE_PORTAL}, SQUARE)])
    assert import_file(path).table["category"].tolist() == ["AC1"]
