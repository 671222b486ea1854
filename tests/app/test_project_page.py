"""A drawing taken as a project in a real browser: its cost, its options, the envelope of a site."""

import re
from collections.abc import Callable
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from playwright.sync_api import Locator, Page, expect

from data.workspace import Workspace
from geo.crs import EXCHANGE
from jalon.areas import all_communes
from jalon.envelopes import uncounted
from jalon.french import interval_ha, number
from jalon.land import LandOutcome
from jalon.model import SiteKind, ZanParameters
from jalon.tables import LandTables
from jalon.ui.drawings import Drawing, read_drawings
from jalon.ui.filters import filtered
from jalon.ui.project_cost import Ground, cost_of, shapes_of, site_tests
from jalon.ui.project_options import Guarantee, ProjectOptions, options_json, read_options
from jalon.ui.state import AppState
from jalon.zan.land_state import AfterKind
from jalon.zan.law import law_on, verified_on
from jalon.zan.ledger import ledger
from jalon.zan.levels import members
from jalon.zan.occupation import evidence
from jalon.zan.pene import PeneStatus
from jalon.zan.project import Project, project_costs
from jalon.zan.selection import Verdict, site_verdicts
from jalon.zan_inputs import ledger_data

MAP = "window.__jalonMap?.['carte-fonciere']"
HALF_SIDE_DEGREES = 0.0004
FIRST_COST_MS = 120_000  # the ground is read, on a loaded machine

Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]

browser = pytest.mark.browser


@pytest.fixture(scope="module")
def sites(judged: LandOutcome) -> gpd.GeoDataFrame:
    return judged.sites


