import geopandas as gpd
import pandas as pd
import shapely

from layers.editions import document_ids, latest_only, online_dates

SQUARE, OTHER = shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)


def zones(*rows: tuple[shapely.Geometry, str | None]) -> gpd.GeoDataFrame:
    shapes, stamps = zip(*rows, strict=True)
    published = {"row": range(1, len(rows) + 1), "published_on": list(stamps)}
    return gpd.GeoDataFrame(published, geometry=list(shapes), crs=2154)


def test_of_one_outline_the_latest_edition_is_kept() -> None:
    kept, (issue,) = latest_only(
        zones((SQUARE, "2021-03-01T08:00:00Z"), (SQUARE, "2023-03-01T08:00:00Z"), (OTHER, None))
    )
    assert kept["row"].tolist() == [2, 3]
    assert (issue.rule_id, issue.rows) == ("GPU-ANCIEN", (1,))


def test_nothing_says_which_of_two_undated_rows_is_the_later() -> None:
    kept, issues = latest_only(zones((SQUARE, None), (SQUARE, None), (SQUARE, "2021-03-01")))
    assert len(kept) == 3
    assert issues == ()


def test_the_day_of_a_stamp_is_kept() -> None:
    assert online_dates(zones((SQUARE, "2021-03-01T08:00:00Z"))).tolist() == ["2021-03-01"]


def test_a_document_without_id_is_named_by_its_commune_and_date() -> None:
    raw = pd.DataFrame(
        {
            "document_id": ["41175_PLU_20140603", None, None],
            "document_insee": [41175, "41175", None],
            "approved_on": ["20140603", "20140603", "20140603"],
        }
    )
    named = document_ids(raw, "document_insee", "approved_on")
    assert named.iloc[:2].tolist() == ["41175_PLU_20140603", "41175_20140603"]
    assert named.isna().tolist() == [False, False, True]
