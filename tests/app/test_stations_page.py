"""The station page in a real browser: the gap falls, the calculation stops, refusals help."""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]

LONG_MS = 180_000
STOP = "Arrêter et garder le plan"
ENDLESS = {"parameters": {"target_gap_share": 0, "effort": 50}}
"""A request whose calculation goes on until somebody stops it."""
TOO_MANY = {"parameters": {"count": 6000}}
"""A request refused before any calculation."""


def asking(request: Mapping[str, object]) -> str:
    return f"/stations?stations={quote(json.dumps(request))}"


def metric(page: Page, label: str) -> Locator:
    shown = page.get_by_test_id("stMetric").filter(has_text=label)
    return shown.get_by_test_id("stMetricValue")


def figure(page: Page, label: str) -> float:
    """Return what a metric shows; a dash, or nothing yet, is infinite."""
    told = metric(page, label).all_inner_texts()
    digits = re.sub(r"[^0-9,]", "", told[0]).replace(",", ".") if told else ""
    return float(digits) if digits else float("inf")


def wait_until_below(page: Page, label: str, value: float) -> float:
    for _ in range(LONG_MS // 500):
        if figure(page, label) < value:
            return figure(page, label)
        page.wait_for_timeout(500)
    pytest.fail(f"« {label} » n'est pas passé sous {value}")


def test_the_gap_falls_and_the_plan_kept_on_stopping_has_it(visit: Visit) -> None:
    page = visit(asking(ENDLESS))
    first = wait_until_below(page, "Écart prouvé", float("inf"))
    later = wait_until_below(page, "Écart prouvé", first)
    assert later < first
    expect(page.locator("[role=graphics-document][aria-label^='Le meilleur plan']")).to_be_visible()

    page.get_by_role("link", name="Méthode").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Méthode")
    page.get_by_role("link", name="Stations", exact=True).click()
    assert wait_until_below(page, "Écart prouvé", first) < first  # the same one, found again

    page.get_by_role("button", name=STOP).click()
    expect(metric(page, "Stations")).to_have_text("300", timeout=LONG_MS)
    expect(page.get_by_text("Calcul arrêté à la demande, écart prouvé")).to_be_visible()
    expect(page.get_by_role("button", name="Reprendre le calcul")).to_be_visible()
    assert figure(page, "Écart prouvé") <= later


def test_an_impossible_request_shows_what_blocks_and_what_would_free_it(visit: Visit) -> None:
    page = visit(asking({"parameters": {"count": 2, "min_per_departement": 1}}))
    alert = page.get_by_role("alert").filter(has_text="Aucun plan")
    expect(alert).to_contain_text("nombre de stations : 2", timeout=LONG_MS)
    expect(alert.get_by_role("listitem").filter(has_text="de 2 à 10")).to_be_visible()


def test_the_form_asks_for_the_fewest_stations(visit: Visit, choose_option: Choose) -> None:
    page = visit(asking(TOO_MANY))
    choose_option(page, "Objectif", "Le moins de stations possible")
    share = page.get_by_label("Part des habitants à desservir (%)")
    share.fill("50")
    share.press("Tab")
    page.get_by_role("spinbutton", name="Rayon desservi (km)").fill("30")
    page.get_by_role("button", name="Calculer").click()
    expect(metric(page, "Communes non desservies")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("il faut en créer au moins", exact=False)).to_be_visible()
    assert "effectif" in page.url


def test_fields_that_do_not_go_together_are_named_as_the_form_names_them(visit: Visit) -> None:
    page = visit(asking(TOO_MANY))
    page.get_by_text("Options avancées").click()
    page.get_by_role("spinbutton", name="Au moins, par département").fill("3")
    page.get_by_role("spinbutton", name="Au plus, par département").fill("2")
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_text("« Au plus, par département » est sous")).to_be_visible()