@pytest.fixture(scope="module")
def site(sites: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give the first parcel of the table that takes more than a hectare of ENAF for sure."""
    kept = filtered(sites, AppState())
    costly = kept[kept["enaf_lo_ha"].gt(1) & kept["kind"].eq(SiteKind.PARCEL.value)]
    return costly.iloc[0]


def draw_inside(page: Page, site: gpd.GeoSeries) -> None:
    """Draw a rectangle of about a third of a hectare in the middle of a site."""
    middle = gpd.GeoSeries([site.geometry.representative_point()], crs=2154).to_crs(EXCHANGE)[0]
    ready = f"() => {MAP}?.root.dataset.ready === 'true'"
    page.wait_for_function(ready)
    page.evaluate(f"{MAP}.map.jumpTo({{ center: [{middle.x}, {middle.y}], zoom: 15 }})")
    page.wait_for_function(ready)
    page.get_by_role("button", name="Dessiner un rectangle").click()
    for way in (-1, 1):
        place = [middle.x + way * HALF_SIDE_DEGREES, middle.y + way * HALF_SIDE_DEGREES / 2]
        x, y = page.evaluate(
            f"""(place) => {{
                const box = {MAP}.map.getContainer().getBoundingClientRect();
                const point = {MAP}.map.project(place);
                return [box.x + point.x, box.y + point.y];
            }}""",
            place,
        )
        page.mouse.move(x, y, steps=4)
        page.mouse.click(x, y)
    expect(page.get_by_role("heading", name="Projet dessiné")).to_be_visible(timeout=FIRST_COST_MS)
    expect_quiet(page)


def expect_quiet(page: Page) -> None:
    """Wait for the run under way: what is touched before its end may be lost."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def told(page: Page, label: str) -> Locator:
    """The text beside a label of the short table of costs."""
    return page.get_by_role("row").filter(has_text=label).get_by_role("cell").last


def drawn(page: Page) -> tuple[Drawing, ...]:
    one = "({ id, geometry }) => ({ drawing_id: id, geometry })"
    return read_drawings(page.evaluate(f"() => {MAP}.drawing.terra.getSnapshot().map({one})"))


def expect_cost(page: Page, tables: LandTables, drawings: tuple[Drawing, ...]) -> None:
    sources = evidence(tables.land_cover, tables.crops, tables.buildings)
    project = Project("p", shapes_of(drawings).union_all())
    cost = project_costs([project], sources, law_on(verified_on())).iloc[0]
    assert cost["enaf_lo_ha"] > 0
    expected = interval_ha(cost["enaf_lo_ha"], cost["enaf_hi_ha"])
    expect(told(page, "Coût ENAF, emprise")).to_have_text(expected)
    expect(told(page, "Compté localement")).to_have_text(expected)


def expect_options_to_count(page: Page, choose_option: Choose) -> None:
    page.get_by_text("Options du projet").click()
    choose_option(page, "Projet d'envergure nationale (PENE)", PeneStatus.ANNEX_1.value)
    expect(told(page, "Enveloppe")).to_have_text(Verdict.NATIONAL.value)
    expect(told(page, "Compté localement")).to_have_text(interval_ha(0.0, 0.0))
    expect_quiet(page)
    works = page.get_by_label("Début des travaux")
    works.fill("31/02/2027")
    works.press("Enter")
    expect(page.get_by_text("« 31/02/2027 » n'est pas une date")).to_be_visible()
    expect_quiet(page)


@browser
def test_a_drawing_is_costed_as_a_project_with_its_options_then_filters_the_sites_again(
    visit: Visit,
    choose_option: Choose,
    tables: LandTables,
    sites: gpd.GeoDataFrame,
    site: gpd.GeoSeries,
) -> None:
    page = visit("/foncier?dessin=projet")
    draw_inside(page, site)
    drawings = drawn(page)
    expect_cost(page, tables, drawings)
    expect_options_to_count(page, choose_option)
    shown = page.get_by_test_id("stMetric").filter(has_text="Sites affichés")
    count = shown.get_by_test_id("stMetricValue")
    expect(count).to_have_text(number(len(filtered(sites, AppState()))))
    page.get_by_text("filtre les sites").click()
    expect(count).to_have_text(number(len(filtered(sites, AppState(), drawings))))
    expect(page.get_by_role("heading", name="Projet dessiné")).to_have_count(0)


@browser
def test_a_sheet_and_the_table_say_the_verdict_of_the_site(
    visit: Visit, workspace: Workspace, site: gpd.GeoSeries
) -> None:
    known = all_communes(workspace)
    inputs = ledger_data(workspace, known[known["region"].eq("00")], known=known).inputs
    belonging = members(inputs.communes, inputs.scots)
    row = gpd.GeoDataFrame([site])
    found = site_verdicts(row, ledger(inputs, ZanParameters()), belonging)
    verdict = str(found["verdict"].iloc[0])
    page = visit(f"/foncier?fiche={site['site_id']}")
    expect(told(page, "Enveloppe")).to_have_text(verdict)
    expect(page.get_by_text(re.compile(r"À savoir : \d"))).to_be_visible()
    grid = page.locator("[role=tabpanel]:not([inert]) canvas table[role=grid]").first
    line = grid.locator("tr").filter(has_text=site["site_id"])
    expect(line).to_contain_text(verdict)


def test_a_drawing_in_the_sea_is_uncertain_and_never_free(
    tables: LandTables, workspace: Workspace
) -> None:
    known = all_communes(workspace)
    sources = evidence(tables.land_cover, tables.crops, tables.buildings)
    sea = shapely.box(100_000, 6_300_000, 100_100, 6_300_100)  # one hectare of the Bay of Biscay
    ground, nowhere = Ground(tables, sources, known), uncounted(known.iloc[:3])
    cost = cost_of(sea, ground, nowhere, options=ProjectOptions(), as_of=verified_on())
    assert (cost.figures["enaf_lo_ha"], cost.figures["enaf_hi_ha"]) == pytest.approx((0, 1))
    assert (cost.verdict, cost.net) == (Verdict.UNCERTAIN, None)


def test_a_territory_without_account_is_told_by_its_name(
    site: gpd.GeoSeries, workspace: Workspace
) -> None:
    known = all_communes(workspace)
    here = gpd.GeoDataFrame(known[known["insee"].eq(site["commune"])])
    costs = pd.DataFrame([site])[["site_id", "commune", "enaf_lo_ha", "enaf_hi_ha"]]
    tests = site_tests(costs, uncounted(here))
    assert tests["name"].iloc[0] == here["nom"].iloc[0]
    assert set(tests["verdict"]) == {Verdict.UNCERTAIN.value}


def test_the_options_of_a_project_come_back_from_its_address() -> None:
    options = ProjectOptions(
        works_on=date(2027, 3, 15),
        after=AfterKind.LAWN,
        pene=PeneStatus.ANNEX_2,
        is_photovoltaic=True,
        guarantees=(Guarantee.REVERSIBLE, Guarantee.DECLARED),
        restored_planned_ha=0.4,
    )
    assert read_options(options_json(options)) == options


@pytest.mark.parametrize("text", ["n'importe quoi", '{"pene": "annexe 9"}', '{"lune": 3}', ""])
def test_options_that_make_no_sense_are_none(text: str) -> None:
    assert read_options(text) == ProjectOptions()
