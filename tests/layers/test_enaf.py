from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import InputError
from layers.base import Context, Normalised
from layers.enaf import normalise
from layers.enaf_totals import flow_columns


def series(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    raw = pd.DataFrame(
        {"row": range(1, count + 1), "commune": "63148", "commune_name": "Ennezat", **columns}
    )
    return normalise(raw, Context("enaf_communes"))


def test_a_flow_is_named_after_the_year_it_starts() -> None:
    assert flow_columns(pd.Index(["naf21art22"])) == {"naf21art22": 2021}


def test_totals_and_destinations_are_no_flows() -> None:
    columns = pd.Index(["naf09art24", "art21act22", "artcom0924", "naf11art21", "idcom"])
    assert flow_columns(columns) == {}


def test_a_row_becomes_one_a_year() -> None:
    table = series(naf21art22=["100"], naf22art23=["250.5"]).table
    assert table[["flow_id", "year", "flow_m2"]].to_numpy().tolist() == [
        ["63148-2021", 2021, 100.0],
        ["63148-2022", 2022, 250.5],
    ]


def test_a_missing_year_is_missing_and_told() -> None:
    normalised = series(naf21art22=["100"], naf22art23=[None])
    assert normalised.table["flow_m2"].isna().tolist() == [False, True]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("ENAF-MANQUE", (1,))]


@pytest.mark.parametrize("published", ["-5", "cinq"])
def test_a_year_that_is_no_positive_number_is_missing_and_told(published: str) -> None:
    normalised = series(naf21art22=["100"], naf22art23=[published])
    assert normalised.table["flow_m2"].isna().tolist() == [False, True]
    assert [issue.rule_id for issue in normalised.issues] == ["NOMBRE", "ENAF-MANQUE"]
    assert "naf22art23" in normalised.issues[0].message_fr


def test_a_french_number_is_read() -> None:
    assert series(naf21art22=["1 250,5"]).table["flow_m2"].tolist() == [1250.5]


def test_a_series_drawn_on_a_map_loses_its_outlines() -> None:
    outlines = gpd.GeoDataFrame(
        {"row": [1], "commune": ["63148"], "commune_name": ["Ennezat"], "naf21art22": [100]},
        geometry=[shapely.box(0, 0, 1, 1)],
        crs=2154,
    )
    table = normalise(outlines, Context("enaf_communes")).table
    assert table["flow_m2"].tolist() == [100.0]
    assert "geometry" not in table


def test_a_file_of_totals_only_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="aucune colonne annuelle") as caught:
        series(naf09art24=["100"])
    assert "Cerema" in caught.value.hint


def test_the_part_of_a_flow_that_went_to_activity_is_kept() -> None:
    table = series(naf21art22=["100"], art21act22=["40"]).table
    assert table["activity_m2"].tolist() == [40.0]


def test_without_its_column_the_part_of_activity_is_missing_and_tells_nothing() -> None:
    normalised = series(naf21art22=["100"])
    assert normalised.table["activity_m2"].isna().all()
    assert normalised.issues == ()


def test_negative_cells_of_rounding_break_nothing() -> None:
    assert series(naf21art22=["100"], art21inc22=["-2"]).issues == ()


def test_a_flow_that_is_not_its_destinations_is_told_and_kept() -> None:
    none: list[object] = ["0", "0"]
    parts = {f"art21{name}22": none for name in ("hab", "mix", "rou", "fer")}
    normalised = series(
        naf21art22=["100", "100"], art21act22=["102", "40"], art21inc22=["-2", "10"], **parts
    )
    assert normalised.table["flow_m2"].tolist() == [100, 100]
    issues = [(i.rule_id, i.rows) for i in normalised.issues if i.rule_id == "ENAF-TOTAL"]
    assert issues == [("ENAF-TOTAL", (2,))]


def test_a_period_that_is_not_its_years_is_told_with_its_column() -> None:
    normalised = series(naf21art22=["100"], naf22art23=["200"], naf21art23=["310"])
    (issue,) = normalised.issues
    assert (issue.rule_id, issue.rows) == ("ENAF-TOTAL", (1,))
    assert "naf21art23" in issue.message_fr


def test_rounding_of_a_few_square_metres_is_no_fault() -> None:
    assert series(naf21art22=["100"], naf22art23=["200"], naf21art23=["304"]).issues == ()


def test_a_total_is_not_compared_with_years_that_are_missing() -> None:
    normalised = series(naf21art22=["100"], naf22art23=[None], naf21art23=["310"])
    assert [issue.rule_id for issue in normalised.issues] == ["ENAF-MANQUE"]


def test_a_year_without_column_is_named() -> None:
    (issue,) = series(naf21art22=["100"], naf24art25=["100"]).issues
    assert issue.rule_id == "ENAF-ANNEE"
    assert "2022, 2023" in issue.message_fr


def test_a_total_says_the_years_that_the_series_lacks() -> None:
    (issue,) = series(naf22art23=["100"], naf21art23=["100"]).issues
    assert issue.rule_id == "ENAF-ANNEE"
    assert "2021" in issue.message_fr


def test_a_commune_given_twice_is_told_with_both_rows() -> None:
    raw = pd.DataFrame(
        {"row": [1, 2, 3], "commune": ["63148", "63001", "63148"], "commune_name": "Ici"}
    ).assign(naf21art22=["1", "2", "3"])
    (issue,) = normalise(raw, Context("enaf_communes")).issues
    assert (issue.rule_id, issue.rows) == ("ENAF-DOUBLE", (1, 3))


@pytest.mark.reference
@pytest.mark.parametrize("name", ["data_scot_rives_du_rhone.csv", "data_cc_porte_dromeardeche.csv"])
def test_nothing_is_wrong_in_the_published_series(
    reference_dir: Path, import_file: Callable[..., Any], name: str
) -> None:
    assert import_file(reference_dir / "data/land/enaf" / name).normalised.issues == ()


def test_the_window_of_2011_to_2025_is_read_with_its_commas(
    tmp_path: Path, import_file: Callable[..., Any]
) -> None:
    path = tmp_path / "conso_com.csv"
    path.write_text(
        "idcom,idcomtxt,epci25,epci25txt,naf11art12,art11act12,naf24art25,art24act25,naf11art25\n"
        "63148,Ennezat,200070753,RLV,100,40,300,-1,400\n",
        encoding="utf-8-sig",
    )
    table = import_file(path).table
    assert table[["year", "flow_m2"]].to_numpy().tolist() == [[2011, 100.0], [2024, 300.0]]
    assert table["activity_m2"].fillna(-9).tolist() == [40.0, -9.0]


def test_a_code_that_no_longer_exists_is_told_and_kept() -> None:
    communes = gpd.GeoDataFrame({"insee": ["63148"]}, geometry=[shapely.Point(0, 0)], crs=2154)
    raw = pd.DataFrame(
        {"row": [1], "commune": ["63999"], "commune_name": ["Ici"], "naf21art22": ["100"]}
    )
    normalised = normalise(raw, Context("enaf_communes", communes))
    assert normalised.table["commune"].tolist() == ["63999"]
    assert [issue.rule_id for issue in normalised.issues] == ["COG-COG_ERROR"]
