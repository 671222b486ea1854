import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import InputError
from layers.base import Context, Normalised
from layers.enaf import flow_columns, normalise


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
