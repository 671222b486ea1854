"""A usage in a real browser: ranks in the table, weights one may change, and why on the sheet."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pytest
from playwright.sync_api import Locator, Page, expect

from jalon.land import LandOutcome
from jalon.model import SiteKind, SiteStatus
from jalon.scoring import score
from jalon.specification import preset_scoring

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]


@pytest.fixture(scope="module")
def sites(judged: LandOutcome) -> gpd.GeoDataFrame:
    return judged.sites


@pytest.fixture(scope="module")
def scored(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the sites of the example ranked for industry."""
    return gpd.GeoDataFrame(score(sites, preset_scoring("industrie")))


def grid(page: Page) -> Locator:
    """The table of the tab on top, as a screen reader finds it under the drawn one."""
    return page.locator("[role=tabpanel]:not([inert]) canvas table[role=grid]").first


def grid_column(page: Page, rank: int) -> list[str]:
    cells = grid(page).locator(f"td[aria-colindex='{rank}']")
    expect(cells.first).to_be_attached()
    return cells.all_text_contents()


def header(page: Page) -> list[str]:
    expect(grid(page).locator("th").first).to_be_attached()
    return grid(page).locator("th").all_text_contents()


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_usage_ranks_the_table_and_says_how_firm_each_rank_is(
    visit: Visit, choose_option: Choose, scored: gpd.GeoDataFrame
) -> None:
    page = visit("/foncier")
    choose_option(page, "Usage", "Industrie")
    expect(page.get_by_role("button", name="Poids des critères")).to_be_visible()
    page.wait_for_function("() => location.search.includes('usage=industrie')")
    expect(grid(page).locator("th").filter(has_text="Dix premiers")).to_be_attached()
    expect(grid(page).locator("td[aria-colindex='1']").first).to_have_text(
        scored["site_id"].iloc[0]
    )
    assert {"Rang", "Note", "Rang (5 à 95 %)", "Dix premiers"} <= set(header(page))
    shown = grid_column(page, 1)
    assert shown == list(scored["site_id"][: len(shown)])
    assert grid_column(page, 2)[:3] == ["1", "2", "3"]


def test_rejected_sites_have_no_rank(scored: gpd.GeoDataFrame) -> None:
    is_rejected = scored["status"].eq(SiteStatus.UNAVAILABLE.value)
    assert scored.loc[is_rejected, "rank"].isna().all()
    assert scored.loc[~is_rejected, "rank"].notna().all()


def test_a_weight_changes_the_address_and_the_model_comes_back(visit: Visit) -> None:
    page = visit("/foncier?usage=industrie")
    page.get_by_role("button", name="Poids des critères").click()
    weight = page.get_by_label("Poids : Largeur")
    expect(weight).to_have_value("2")
    weight.fill("7")
    weight.press("Enter")
    page.wait_for_function("() => location.search.includes('poids=largeur')")
    assert query(page)["poids"] == ["largeur:7"]
    page.get_by_role("button", name="Revenir aux poids du modèle").click()
    page.wait_for_function("() => !location.search.includes('poids=')")
    expect(page.get_by_label("Poids : Largeur")).to_have_value("2")


def test_the_sheet_tells_the_score_criterion_by_criterion(
    visit: Visit, scored: gpd.GeoDataFrame
) -> None:
    best = scored["site_id"].iloc[0]
    page = visit(f"/foncier?usage=industrie&fiche={best}")
    expect(page.get_by_text("Note du site, critère par critère (Industrie)")).to_be_attached()
    expect(page.get_by_text("Rang 1.")).to_be_attached()


def test_the_filter_on_assemblies_keeps_only_them(visit: Visit, sites: gpd.GeoDataFrame) -> None:
    page = visit(f"/foncier?natures={SiteKind.ASSEMBLY.value}")
    kept = sites[sites["kind"].eq(SiteKind.ASSEMBLY.value)]
    kept = kept[kept["status"].ne(SiteStatus.UNAVAILABLE.value)]
    assert sorted(grid_column(page, 1)) == sorted(kept["site_id"])
    stack = "window.__jalonMap?.['carte-fonciere']"
    page.wait_for_function(f"() => {stack}?.stack.renderedCount('assemblies') > 0")


def test_the_list_leaves_in_the_national_standard(visit: Visit, sites: gpd.GeoDataFrame) -> None:
    listed = sites[sites["kind"].eq(SiteKind.ASSEMBLY.value)].iloc[0]
    page = visit(f"/foncier?liste={listed['site_id']}")
    page.get_by_role("tab", name="Ma liste (1)").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Format CNIG (TERRAIN-ECO)").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row["terr_refcad"] == "|".join(listed["parcel_ids"])
    assert row["terr_id"].startswith(listed["commune"])
