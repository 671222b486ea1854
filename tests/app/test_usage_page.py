"""A usage in a real browser: ranks in the table, weights one may change, and why on the sheet."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pytest
from playwright.sync_api import Page, expect

from data.workspace import Workspace
from jalon.land import judge
from jalon.model import LandParameters, SiteKind, SiteStatus, is_generated
from jalon.scoring import score
from jalon.specification import preset_scoring
from jalon.tables import land_tables

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]


@pytest.fixture(scope="module")
def sites(workspace: Workspace) -> Callable[[], gpd.GeoDataFrame]:
    """Give the sites of the generated example, once the application has filled it."""

    def judged() -> gpd.GeoDataFrame:
        records = workspace.sources("parcels")
        insee = {code for record in records for code in record.communes if is_generated(code)}
        return judge(land_tables(workspace, frozenset(insee)), LandParameters()).sites

    return judged


def grid_column(page: Page, rank: int) -> list[str]:
    grid = page.locator("[role=tabpanel]:not([inert]) canvas table[role=grid]").first
    expect(grid.locator(f"td[aria-colindex='{rank}']").first).to_be_attached()
    return grid.locator(f"td[aria-colindex='{rank}']").all_text_contents()


def header(page: Page) -> list[str]:
    grid = page.locator("[role=tabpanel]:not([inert]) canvas table[role=grid]").first
    expect(grid.locator("th").first).to_be_attached()
    return grid.locator("th").all_text_contents()


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_usage_ranks_the_table_and_says_how_firm_each_rank_is(
    visit: Visit, choose_option: Choose, sites: Callable[[], gpd.GeoDataFrame]
) -> None:
    page = visit("/foncier")
    choose_option(page, "Usage", "Industrie")
    expect(page.get_by_role("button", name="Poids des critères")).to_be_visible()
    scored = score(sites(), preset_scoring("industrie"))
    page.wait_for_function("() => location.search.includes('usage=industrie')")
    page.wait_for_timeout(1_000)
    assert {"Rang", "Note", "Rang (5 à 95 %)", "Dix premiers"} <= set(header(page))
    shown = grid_column(page, 1)
    assert shown == list(scored["site_id"][: len(shown)])
    assert grid_column(page, 2)[:3] == ["1", "2", "3"]


def test_rejected_sites_have_no_rank(sites: Callable[[], gpd.GeoDataFrame]) -> None:
    scored = score(sites(), preset_scoring("industrie"))
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
    visit: Visit, sites: Callable[[], gpd.GeoDataFrame]
) -> None:
    best = score(sites(), preset_scoring("industrie"))["site_id"].iloc[0]
    page = visit(f"/foncier?usage=industrie&fiche={best}")
    expect(page.get_by_text("Note du site, critère par critère (Industrie)")).to_be_attached()
    expect(page.get_by_text("Rang 1.")).to_be_attached()


def test_the_filter_on_assemblies_keeps_only_them(
    visit: Visit, sites: Callable[[], gpd.GeoDataFrame]
) -> None:
    page = visit(f"/foncier?natures={SiteKind.ASSEMBLY.value}")
    found = sites()
    kept = found[found["kind"].eq(SiteKind.ASSEMBLY.value)]
    kept = kept[kept["status"].ne(SiteStatus.UNAVAILABLE.value)]
    assert sorted(grid_column(page, 1)) == sorted(kept["site_id"])
    stack = "window.__jalonMap?.['carte-fonciere']"
    page.wait_for_function(f"() => {stack}?.stack.renderedCount('assemblies') > 0")


def test_the_list_leaves_in_the_national_standard(
    visit: Visit, sites: Callable[[], gpd.GeoDataFrame]
) -> None:
    visit("/foncier")
    found = sites()
    listed = found[found["kind"].eq(SiteKind.ASSEMBLY.value)].iloc[0]
    page = visit(f"/foncier?liste={listed['site_id']}")
    page.get_by_role("tab", name="Ma liste (1)").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Format CNIG (TERRAIN-ECO)").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row["terr_refcad"] == "|".join(listed["parcel_ids"])
    assert row["terr_id"].startswith(listed["commune"])
