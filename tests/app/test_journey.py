"""The whole application in a real browser without network, from a commune's name to a file."""

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Locator, Page, expect

from data.workspace import Workspace
from geo.crs import EXCHANGE
from jalon.areas import all_communes
from jalon.french import hectares, interval_ha, number
from jalon.land import LandOutcome
from jalon.model import SiteStatus, ZanParameters
from jalon.rules.registry import RULES
from jalon.scenario import ledger_of
from jalon.ui.drawings import read_drawings
from jalon.ui.filters import filtered
from jalon.ui.state import AppState

pytestmark = [pytest.mark.browser]

ROOT = Path(__file__).parents[2]
MAP = "window.__jalonMap?.['carte-fonciere']"
LONG_MS = 180_000  # the example is generated, or a plan computed, on a loaded machine
HOSTILE = "<img src=x onerror=window.__xss=1>"

Visit = Callable[[str], Page]
Sites = Callable[..., gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give an empty workspace, which the tests of this file fill."""
    return Workspace(tmp_path_factory.mktemp("espace"))


@pytest.fixture(scope="module")
def address(serve_workspace: Callable[[Workspace], str], workspace: Workspace) -> str:
    return serve_workspace(workspace)


@pytest.fixture(scope="module")
def sites(judged: LandOutcome) -> Sites:
    """Give the sites of the example, which is the same in any workspace that has it."""

    def found(state: AppState, commune: str | None = None) -> gpd.GeoDataFrame:
        every = judged.sites
        return filtered(every if commune is None else every[every["commune"].eq(commune)], state)

    return found


@pytest.fixture(scope="module")
def place(workspace: Workspace, sites: Sites) -> tuple[str, str]:
    """Give the code and the name, which has an accent, of the commune with the most sites."""
    known = all_communes(workspace)
    names = dict(zip(known["insee"], known["nom"], strict=True))
    codes = sites(AppState())["commune"].value_counts().index
    return next((code, names[code]) for code in codes if not names[code].isascii())


def plain(name: str) -> str:
    """Return a name as hurried people type it."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def wait_for_map(page: Page) -> None:
    page.wait_for_function(f"() => {MAP}?.root.dataset.ready === 'true'")


def metric(page: Page, label: str) -> Locator:
    shown = page.get_by_test_id("stMetric").filter(has_text=label)
    return shown.get_by_test_id("stMetricValue")


def grid(page: Page) -> Locator:
    """The table of the tab on top, as a screen reader finds it under the drawn one."""
    return page.locator("[role=tabpanel]:not([inert]) canvas table[role=grid]").first


def row_count(page: Page) -> int:
    return int(grid(page).get_attribute("aria-rowcount") or 0) - 1


def column(page: Page, rank: int) -> list[str]:
    return grid(page).locator(f"td[aria-colindex='{rank}']").all_text_contents()


def expect_sites(page: Page, count: int) -> None:
    """The count, the tab and the table say the same number of sites."""
    expect(metric(page, "Sites affichés")).to_have_text(number(count))
    expect(page.get_by_role("tab", name=f"Sites ({number(count)})")).to_be_visible()
    expect(grid(page)).to_have_attribute("aria-rowcount", str(count + 1))


def camera(page: Page) -> list[float]:
    return list(page.evaluate(f"() => [{MAP}.map.getZoom(), ...{MAP}.map.getCenter().toArray()]"))


def drawn(page: Page) -> list[dict[str, object]]:
    """What the screen shows as drawn, in the words of the map's answers to Python."""
    one = "({ id, geometry }) => ({ drawing_id: id, geometry })"
    return list(page.evaluate(f"() => {MAP}.drawing.terra.getSnapshot().map({one})"))


def go_near(page: Page, site: gpd.GeoSeries, zoom: float = 15) -> None:
    place = centre(site)
    page.evaluate(f"{MAP}.map.jumpTo({{ center: {list(place)}, zoom: {zoom} }})")
    wait_for_map(page)


def centre(site: gpd.GeoSeries) -> tuple[float, float]:
    inside = gpd.GeoSeries([site.geometry.representative_point()], crs=2154).to_crs(EXCHANGE)[0]
    return float(inside.x), float(inside.y)


def pixel(page: Page, longitude: float, latitude: float) -> tuple[float, float]:
    script = f"""(place) => {{
        const box = {MAP}.map.getContainer().getBoundingClientRect();
        const point = {MAP}.map.project(place);
        return [box.x + point.x, box.y + point.y];
    }}"""
    x, y = page.evaluate(script, [longitude, latitude])
    return x, y


def click_map(page: Page, longitude: float, latitude: float) -> None:
    page.mouse.move(*pixel(page, longitude, latitude), steps=4)
    page.mouse.click(*pixel(page, longitude, latitude))


def click_first_row(page: Page) -> None:
    """Click the first cell of the table, which a canvas draws."""
    canvas = page.locator("[role=tabpanel]:not([inert]) canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box() or {"x": 0, "y": 0}
    page.mouse.click(box["x"] + 100, box["y"] + 52)


def downloaded(page: Page, label: str) -> bytes:
    # A button of the run before this one no longer has its file.
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=LONG_MS)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    return Path(waiting.value.path()).read_bytes()


def test_the_first_page_has_the_300_stations_and_the_example(visit: Visit, sites: Sites) -> None:
    page = visit("/")
    expect(page.get_by_role("heading", name="300 stations dans le Grand Est")).to_be_visible()
    kept = number(len(sites(AppState())))
    expect(page.get_by_test_id("stMetric").filter(has_text="Sites retenus")).to_contain_text(kept)
    expect(page.get_by_text("Habitants couverts")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("link", name="Voir les sites, leurs raisons").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Foncier économique")


def test_the_land_page_opens_on_the_example_said_to_be_generated(
    visit: Visit, sites: Sites
) -> None:
    page = visit("/foncier")
    expect(page.get_by_role("heading", level=1)).to_contain_text("généré")
    expect(page.get_by_text("Pays de Jalonne (généré)")).to_be_visible()
    expect_sites(page, len(sites(AppState())))


def test_a_calculation_begun_goes_on_when_its_page_is_closed(visit: Visit) -> None:
    page = visit("/stations")
    expect(page.get_by_text("habitants couverts").first).to_be_visible(timeout=LONG_MS)


def test_a_name_without_accents_moves_map_table_and_count(
    visit: Visit, sites: Sites, place: tuple[str, str]
) -> None:
    code, name = place
    page = visit("/foncier")
    wait_for_map(page)
    before = camera(page)
    search = page.get_by_label("Commune, EPCI, département ou code")
    search.fill(plain(name))
    search.press("Enter")
    expect_sites(page, len(sites(AppState(), code)))
    assert set(column(page, 2)) == {name}
    wait_for_map(page)
    assert camera(page)[0] > before[0]


def test_the_filters_change_the_count_and_the_table_alike(visit: Visit, sites: Sites) -> None:
    page = visit("/foncier")
    page.get_by_role("button", name=re.compile("Remove indéterminé|Supprimer indéterminé")).click()
    smallest = page.get_by_label("Utile min. (ha)")
    smallest.fill("1.5")
    smallest.press("Enter")
    asked = AppState(
        statuses=(SiteStatus.AVAILABLE.value, SiteStatus.CONDITIONAL.value), min_ha=1.5
    )
    expect_sites(page, len(sites(asked)))
    assert set(column(page, 3)) <= set(asked.statuses)


def test_a_rectangle_keeps_only_the_sites_it_touches(visit: Visit, sites: Sites) -> None:
    page = visit("/foncier")
    wait_for_map(page)
    x, y = centre(sites(AppState()).iloc[0])
    page.evaluate(f"{MAP}.map.jumpTo({{ center: [{x}, {y}], zoom: 14 }})")
    wait_for_map(page)
    before = camera(page)
    page.get_by_role("button", name="Dessiner un rectangle").click()
    click_map(page, x - 0.001, y - 0.001)
    click_map(page, x + 0.004, y + 0.003)
    expect(metric(page, "Sites affichés")).not_to_have_text(number(len(sites(AppState()))))
    kept = filtered(sites(AppState()), AppState(), read_drawings(drawn(page)))
    assert 0 < len(kept) < len(sites(AppState()))
    expect_sites(page, len(kept))
    assert set(column(page, 1)) <= set(kept["site_id"])
    assert camera(page) == before


def test_from_a_click_on_the_map_to_a_file_that_equals_the_screen(
    visit: Visit, sites: Sites
) -> None:
    page = visit("/foncier")
    wait_for_map(page)
    first, second = (sites(AppState()).iloc[rank] for rank in (0, 1))
    for site in (first, second):
        go_near(page, site)
        click_map(page, *centre(site))
        expect(page.get_by_role("heading", name=site["site_id"])).to_be_visible()
        expect(page.get_by_text(site["rule_ids"][0]).first).to_be_visible()
        assert camera(page)[0] == 15
        page.get_by_role("button", name="Ajouter à ma liste", exact=True).click()
        expect(page.get_by_role("button", name="Retirer de ma liste")).to_be_visible()
    page.get_by_role("tab", name="Ma liste (2)").click()
    expect(grid(page)).to_have_attribute("aria-rowcount", "3")
    file = json.loads(downloaded(page, "Télécharger : GeoJSON"))
    assert [one["properties"]["identifiant"] for one in file["features"]] == column(page, 1)
    assert "crs" not in file
    assert file["jalon"]["sources"]
    for feature in file["features"]:
        assert feature["properties"]["raisons"]
        assert feature["properties"]["genere"] is True
        assert shapely.from_geojson(json.dumps(feature["geometry"])).exterior.is_ccw
    page.reload()
    expect(page.get_by_role("heading", name=second["site_id"])).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_role("tab", name="Ma liste (2)")).to_be_visible()


def test_a_click_in_the_table_opens_the_sheet_and_the_map_goes_there(
    visit: Visit, sites: Sites
) -> None:
    page = visit("/foncier")
    wait_for_map(page)
    before = camera(page)
    click_first_row(page)
    best = sites(AppState()).iloc[0]
    expect(page.get_by_role("heading", name=best["site_id"])).to_be_visible()
    page.wait_for_function(f"() => {MAP}.map.getZoom() > {before[0] + 2}")
    longitude, latitude = centre(best)
    assert math.dist(camera(page)[1:], (longitude, latitude)) < 0.01


def test_a_rejected_parcel_says_which_rule_put_it_out(visit: Visit, sites: Sites) -> None:
    rejected = sites(AppState(statuses=(SiteStatus.UNAVAILABLE.value,))).iloc[0]
    page = visit("/foncier")
    wait_for_map(page)
    go_near(page, rejected, zoom=16)
    page.get_by_role("checkbox", name="Parcelles écartées").check()
    page.wait_for_function(f"() => {MAP}.stack.renderedCount('rejected') > 0")
    wait_for_map(page)
    click_map(page, *centre(rejected))
    expect(page.get_by_role("heading", name=rejected["site_id"])).to_be_visible()
    expect(page.get_by_text(rejected["rule_ids"][0]).first).to_be_visible()


def test_an_address_reopens_territory_filters_list_and_sheet(
    visit: Visit, sites: Sites, place: tuple[str, str]
) -> None:
    code, _ = place
    best = sites(AppState(), code).iloc[0]["site_id"]
    page = visit(f"/foncier?territoire=commune:{code}&min_ha=1&liste={best}&fiche={best}")
    expect_sites(page, len(sites(AppState(min_ha=1.0), code)))
    expect(page.get_by_role("heading", name=best)).to_be_visible()
    page.get_by_role("link", name="Méthode").click()
    expect(page.get_by_role("heading", name="Méthode")).to_be_visible()
    assert f"liste={best}" in page.url


def test_the_zan_page_says_what_the_ledger_says(visit: Visit, workspace: Workspace) -> None:
    page = visit("/zan")
    known = all_communes(workspace)
    here = known[known["epci_siren"].eq("000000001")]
    accounts = ledger_of(workspace, here, ZanParameters())
    own = accounts[accounts["code"].eq("000000001")].iloc[0]
    remaining = interval_ha(own["remaining_lo_ha"], own["remaining_hi_ha"])
    expect(metric(page, "Consommé 2011-2020")).to_have_text(hectares(own["reference_ha"]))
    expect(metric(page, "Reste jusqu'à 2030")).to_have_text(remaining)
    rows = list(
        csv.reader(
            io.StringIO(downloaded(page, "comptes (CSV)").decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(rows) == 1 + len(accounts)


def test_the_method_page_lists_every_rule(visit: Visit) -> None:
    page = visit("/methode")
    text = page.get_by_test_id("stTable").first.inner_text()
    assert [rule.rule_id for rule in RULES if rule.rule_id not in text] == []


def square(west: float, south: float, side: float = 0.0015) -> dict[str, object]:
    return shapely.geometry.mapping(shapely.box(west, south, west + side, south + side))


def collection(rows: list[dict[str, object]], shapes: list[dict[str, object]]) -> str:
    features = [
        {"type": "Feature", "properties": row, "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def hostile_files(tmp_path: Path) -> list[Path]:
    """Three parcels of Strasbourg in one zone of the PLU whose label is a script."""
    parcels = tmp_path / "cadastre-67482-parcelles.json"
    rows: list[dict[str, object]] = [
        {
            "id": f"67482000ZZ000{n}",
            "commune": "67482",
            "prefixe": "000",
            "section": "ZZ",
            "numero": str(n),
            "contenance": 18_000,
            "created": "2020-01-01",
            "updated": "2024-01-01",
        }
        for n in (1, 2, 3)
    ]
    shapes = [square(7.75 + 0.002 * n, 48.58) for n in (1, 2, 3)]
    parcels.write_text(collection(rows, shapes), encoding="utf-8")
    zoning = tmp_path / "zone_urba.geojson"
    zone: dict[str, object] = {
        "libelle": HOSTILE,
        "libelong": "Zone d'activités économiques",
        "typezone": "U",
        "destdomi": "02",
        "idurba": "67482_PLU_20200101",
        "datvalid": "20200101",
    }
    zoning.write_text(collection([zone], [square(7.75, 48.57, 0.03)]), encoding="utf-8")
    return [parcels, zoning]


def upload(page: Page, *paths: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(paths)
    expect(page.get_by_test_id("stFileChip")).to_have_count(len(paths))
    page.get_by_role("button", name="Importer").click()


def test_imported_files_are_reported_and_a_hostile_name_never_runs(
    visit: Visit, hostile_files: list[Path]
) -> None:
    page = visit("/donnees")
    upload(page, *hostile_files)
    expect(page.get_by_text("1 table importée")).to_have_count(2)
    page = visit("/foncier?territoire=commune:67482&fiche=67482000ZZ0001&liste=67482000ZZ0001")
    expect(page.get_by_role("heading", name="67482000ZZ0001")).to_be_visible()
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    expect_sites(page, 3)
    assert column(page, 8).count(HOSTILE) == 3
    page.get_by_role("tab", name="Ma liste (1)").click()
    exported = downloaded(page, "Télécharger : Carte HTML").decode()
    page.route(
        "**/export.html", lambda route: route.fulfill(body=exported, content_type="text/html")
    )
    page.goto(page.url.rpartition("/")[0] + "/export.html")
    page.locator("path.leaflet-interactive").first.hover()
    expect(page.locator(".leaflet-tooltip")).to_contain_text("67482000ZZ0001")
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.evaluate("window.__xss === undefined")


def test_a_broken_file_is_refused_with_its_remedy(visit: Visit, tmp_path: Path) -> None:
    broken = tmp_path / "parcelles.json"
    broken.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    page = visit("/donnees")
    upload(page, broken)
    expect(page.get_by_role("alert").filter(has_text="Remède")).to_contain_text("parcelles.json")


def test_the_station_plan_is_shown_with_its_proof_and_the_communes_left_out(visit: Visit) -> None:
    page = visit("/stations")
    expect(metric(page, "Stations")).to_have_text("300", timeout=LONG_MS)
    gap = metric(page, "Écart prouvé").inner_text().replace("\u202f", "").replace(",", ".")
    assert 0 <= float(gap.removesuffix("%")) <= 1
    uncovered = int(metric(page, "Communes non desservies").inner_text().replace("\u202f", ""))
    assert row_count(page) == uncovered
    stations = json.loads(downloaded(page, "stations (GeoJSON)"))
    assert len(stations["features"]) == 300
    text = downloaded(page, "couverture (CSV)").decode("utf-8-sig")
    left_out = [
        row for row in csv.DictReader(io.StringIO(text), delimiter=";") if row["couverte"] == "non"
    ]
    assert len(left_out) == uncovered
    assert set(column(page, 1)) <= {row["nom"] for row in left_out}
