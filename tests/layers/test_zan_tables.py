"""Tables that a person fills in for the ZAN accounts, as the importer reads them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from layers.base import Context, Normalised
from layers.merged_communes import normalise as merged
from layers.planning_documents import normalise as documents
from layers.scots import normalise as scots
from layers.zae_units import normalise as zae_units
from layers.zan_declarations import normalise as declarations
from layers.zan_objectives import normalise as objectives
from layers.zan_objectives import reduction_shares

Table = dict[str, list[object]]


def numbered(columns: Table) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"row": range(1, count + 1), **columns})


def told(normalised: Normalised) -> dict[str, tuple[int, ...]]:
    return {issue.rule_id: issue.rows for issue in normalised.issues}


def objectives_of(**columns: list[object]) -> Normalised:
    return objectives(numbered(columns), Context("zan_objectifs"))


def documents_of(dataset_id: str = "zan_documents", **columns: list[object]) -> Normalised:
    return documents(numbered(columns), Context(dataset_id))


def declarations_of(**columns: list[object]) -> Normalised:
    known: Table = {"kind": ["renaturation"], "area_ha": ["1"], "is_effective": ["oui"]}
    return declarations(numbered({"commune": ["63148"], **known, **columns}), Context("x"))


def units_of(**columns: list[object]) -> Normalised:
    known: Table = {"unit_name": ["UF 1"], "zae": ["ZI"], "commune": ["63148"]}
    return zae_units(numbered({**known, **columns}), Context("zan_vacance"))


@pytest.mark.parametrize("said", ["50", "0,5", "0.5", "50 %", "−50 %", "-50", "50,0\u00a0%"])
def test_half_is_read_however_it_is_written(said: str) -> None:
    share, is_unread = reduction_shares(pd.Series([said]))
    assert share.tolist() == [0.5]
    assert not is_unread.any()


@pytest.mark.parametrize(
    ("normalise", "dataset_id"), [(objectives, "zan_objectifs"), (documents, "zan_documents")]
)
def test_a_commune_nobody_knows_is_named_and_an_epci_is_not_taken_for_one(
    normalise: Callable[[pd.DataFrame, Context], Normalised], dataset_id: str
) -> None:
    known = gpd.GeoDataFrame({"insee": ["63148"]}, geometry=[shapely.Point(0, 0)], crs=2154)
    levels: Table = {"level": ["commune", "epci", "commune"]}
    raw = numbered({**levels, "territory": ["63148", "246300701", "99999"], "kind": ["PLU"] * 3})
    assert told(normalise(raw, Context(dataset_id, known)))["COG-COG_ERROR"] == (3,)


@pytest.mark.parametrize("said", ["150", "-150 %", "+20 %", "1", "moitié", "inf"])
def test_a_rate_that_is_absurd_or_ambiguous_is_missing_and_its_row_named(said: str) -> None:
    normalised = objectives_of(
        level=["epci", "epci"], territory=["1", "2"], reduction_share=["54,5", said]
    )
    assert normalised.table["reduction_share"].fillna(-1).tolist() == [0.545, -1]
    assert told(normalised) == {"OBJ-TAUX": (2,)}


def test_one_hundred_percent_and_none_are_rates() -> None:
    share, is_unread = reduction_shares(pd.Series(["100", "1 %", "0"]))
    assert share.tolist() == [1, 0.01, 0]
    assert not is_unread.any()


@given(st.text(max_size=8))
def test_a_rate_is_from_nothing_to_everything_or_told(said: str) -> None:
    share, is_unread = reduction_shares(pd.Series([said], dtype="str"))
    assert is_unread[0] or 0 <= share[0] <= 1


def test_the_ministry_names_level_and_code_together() -> None:
    table = objectives_of(
        territory=["EPCI_246000764", "REGION_32", "CUSTOM_SCOT_SAINT_QUENTINOIS"],
        parent_code=["REGION_32", None, "REGION_32"],
        reduction_share=["61.10", "54.47", "48.10"],
        is_in_document=[False, True, False],
    ).table
    assert table["level"].tolist() == ["epci", "region", "scot"]
    assert table["territory"].tolist() == ["246000764", "32", "SAINT_QUENTINOIS"]
    assert table["parent_code"].fillna("-").tolist() == ["32", "-", "32"]
    assert table["reduction_share"].tolist() == pytest.approx([0.611, 0.5447, 0.481])
    assert table["is_in_document"].tolist() == ["non", "oui", "non"]


def test_an_unknown_level_is_missing_and_told() -> None:
    normalised = objectives_of(
        level=["commune", "canton"], territory=["1004", "12"], reduction_share=["50", "50"]
    )
    assert normalised.table["level"].fillna("-").tolist() == ["commune", "-"]
    assert normalised.table["territory"].tolist() == ["01004", "12"]
    assert told(normalised) == {"OBJ-NIVEAU": (2,)}


def test_an_objective_without_rate_nor_hectares_is_told() -> None:
    normalised = objectives_of(
        level=["scot", "scot"], territory=["1", "2"], total_ha=["12,5", None]
    )
    assert told(normalised) == {"OBJ-VIDE": (2,)}


def test_two_rates_of_one_document_are_told_with_both_rows() -> None:
    normalised = objectives_of(
        level=["scot"] * 3,
        territory=["1", "1", "2"],
        document_name=["SCoT"] * 3,
        reduction_share=["50", "55", "50"],
    )
    assert told(normalised) == {"OBJ-CONTRADICTION": (1, 2)}


def test_hostile_text_stays_text() -> None:
    hostile = "=CMD()<script>alert(1)</script>"
    table = objectives_of(
        level=["scot"], territory=["1"], document_name=[hostile], reduction_share=["50"]
    ).table
    assert table["document_name"].tolist() == [hostile]
    assert table["reduction_share"].tolist() == [0.5]


def test_days_are_read_in_the_spellings_of_spreadsheets() -> None:
    table = documents_of(
        level=["commune"] * 3,
        territory=["63148", "63001", "63002"],
        kind=["PLU", "carte communale", "plui"],
        prescribed_on=["2026-08-21", "21/08/2026", "20260821"],
    ).table
    assert set(table["prescribed_on"]) == {"2026-08-21"}
    assert table["kind"].tolist() == ["PLU", "CC", "PLUi"]


@pytest.mark.parametrize("said", ["le 3 mai", "2026", "2026-02-30"])
def test_what_is_no_day_is_missing_and_its_row_named(said: str) -> None:
    normalised = documents_of(
        level=["commune"] * 2,
        territory=["63148", "63001"],
        kind=["PLU"] * 2,
        approved_on=["2018-01-12", said],
    )
    assert normalised.table["approved_on"].fillna("-").tolist() == ["2018-01-12", "-"]
    assert told(normalised) == {"DOC-DATE": (2,)}


def test_a_document_approved_before_it_is_prescribed_is_told_and_kept() -> None:
    normalised = documents_of(
        level=["commune"] * 2,
        territory=["63148", "63001"],
        kind=["PLU"] * 2,
        prescribed_on=["2015-01-12", "2019-01-12"],
        approved_on=["2018-01-12", "2018-01-12"],
    )
    assert normalised.table["approved_on"].tolist() == ["2018-01-12"] * 2
    assert told(normalised) == {"DOC-ORDRE": (2,)}


def test_a_day_later_than_its_row_is_told() -> None:
    normalised = documents_of(
        level=["commune"] * 2,
        territory=["63148", "63001"],
        kind=["PLU"] * 2,
        approved_on=["2026-01-12", "2027-01-12"],
        updated_on=["2026-06-01", "2026-06-01"],
    )
    assert told(normalised) == {"DOC-FUTUR": (2,)}


def test_unknown_kind_level_and_state_are_missing_and_told() -> None:
    normalised = documents_of(
        level=["canton"], territory=["63148"], kind=["POS"], state=["perdu de vue"]
    )
    assert normalised.table[["level", "kind", "state"]].isna().all(axis=None)
    assert told(normalised) == {"DOC-NIVEAU": (1,), "DOC-TYPE": (1,), "DOC-ETAT": (1,)}


def test_docurba_gives_a_commune_the_document_in_force_and_the_one_begun() -> None:
    table = documents_of(
        "docurba_communes",
        commune=["63148"],
        state_code=["33"],
        in_force_kind=["PLU"],
        in_force_approved_on=["2018-01-12"],
        ongoing_kind=["PLUiH"],
        ongoing_prescribed_on=["2023-01-12"],
    ).table
    assert table["territory"].tolist() == ["63148"] * 2
    assert table["kind"].tolist() == ["PLU", "PLUi"]
    assert table["state"].tolist() == ["en vigueur", "en évolution"]


def test_docurba_has_a_commune_without_document_at_the_rnu() -> None:
    normalised = documents_of(
        "docurba_communes", commune=["63148", "63001"], state_code=["99", None]
    )
    assert normalised.table["kind"].fillna("-").tolist() == ["RNU", "-"]


def test_the_revision_of_a_scot_bears_the_code_of_the_one_in_force() -> None:
    table = documents_of(
        "docurba_scots",
        in_force_id=["12", None],
        in_force_name=["Val d'Allier", None],
        ongoing_id=["57", "58"],
        ongoing_name=["Révision", "Combrailles"],
    ).table
    assert table["territory"].tolist() == ["12", "12", "58"]
    assert set(table["kind"]) == {"SCoT"}


def test_a_commune_of_two_scots_is_told_with_both_rows() -> None:
    raw = numbered({"commune": ["63148", "63001", "63148"], "scot": ["1", "1", "2"]})
    normalised = scots(raw, Context("zan_scot"))
    assert len(normalised.table) == 3
    assert told(normalised) == {"SCOT-DOUBLE": (1, 3)}


def test_docurba_perimeters_keep_the_communes_of_scots_in_force() -> None:
    raw = numbered(
        {
            "commune": ["63148", "63001", "63002", "63003"],
            "place_kind": ["COM", "COM", "COM", "COMD"],
            "scot": ["1", "1", "2", "1"],
            "procedure_kind": ["SCOT", "PLU", "SCOT", "SCOT"],
            "in_force": ["True", "True", "False", "True"],
        }
    )
    normalised = scots(raw, Context("docurba_perimetres"))
    assert normalised.table["membership_id"].tolist() == ["63148-1"]
    assert told(normalised) == {"SCOT-HORS": (2, 3, 4)}


@pytest.mark.parametrize(
    ("said", "kind"),
    [("PENE annexe I", "pene_annexe_1"), ("Renaturation", "renaturation"), ("PV", "pv_exempte")],
)
def test_a_kind_of_declaration_is_read_however_it_is_written(said: str, kind: str) -> None:
    assert declarations_of(kind=[said]).table["kind"].tolist() == [kind]


def test_a_renaturation_that_does_not_say_if_it_is_done_is_told() -> None:
    assert told(declarations_of(is_effective=[None])) == {"DECL-EFFECTIVE": (1,)}


def test_a_declaration_without_area_is_kept_and_told() -> None:
    normalised = declarations_of(area_ha=["-3"])
    assert normalised.table["area_ha"].isna().all()
    assert told(normalised) == {"NOMBRE": (1,), "DECL-SURFACE": (1,)}


def test_a_pool_without_name_is_told() -> None:
    assert told(declarations_of(kind=["mutualisation"], area_ha=[None])) == {"DECL-GROUPE": (1,)}


@pytest.mark.parametrize("said", ["23", "l'an dernier", "2023,5"])
def test_a_year_that_is_none_is_missing_and_told(said: str) -> None:
    normalised = declarations_of(year=[said])
    assert normalised.table["year"].isna().all()
    assert told(normalised) == {"DECL-ANNEE": (1,)}


def test_units_of_one_name_in_two_zones_are_two() -> None:
    table = units_of(unit_name=["UF 1"] * 2, zae=["A", "B"], commune=["63148", "1004"]).table
    assert table["unit_id"].tolist() == ["63148-A-UF 1", "01004-B-UF 1"]


@pytest.mark.parametrize("said", ["2022", "début juin"])
def test_a_state_whose_day_cannot_be_read_is_told_twice(said: str) -> None:
    normalised = units_of(has_cfe_activity=["non"], cfe_inactive_since=[said])
    assert normalised.table["cfe_inactive_since"].isna().all()
    assert told(normalised) == {"UF-DATE": (1,), "UF-DEPUIS": (1,)}


def test_a_use_in_progress_with_the_day_of_its_end_is_unknown_and_told() -> None:
    day: list[object] = ["2022-06-01"]
    normalised = units_of(
        has_cfe_activity=["non"],
        cfe_inactive_since=day,
        is_occupied=["oui"],
        unoccupied_since=day,
    )
    assert normalised.table[["is_occupied", "unoccupied_since"]].isna().all(axis=None)
    assert normalised.table["has_cfe_activity"].tolist() == ["non"]
    assert told(normalised) == {"UF-CONTRADICTION": (1,)}


def test_a_state_outside_yes_and_no_or_a_unit_without_zone_is_told() -> None:
    normalised = units_of(is_occupied=["peut-être"], zae=[None])
    assert told(normalised) == {"UF-OCCUPATION": (1,), "UF-ZONE": (1,)}


def test_counts_of_merged_communes_are_whole() -> None:
    raw = numbered(
        {
            "insee": ["1015", "01033"],
            "created_on": ["01/01/2016", None],
            "delegated_count": ["2", "1,5"],
        }
    )
    normalised = merged(raw, Context("zan_communes_nouvelles"))
    assert normalised.table["created_on"].fillna("-").tolist() == ["2016-01-01", "-"]
    assert normalised.table["delegated_count"].fillna(-1).tolist() == [2, -1]
    assert told(normalised) == {"COM-ZERO": (1,), "CN-NOMBRE": (2,)}


def test_a_table_typed_in_a_spreadsheet_is_recognised_and_read(
    tmp_path: Path, import_file: Callable[..., Any]
) -> None:
    path = tmp_path / "mes objectifs.csv"
    path.write_text(
        "niveau;code_territoire;objectif_de_reduction;document;dans_le_document\r\n"
        "SCoT;10394;68,6 %;SCoT du Val;Oui\r\n",
        encoding="utf-8-sig",
    )
    table = import_file(path).table
    assert table["objective_id"].tolist() == ["10394-scot-SCoT du Val-"]
    assert table["reduction_share"].tolist() == pytest.approx([0.686])
    assert table["is_in_document"].tolist() == ["oui"]


def fixture(**fields: object) -> dict[str, object]:
    """Return a record as the ministry publishes its objectives."""
    return {"model": "public_data.territorialisationobjectif", "pk": 1, "fields": fields}


def test_the_fixture_of_the_ministry_is_read(
    tmp_path: Path, import_file: Callable[..., Any]
) -> None:
    records = [
        fixture(
            land="REGION_32",
            parent=None,
            objectif_de_reduction="54.47",
            nom_document="SRADDET",
            is_in_document=True,
        ),
        fixture(
            land="SCOT_8",
            parent="REGION_32",
            objectif_de_reduction="25.70",
            nom_document="SCOT",
            is_in_document=False,
        ),
    ]
    path = tmp_path / "objectifs.json"
    path.write_text(json.dumps(records, indent=2), encoding="utf-8")
    table = import_file(path).table
    assert table["objective_id"].tolist() == ["32-region-SRADDET-", "8-scot-SCOT-"]
    assert table["reduction_share"].tolist() == pytest.approx([0.5447, 0.257])
    assert table["parent_code"].fillna("-").tolist() == ["-", "32"]
    assert table["is_in_document"].tolist() == ["oui", "non"]


@pytest.mark.parametrize("text", ['[{"model": "x", "fields": [1]}]', '[{"model": "x"}]'])
def test_a_fixture_of_another_shape_is_refused_with_the_remedy(
    text: str, tmp_path: Path, import_file: Callable[..., Any]
) -> None:
    path = tmp_path / "objectifs.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="export Django"):
        import_file(path)
