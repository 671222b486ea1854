from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.zae import normalise


def zae(**columns: Sequence[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    published = {"row": range(1, count + 1), "zae_id": [str(i) for i in range(count)], **columns}
    squares = [shapely.box(x, 0, x + 1, 1) for x in range(count)]
    raw = gpd.GeoDataFrame(published, geometry=squares, crs=2154)
    return normalise(raw, Context("zae_sites_economiques"))


def test_hectares_the_epci_does_not_give_stay_missing() -> None:
    table = zae(for_sale_ha=["5,7", None, 0]).table
    assert table["for_sale_ha"].iloc[[0, 2]].tolist() == [5.7, 0]
    assert table["for_sale_ha"].isna().tolist() == [False, True, False]
    assert table["gross_ha"].isna().all()


def test_the_vacancy_rate_is_a_share() -> None:
    normalised = zae(vacancy_pct=[13, 100, 130])
    assert normalised.table["vacancy_share"].tolist()[:2] == [0.13, 1.0]
    assert pd.isna(normalised.table["vacancy_share"].iloc[2])
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("ZAE-VACANCE", (3,))]


def test_a_vocation_cut_by_a_semicolon_is_whole_again() -> None:
    normalised = zae(
        vocation=["entrepôts", "industrielle"], state=["logistique", "Existant et actif"]
    )
    assert normalised.table["vocation"].tolist() == ["entrepôts, logistique", "industrielle"]
    assert normalised.table["state"].isna().tolist() == [True, False]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("ZAE-DECALAGE", (1,))]


def test_half_a_vocation_is_not_guessed() -> None:
    normalised = zae(vocation=["entrepôts"], state=["création"])
    assert normalised.table["vocation"].isna().all()
    assert [i.rule_id for i in normalised.issues] == ["CNIG-LISTE"]


@pytest.mark.parametrize(
    ("column", "published", "read"),
    [
        ("site_type", "zone 2AU à vocation économique", "zone AU à vocation économique"),
        ("site_type", "Zone d\u2019activité économique", "zone d'activité économique"),
        ("moa_type", "SEM", "société d'économie mixte"),
        ("moa_type", "EPCI", "epci"),
        ("vocation", "Mixte, sans dominante", "mixte"),
        ("state", "Annulé", "annulé"),
    ],
)
def test_the_wordings_in_use_are_read(column: str, published: str, read: str) -> None:
    normalised = zae(**{column: [published]})
    assert normalised.table[column].tolist() == [read]
    assert normalised.issues == ()


def test_a_commune_without_its_zero_is_completed() -> None:
    normalised = zae(commune=["1004", None])
    assert normalised.table["commune"].iloc[0] == "01004"
    assert [i.rule_id for i in normalised.issues] == ["COM-ZERO"]
