"""The map in a real browser: it draws, answers, remembers, and asks nothing of the network."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser]

SCRIPT = Path(__file__).parent / "map_script.py"
LAUNCHER = """
import streamlit as st
from jalon.ui.routes import map_routes
app = st.App({script!r}, routes=map_routes())
"""
MAP = "window.__jalonMap?.carte"


@pytest.fixture(scope="module")
def address(serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    launcher = tmp_path_factory.mktemp("appli") / "app.py"
    launcher.write_text(LAUNCHER.format(script=str(SCRIPT)), encoding="utf-8")
    return serve(launcher)


@pytest.fixture
def opened(
    page: Page, address: str, outside_requests: list[str], console_errors: list[str]
) -> Iterator[Page]:
    """The page with its map drawn; whatever a test does, nothing may leave or break."""
    page.goto(address)
    wait_until_drawn(page)
    yield page
    assert outside_requests == []
    assert console_errors == []


def wait_until_drawn(page: Page) -> None:
    page.wait_for_function(f"() => {MAP}?.root.dataset.ready === 'true'")


def pixel(page: Page, longitude: float, latitude: float) -> tuple[float, float]:
    script = f"""(place) => {{
        const box = {MAP}.map.getContainer().getBoundingClientRect();
        const point = {MAP}.map.project(place);
        return [box.x + point.x, box.y + point.y];
    }}"""
    x, y = page.evaluate(script, [longitude, latitude])
    return x, y


def click(page: Page, longitude: float, latitude: float) -> None:
    page.mouse.move(*pixel(page, longitude, latitude), steps=4)
    page.mouse.click(*pixel(page, longitude, latitude))


def draw_rectangle(page: Page) -> None:
    page.get_by_role("button", name="Dessiner un rectangle").click()
    click(page, 7.66, 48.55)
    click(page, 7.75, 48.60)
    expect(page.locator("code")).to_contain_text("Polygon")


def told(page: Page) -> dict[str, dict[str, object]]:
    """What Python says is drawn."""
    return dict(json.loads(page.locator("code").inner_text()))


def shown(page: Page) -> dict[str, dict[str, object]]:
    """What the screen shows as drawn."""
    script = f"() => {MAP}.drawing.terra.getSnapshot().map((one) => [one.id, one.geometry])"
    return dict(page.evaluate(script))


def camera(page: Page) -> list[float]:
    return list(page.evaluate(f"() => [{MAP}.map.getZoom(), ...{MAP}.map.getCenter().toArray()]"))


def test_every_parcel_of_the_view_is_drawn(opened: Page) -> None:
    assert opened.evaluate(f"{MAP}.stack.renderedCount('parcels')") >= 200


def test_a_click_gives_python_the_identifier_of_the_parcel(opened: Page) -> None:
    click(opened, 7.685, 48.605)
    expect(opened.get_by_text("Choix : parcels P4-5")).to_be_visible()


def test_a_rectangle_reaches_python_as_it_is_on_screen(opened: Page) -> None:
    draw_rectangle(opened)
    [(identifier, geometry)] = told(opened).items()
    on_screen = shown(opened)[identifier]
    assert shapely.equals(*(shapely.from_geojson(json.dumps(one)) for one in (geometry, on_screen)))


def test_the_screen_and_python_say_the_same_hectares(opened: Page) -> None:
    opened.get_by_role("button", name="Dessiner un rectangle").click()
    click(opened, 7.66, 48.55)
    opened.mouse.move(*pixel(opened, 7.75, 48.60), steps=4)
    on_screen = opened.locator(".status strong").inner_text()
    opened.mouse.click(*pixel(opened, 7.75, 48.60))
    digits = "".join(filter(str.isdigit, on_screen))
    expect(opened.get_by_text("Surface :")).to_contain_text(f"{int(digits) / 100:.2f} ha")


def test_a_rerun_keeps_the_zoom_and_the_drawing(opened: Page) -> None:
    draw_rectangle(opened)
    opened.get_by_role("button", name="Zoomer", exact=True).click()
    opened.wait_for_function(f"() => !{MAP}.map.isMoving()")
    before = camera(opened), shown(opened)
    opened.get_by_role("button", name="Relancer").click()
    expect(opened.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert (camera(opened), shown(opened)) == before


def test_leaving_the_page_and_coming_back_keeps_the_zoom_and_the_drawing(opened: Page) -> None:
    draw_rectangle(opened)
    opened.get_by_role("button", name="Zoomer", exact=True).click()
    opened.wait_for_function(f"() => !{MAP}.map.isMoving()")
    before = camera(opened), told(opened)
    opened.get_by_text("Montrer la carte").click()
    expect(opened.locator("code")).to_have_count(0)
    opened.get_by_text("Montrer la carte").click()
    expect(opened.locator("code")).to_contain_text("Polygon")
    wait_until_drawn(opened)
    assert (camera(opened), told(opened)) == before
    assert shown(opened).keys() == told(opened).keys()


def test_a_moved_corner_changes_the_drawing_and_not_its_identifier(opened: Page) -> None:
    draw_rectangle(opened)
    before = told(opened)
    opened.get_by_role("button", name="Modifier un dessin").click()
    click(opened, 7.70, 48.57)
    opened.mouse.move(*pixel(opened, 7.75, 48.60))
    opened.mouse.down()
    opened.mouse.move(*pixel(opened, 7.80, 48.63), steps=8)
    opened.mouse.up()
    expect(opened.locator("code")).not_to_have_text(json.dumps(before))
    assert told(opened).keys() == before.keys()


def test_a_deleted_drawing_comes_back_by_undoing(opened: Page) -> None:
    draw_rectangle(opened)
    before = told(opened)
    opened.get_by_role("button", name="Modifier un dessin").click()
    click(opened, 7.70, 48.57)
    opened.get_by_role("button", name="Supprimer le dessin choisi").click()
    expect(opened.locator("code")).to_have_text("{}")
    opened.get_by_role("button", name="Annuler", exact=True).click()
    expect(opened.locator("code")).to_have_text(json.dumps(before))


def test_python_can_replace_the_drawings(opened: Page) -> None:
    draw_rectangle(opened)
    opened.get_by_role("button", name="Tout effacer").click()
    expect(opened.locator("code")).to_have_text("{}")
    opened.wait_for_function(f"() => {MAP}.drawing.terra.getSnapshot().length === 0")


def test_a_hostile_name_is_shown_as_text_and_never_runs(opened: Page) -> None:
    opened.mouse.move(*pixel(opened, 7.805, 48.605), steps=4)
    expect(opened.locator(".tooltip")).to_have_text("<img src=x onerror=window.__xss=1>")
    assert opened.evaluate("window.__xss === undefined")


def test_unchecking_a_layer_takes_it_off_the_map(opened: Page) -> None:
    opened.get_by_role("checkbox", name="Parcelles").uncheck()
    opened.wait_for_function(f"() => {MAP}.stack.renderedCount('parcels') === 0")


def test_the_keyboard_alone_draws_the_extent_and_chooses_the_centre(opened: Page) -> None:
    opened.evaluate(f"{MAP}.map.jumpTo({{ center: [7.685, 48.605], zoom: 14 }})")
    wait_until_drawn(opened)
    opened.get_by_role("button", name="Dessiner l'emprise visible").press("Enter")
    expect(opened.locator("code")).to_contain_text("Polygon")
    opened.locator("canvas.maplibregl-canvas").press("Enter")
    expect(opened.get_by_text("Choix : parcels P4-5")).to_be_visible()


def test_a_basemap_out_of_reach_is_said_and_the_map_goes_on(
    page: Page, address: str, outside_requests: list[str]
) -> None:
    page.goto(address)
    wait_until_drawn(page)
    page.get_by_label("Plan IGN").check()
    expect(page.get_by_role("status")).to_contain_text("Fond de plan indisponible")
    assert {url.split("?")[0] for url in outside_requests} == {"https://data.geopf.fr/wmts"}
    assert page.evaluate(f"{MAP}.stack.renderedCount('parcels')") >= 200
