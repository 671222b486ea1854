import pytest
from pydantic import ValidationError

from data.catalogue import Dataset, GeometryKind, catalogue, dataset, recognise

ETALAB_PARCEL = ["id", "commune", "prefixe", "section", "numero", "contenance", "updated"]
MINIMAL = {
    "dataset_id": "essai",
    "layer": "parcels",
    "title": "Essai",
    "producer": "IGN",
    "licence": "Licence Ouverte 2.0",
    "page": "https://example.org",
    "geometry": "polygon",
    "signatures": [["a"]],
}


def test_datasets_are_sorted_by_id() -> None:
    ids = [entry.dataset_id for entry in catalogue()]
    assert ids == sorted(ids)


def test_every_dataset_says_its_producer_licence_and_page() -> None:
    for entry in catalogue():
        assert entry.title
        assert entry.producer
        assert entry.licence
        assert entry.page.startswith("https://")


def test_every_dataset_is_the_best_match_of_each_of_its_signatures() -> None:
    for entry in catalogue():
        for signature in entry.signatures:
            patterned = ["naf11art12", "cs_2018"] if entry.column_pattern else []
            columns = [*signature, *patterned]
            kind = GeometryKind.POINT if entry.geometry is GeometryKind.ANY else entry.geometry
            assert recognise(columns, kind) == entry


def test_the_cadastre_of_etalab_is_recognised_by_its_columns() -> None:
    found = recognise(ETALAB_PARCEL, GeometryKind.POLYGON)
    assert found == dataset("cadastre_etalab_parcelles")


def test_the_case_of_columns_does_not_matter() -> None:
    assert recognise(["LIBELLE", "TypeZone"], GeometryKind.POLYGON) == dataset("gpu_zone_urba")


def test_polygons_mixed_with_multipolygons_are_recognised() -> None:
    assert recognise(["libelle", "typezone"], GeometryKind.ANY) == dataset("gpu_zone_urba")


def test_a_table_without_shapes_is_no_zoning() -> None:
    assert recognise(["libelle", "typezone"], GeometryKind.NONE) is None


def test_unknown_columns_are_not_recognised() -> None:
    assert recognise(["a", "b"], GeometryKind.POLYGON) is None


def test_the_enaf_series_needs_a_yearly_column() -> None:
    assert recognise(["idcom", "idcomtxt"], GeometryKind.NONE) is None
    found = recognise(["idcom", "idcomtxt", "naf21art22"], GeometryKind.NONE)
    assert found == dataset("enaf_communes")


def test_a_dataset_without_licence_is_refused() -> None:
    with pytest.raises(ValidationError, match="licence"):
        Dataset.model_validate({key: MINIMAL[key] for key in MINIMAL if key != "licence"})


def test_an_unknown_key_of_the_catalogue_is_refused() -> None:
    with pytest.raises(ValidationError, match="couleur"):
        Dataset.model_validate({**MINIMAL, "couleur": "rouge"})


def test_a_column_that_denies_a_dataset_leaves_it_unrecognised() -> None:
    entry = Dataset.model_validate({**MINIMAL, "absent": ["b"]})
    assert entry.matched_columns(["A"]) == 1
    assert entry.matched_columns(["A", "B"]) == 0
