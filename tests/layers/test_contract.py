"""What every layer owes: one tiny published table for each dataset of the catalogue."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from types import ModuleType

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.catalogue import Dataset, GeometryKind, catalogue, dataset
from data.coordinates import LAMBERT_2_COLUMNS, LONLAT_COLUMN, WKT_COLUMN
from data.read import RawTable
from data.text_shapes import SHAPE_TEXT_COLUMN
from layers.base import Context, Layer
from layers.normalise import normalise
from layers.registry import LAYERS, layer

READ_BY_THE_RECORD = {"vintage", "updated_on", "approved_on"}
"""Columns that date a source (`SourceRecord.vintage`) without being kept."""

SQUARES = [shapely.box(x, 6_500_000, x + 100, 6_500_100) for x in (700_000, 700_200, 700_400)]

PUBLISHED: Mapping[str, Mapping[str, list[object]]] = {
    "cadastre_etalab_parcelles": {
        "idu": ["63148000AA0003", "63148000AA0001", "631480000B0002"],
        "commune": ["63148"] * 3,
        "official_area_m2": [10_000, 0, None],
        "vintage": ["2026-07-01"] * 3,
    },
    "cadastre_pci_parcelles": {
        "idu": ["63148000AA0003", "63148000AA0001", "631480000B0002"],
        "official_area_m2": [10_000, 9_000, 8_000],
    },
    "bd_parcellaire": {
        "code_dep": ["63"] * 3,
        "code_com": ["148"] * 3,
        "com_abs": ["000"] * 3,
        "section": ["AA", "B", "B"],
        "numero": ["0003", "1", "2"],
    },
    "cadastre_etalab_batiments": {"hardness": ["01", "02", None]},
    "cadastre_pci_batiments": {"hardness": ["01", "02", "01"]},
    "gpu_zone_urba": {
        "label": ["UX", "1AUY", "N"],
        "zone_type": ["U", "AUc", "N"],
        "approved_on": ["2020-01-28", "28/01/2020", None],
    },
    "cartofriches": {
        "site_id": ["63148_2", "63148_1", "63148_3"],
        "name": ["Sucrerie", None, "Gare"],
        "status": ["friche sans projet", "friche potentielle", "inconnu"],
        "commune": ["63148", "1004", None],
        "refcad": ["{63148000AA0001}", None, None],
        "declared_area_m2": ["1 234,5", "12", None],
    },
    "friches_ardennes_contours": {
        "site_id": ["08008_02", "08008_01", "08022_01"],
        "name": ["Gare", None, "Forge"],
        "commune_name": ["Amagne", "Amagne", None],
        "refcad": ["08008000ZK0111|08008000ZK0116", None, None],
        "declared_area_m2": [152_533, 12, None],
    },
    "friches_ddt_vosges": {
        "site_id": ["ddt88-2", "ddt88-1", "ddt88-3"],
        "name": ["Filature", None, "Inconnu"],
        "commune_name": ["Anould", "Arches", None],
        "parcel_id": ["88009000AK0396", "880110000B0022", "88012000AL0003"],
    },
    "ademe_sites_pollues": {
        "site_id": ["2", "1", "3"],
        "name": ["ARDENITY", None, "CARAYOL"],
        "commune": ["8190", "81163", None],
        "operation": ["Terminée", "En cours", None],
        "current_use": ["Friche", None, None],
        "declared_area_m2": ["19700", "non renseigné", None],
        "refcad": ["['000AY34' '000AY37']", "['000B1278 à 000B1281']", None],
    },
    "ppr_zone_reglementaire_covadis": {
        "zone_id": [3, 1, 2],
        "procedure_id": ["38DDT20170001"] * 3,
        "code": ["Bi", "RI", "-"],
        "regulation_code": ["02", "03", "01"],
        "label": ["prescription - crues", "interdiction - inondations", "-"],
    },
    "ppr_zone_reglementaire_cnig": {
        "zone_id": ["3", "1", "2"],
        "procedure_id": ["69DREAL20090005"] * 3,
        "code": ["b1", "R1", "B1"],
        "regulation_code": ["01", "04", "02"],
        "label": ["Constructions possibles", "Interdiction stricte", None],
    },
    "ppr_perimetre": {
        "procedure_id": ["63DDT20140003"] * 3,
        "label": ["PPRNPi", None, "PPRT"],
        "hazard_code": ["1130000", "1200000", "2100000"],
    },
    "ppr_zone_fonciere_cnig": {
        "zone_id": ["9", "7", "8"],
        "procedure_id": ["69DREAL20090005"] * 3,
        "code": ["Ex5", "De1", None],
        "regulation_code": ["02", "01", "01"],
        "label": ["Secteur d'expropriation possible", "Secteur de délaissement", None],
    },
    "ppr_perimetre_covadis": {
        "procedure_id": ["38DDT20170001", "38DDT20180001", None],
        "label": ["Périmètre d'exposition aux risques", None, "Périmètre d'étude"],
        "perimeter_code": ["02", "02", "01"],
        "approved_on": ["2018-04-09", None, "2018-04-09"],
        "ended_on": [None, "2020-01-01", None],
    },
    "ppr_perimetre_cnig": {
        "procedure_id": ["69DREAL20090005", "69DREAL20090006", None],
        "state": ["APPROUVE", "PRESCRIT", None],
        "approved_on": ["2017-02-08", "2018-01-01", None],
    },
    "ppr_alea_covadis": {
        "hazard_id": [3, 1, 2],
        "procedure_id": ["38DDT20170001"] * 3,
        "hazard_code": ["1130000", "1240000", "9999999"],
        "level_code": ["01", "04", None],
        "label": ["Inondation", "Glissement de terrain", None],
        "updated_on": ["2018-02-01"] * 3,
    },
    "ppr_alea_cnig": {
        "hazard_id": ["181", "171", "171"],
        "procedure_id": ["38DDT20180002"] * 3,
        "hazard_code": ["33", "33", "312"],
        "level_code": ["01", "02", "98"],
        "description": [None, "tassement", "effondrement"],
    },
    "gaspar_ppr": {
        "procedure_id": [*["63DDT20140003"] * 2, "69DREAL20090005"],
        "commune": ["63148", "1004", "38150"],
        "hazard_code": ["11", "11", "21"],
        "hazard_label": ["Inondation", None, "Risque industriel"],
        "state": ["Opposable", "Prescrit", None],
        "substate": ["Approuvé", None, None],
        "approved_on": ["2016-07-18", None, None],
    },
    "gaspar_ppr_ancien": {
        "procedure_id": ["63DDT20140003"] * 3,
        "commune": ["63148", "63001", "1004"],
        "hazard_label": ["Par une crue torrentielle", "Glissement de terrain", None],
        "prescribed_on": ["2014-01-01", "2014-01-01", None],
        "approved_on": ["2016-07-18", None, None],
        "ended_on": [None, None, None],
    },
    "inpn_natura_2000": {
        "site_code": ["FR8301032", "FR8312013", None],
        "name": ["Zones alluviales", None, "Ried"],
        "site_type": ["B", "A", None],
    },
    "inpn_sites": {
        "site_code": ["FR3300001", "FR3400001", "830020000"],
        "name": ["Vanoise", "Vanoise [Aire d'adhésion]", None],
    },
    "bdtopo_batiments": {
        "producer_id": ["BATIMENT2", "BATIMENT1", None],
        "nature": ["Industriel, agricole ou commercial", "Indifférenciée", None],
        "use": ["Industriel", None, None],
        "state": ["En service", "En ruine", None],
    },
    "bdtopo_batiments_2015": {
        "producer_id": ["BATIMENT2", "BATIMENT1", None],
        "nature": ["B\ufffdtiment industriel", "Silo", None],
    },
    "ocs_ge_evolution": {
        "surface": [12, 0, 322],
        "cs_2015": ["CS2.2.1", None, "CS2.1.1.1"],
        "us_2015": ["US5", None, "US1.1"],
        "cs_2018": ["CS1.1.1.1", "CS1.1.1.2", None],
        "us_2018": ["US2", "US4.1.1", None],
    },
    "bdtopo_activites": {
        "area_id": ["SURFACTI2", "SURFACTI1", "SURFACTI3"],
        "category": ["Industriel et commercial", "Sport", None],
        "nature": ["Zone industrielle", "Stade", None],
        "name": ["Les Pins", None, None],
        "updated_on": ["2024-05-01"] * 3,
    },
    "bdtopo_activites_2015": {
        "area_id": ["SURFACTI2", "SURFACTI1", "SURFACTI3"],
        "category": ["Industriel ou commercial", "Sport", None],
    },
    "unites_foncieres": {"unit_id": [3, 1, 2]},
    "bdtopo_routes": {
        "producer_id": ["TRONROUT2", "TRONROUT1", "TRONROUT3"],
        "nature": ["Type autoroutier", "Chemin", None],
        "importance": ["1", "6", None],
        "road_number": ["A71", None, None],
    },
    "bdtopo_routes_2015": {
        "producer_id": ["TRONROUT2", "TRONROUT1", "TRONROUT3"],
        "nature": ["Route à 1 chaussée", "Route empierrée", None],
        "importance": ["2", "5", "NC"],
        "road_number": ["D210", "NC", None],
    },
    "bdtopo_voies_ferrees": {
        "rail_id": ["TRONFERR2", "TRONFERR1", "TRONFERR3"],
        "nature": ["Voie ferrée principale", "Voie ferrée non exploitée", None],
        "use": ["Voyageur et fret", None, None],
        "state": ["En service", None, None],
    },
    "bdtopo_voies_ferrees_2015": {
        "rail_id": ["TRONFERR2", "TRONFERR1", "TRONFERR3"],
        "nature": ["Principale", "Voie de service", None],
    },
    "bdtopo_equipements_de_transport": {
        "point_id": ["EQ2", "EQ1", None],
        "nature": ["Carrefour", "Gare fret uniquement", "Gare voyageurs et fret"],
        "detail": ["Échangeur complet", None, None],
        "name": ["Riom", None, None],
    },
    "bdtopo_postes_de_transformation": {
        "point_id": ["POSTE2", "POSTE1", None],
        "name": ["Ennezat", None, None],
    },
    "route_500_noeuds": {
        "point_id": [2, 1, 3],
        "nature": ["Echangeur complet", "Echangeur partiel", "Echangeur complet"],
    },
    "cerema_ite": {
        "name": ["Silo", None, "Usine"],
        "state": ["Bon", "Inutilisable", None],
    },
    "seveso_effets": {"label": ["FORT - Interdiction", "MOYEN - Autorisation", None]},
    "enaf_communes": {
        "commune": ["63148", "1004", "63001"],
        "commune_name": ["Ennezat", "Ambérieu", None],
        "naf21art22": ["100", "0", None],
        "naf22art23": [200, 0, 300],
    },
    "rpg": {"crop_id": ["063-2", "063-1", None], "crop_code": ["1", None, "18"]},
    "ocs_ge": {
        "cover_id": ["OCSGE2", "OCSGE1", None],
        "cover": ["CS1.1.1.1", "CS2.2.1", "CS9"],
        "use": ["US2", "US1.1", "US1.1"],
        "vintage": [2022, 2022, 2022],
    },
    "zae_sites_economiques": {
        "zae_id": ["63148_SITE-ECO_2", "63148_SITE-ECO_1", "63148_SITE-ECO_3"],
        "name": ["Les Pins", "La Gare", None],
        "for_sale_ha": [1.5, None, 0],
        "updated_on": ["2025-03-01", None, None],
    },
    "terrains_sites_economiques": {
        "terrain_id": ["63148_TERRAIN-ECO_2", "63148_TERRAIN-ECO_1", "63148_TERRAIN-ECO_3"],
        "zae_id": ["63148_SITE-ECO_1"] * 3,
        "refcad": ["63148000AA0001|63148000AA0002", None, "AA 3"],
        "area_ha": [1.5, None, "0,8"],
        "fitting_stage": ["Viabilisé et aménagé", "inconnu", None],
        "selling_stage": ["en vente", "Vendu", "à voir"],
    },
    "etablissements_sites_economiques": {
        "siret": ["73282932000074", "34749951900010", "12345678901234"],
        "terrain_ids": ["63148_TERRAIN-ECO_ 1|63148_TERRAIN-ECO_2", None, None],
        "name": ["Sucrerie", None, "Garage"],
        "commune": ["63148", None, "1004"],
        "activity_code": ["10.81Z", None, "4520A"],
    },
    "poles_sites_economiques": {
        "pole_id": ["63148_POLE-ECO_2", "63148_POLE-ECO_1", "63148_POLE-ECO_3"],
        "name": ["Limagne", None, "Gare"],
        "vocation": ["industrielle", "Entrepôts, logistique", None],
        "area_ha": [21, None, "3,5"],
    },
    "pene_contours": {
        "project_id": ["P2", "P1", "P3"],
        "name": ["Usine", None, "Canal"],
        "annex": ["1", "Annexe II", None],
    },
    "zan_objectifs": {
        "level": ["commune", "SCoT", "canton"],
        "territory": ["1004", "10394", "32"],
        "parent_code": ["10394", None, None],
        "reduction_share": ["50 %", "0,545", None],
        "total_ha": [None, None, "12,5"],
        "document_name": ["PLU", "SCoT", None],
        "is_in_document": ["oui", "non", None],
        "document_url": ["https://exemple.invalid", None, None],
        "dated_on": ["2024-05-14", None, "14/05/2024"],
    },
    "sparte_objectifs": {
        "territory": ["EPCI_246000764", "REGION_32", "CUSTOM_SCOT_ICI"],
        "parent_code": ["REGION_32", None, "REGION_32"],
        "reduction_share": ["61.10", "54.47", None],
        "document_name": ["PLUI", "SRADDET", None],
        "is_in_document": ["False", "True", None],
        "document_url": [None, "https://exemple.invalid", None],
    },
    "zan_documents": {
        "level": ["commune", "epci", None],
        "territory": ["63148", "200070753", "63001"],
        "kind": ["PLU", "PLUi", "RNU"],
        "name": ["PLU d'Ennezat", None, None],
        "prescribed_on": ["2015-01-12", "12/01/2023", None],
        "adopted_on": ["2017-01-12", None, None],
        "approved_on": ["20180112", None, None],
        "zan_integrated_on": [None, None, None],
        "state": ["en vigueur", "en cours", None],
        "updated_on": ["2026-01-01", None, None],
    },
    "docurba_communes": {
        "commune": ["63148", "1004", "63001"],
        "state_code": ["39", "93", "99"],
        "in_force_kind": ["PLU", None, None],
        "in_force_prescribed_on": ["2015-01-12", None, None],
        "in_force_adopted_on": ["2017-01-12", None, None],
        "in_force_approved_on": ["2018-01-12", None, None],
        "ongoing_kind": [None, "PLUi", None],
        "ongoing_prescribed_on": [None, "2023-01-12", None],
        "ongoing_adopted_on": [None, None, None],
    },
    "docurba_scots": {
        "in_force_id": ["12", "11", None],
        "in_force_name": ["Val d'Allier", None, None],
        "in_force_prescribed_on": ["2008-01-12", None, None],
        "in_force_adopted_on": [None, None, None],
        "in_force_approved_on": ["2012-01-12", None, None],
        "ongoing_id": [None, None, "13"],
        "ongoing_name": [None, None, "Combrailles"],
        "ongoing_prescribed_on": [None, None, "2024-01-12"],
        "ongoing_adopted_on": [None, None, None],
    },
    "zan_scot": {
        "commune": ["63148", "1004", "63001"],
        "scot": ["12", "11", "12"],
        "scot_name": ["Val d'Allier", None, "Val d'Allier"],
    },
    "docurba_perimetres": {
        "commune": ["63148", "1004", "63001"],
        "place_kind": ["COM"] * 3,
        "scot": ["12", "11", "12"],
        "procedure_kind": ["SCOT"] * 3,
        "in_force": ["True"] * 3,
    },
    "zan_declarations": {
        "commune": ["63148", "1004", "63001"],
        "kind": ["renaturation", "pene_annexe_1", "canton"],
        "name": ["Ancien parking", None, None],
        "area_ha": ["0,6", "62", None],
        "year": ["2023", "2024", None],
        "is_effective": ["oui", None, None],
        "pool": [None, None, None],
        "source_text": ["Délibération", None, None],
    },
    "zan_communes_nouvelles": {
        "insee": ["01015", "1004", "63001"],
        "created_on": ["2016-01-01", "01/01/2019", None],
        "delegated_count": ["2", "0", None],
        "associated_count": ["0", "1", None],
    },
    "zan_vacance": {
        "unit_name": ["UF 2", "UF 1", "UF 1"],
        "zae": ["ZI Nord", None, "ZI Nord"],
        "commune": ["63148", "1004", "63001"],
        "has_cfe_activity": ["oui", "non", None],
        "cfe_inactive_since": [None, "01/06/2022", None],
        "is_occupied": ["oui", "non", "peut-être"],
        "unoccupied_since": [None, "2022", None],
    },
    "zonage_zrr": {
        "commune": ["63148", "1004", "63001"],
        "level": ["C - Classée en ZRR", "P - Commune partiellement classée en ZRR", None],
    },
    "zonages_aides": {
        "commune": ["63148", "1004", "63148"],
        "scheme": ["FRR", "afr", "AFR"],
        "level": ["FRR+", None, "zone c prédéfinie"],
        "since": ["2024-07-01", None, "01/01/2022"],
    },
    "gpu_secteur_cc": {
        "label": ["ZC", "ZCa", "ZnC"],
        "sector_type": ["01", "02", "03"],
        "approved_on": ["20200128", None, None],
    },
    "gpu_prescription": {
        "label": ["ER 1", "Haie", None],
        "type_code": ["05", "7", None],
        "subtype_code": ["01", None, "00"],
    },
    "sup_assiette": {
        "published_id": ["AC1-2", "AC1-1", None],
        "generator_id": ["AC1-20", "AC1-10", None],
        "label": ["Église", None, "Château"],
    },
    "sup_generateur": {
        "published_id": ["A5-2", "A5-1", None],
        "act_id": ["A5-20", None, None],
        "category": ["a5", None, "T1"],
    },
    "admin_express_communes": {
        "insee": ["63148", "63001", "1004"],
        "nom": ["Ennezat", "Aigueperse", "Ambérieu"],
        "population": [2_500, 2_700, 14_000],
    },
    "openstreetmap_roads": {
        "osmid": ["12", "11", "12"],
        "highway": ["primary", "residential", "primary"],
        "length_m": [100.0, 200.0, 300.0],
    },
    "irve_statique": {
        "station_id": ["FRA2", "FRA1", "FRA2"],
        "point_id": ["FRA21", "FRA11", "FRA22"],
        "name": ["Gare", "Mairie", "Gare"],
        "commune": ["63148", None, "63148"],
        "power_kw": ["22", "50,5", "150"],
    },
}


def shapes_for(kind: GeometryKind) -> list[shapely.Geometry]:
    if kind is GeometryKind.POLYGON:
        return list(SQUARES)
    if kind is GeometryKind.LINE:
        return [square.exterior for square in SQUARES]
    return [square.centroid for square in SQUARES]


def raw_table(entry: Dataset) -> RawTable:
    published = pd.DataFrame(PUBLISHED[entry.dataset_id])
    published.insert(0, "row", range(1, len(published) + 1))
    if not layer(entry.layer).has_geometry:
        return RawTable(entry, "essai", published, ())
    frame = gpd.GeoDataFrame(published, geometry=shapes_for(entry.geometry), crs=2154)
    return RawTable(entry, "essai", frame, ())


@cache
def table_called(dataset_id: str) -> pd.DataFrame:
    return table_of(raw_table(dataset(dataset_id)))


def table_for(entry: Dataset) -> pd.DataFrame:
    return table_called(entry.dataset_id)


def table_of(raw: RawTable) -> pd.DataFrame:
    return normalise(raw, layer(raw.dataset.layer), Context(raw.dataset.dataset_id)).table


def reordered(raw: RawTable, frame: pd.DataFrame) -> RawTable:
    return RawTable(raw.dataset, raw.name, frame, raw.issues)


def columns_of(room: Layer) -> list[str]:
    return [*room.columns, *(["geometry"] if room.has_geometry else [])]


every_dataset = pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.dataset_id)


def test_every_dataset_has_a_published_table_here() -> None:
    assert sorted(PUBLISHED) == [entry.dataset_id for entry in catalogue()]


@every_dataset
def test_the_table_has_the_columns_of_its_layer(entry: Dataset) -> None:
    table = table_for(entry)
    assert table.columns.tolist() == columns_of(layer(entry.layer))


@every_dataset
def test_no_row_is_lost(entry: Dataset) -> None:
    expected = {"enaf_communes": 3 * 2, "irve_statique": 2, "docurba_communes": 3 + 1}
    assert len(table_for(entry)) == expected.get(entry.dataset_id, 3)


@every_dataset
def test_the_key_is_unique_present_and_in_order(entry: Dataset) -> None:
    keys = table_for(entry)[layer(entry.layer).key]
    assert keys.is_unique
    assert keys.notna().all()
    assert keys.tolist() == sorted(keys)


@pytest.mark.parametrize(
    "entry",
    [entry for entry in catalogue() if layer(entry.layer).has_geometry],
    ids=lambda entry: entry.dataset_id,
)
def test_shapes_are_sound_and_in_lambert_93(entry: Dataset) -> None:
    table = table_for(entry)
    assert isinstance(table, gpd.GeoDataFrame)
    assert table.crs.to_epsg() == 2154
    assert table.is_valid.all()
    assert not table.is_empty.any()


@every_dataset
def test_the_order_of_the_rows_does_not_matter(entry: Dataset) -> None:
    raw = raw_table(entry)
    turned = raw.frame.iloc[::-1].reset_index(drop=True)
    turned["row"] = range(1, len(turned) + 1)
    pd.testing.assert_frame_equal(table_of(reordered(raw, turned)), table_for(entry))


@every_dataset
def test_an_empty_table_keeps_its_columns(entry: Dataset) -> None:
    raw = raw_table(entry)
    empty = table_of(reordered(raw, raw.frame.iloc[:0]))
    assert len(empty) == 0
    assert empty.columns.tolist() == columns_of(layer(entry.layer))


@every_dataset
def test_a_missing_text_is_missing_and_no_word(entry: Dataset) -> None:
    table = table_for(entry)
    texts = [name for name in table.columns if pd.api.types.is_string_dtype(table[name])]
    assert not table[texts].isin(["nan", "None", "<NA>", "NaT"]).any(axis=None)


@every_dataset
def test_the_input_is_not_changed(entry: Dataset) -> None:
    raw = raw_table(entry)
    before = raw.frame.copy()
    table_of(raw)
    pd.testing.assert_frame_equal(pd.DataFrame(raw.frame), pd.DataFrame(before))


@every_dataset
def test_every_renamed_column_is_kept_or_read(entry: Dataset) -> None:
    room = layer(entry.layer)
    module = inspect.getmodule(room.normalise)
    assert isinstance(module, ModuleType)
    words = set(re.findall(r"\w+", inspect.getsource(module)))
    known = {
        *room.columns,
        *words,
        *READ_BY_THE_RECORD,
        *LAMBERT_2_COLUMNS,
        WKT_COLUMN,
        LONLAT_COLUMN,
        SHAPE_TEXT_COLUMN,
    }
    assert set(entry.rename.values()) <= known


def test_layers_are_called_by_their_id() -> None:
    assert [layer(room.layer_id) for room in LAYERS] == list(LAYERS)


def test_every_layer_has_a_dataset() -> None:
    assert {entry.layer for entry in catalogue()} == {room.layer_id for room in LAYERS}


def test_every_layer_has_its_key_among_its_columns() -> None:
    assert all(room.key in room.columns for room in LAYERS)


def test_a_dataset_is_called_by_its_id() -> None:
    assert dataset("rpg").layer == "crops"
