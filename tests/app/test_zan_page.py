"""The ZAN page in a real browser: its figures, its date, its verdicts and its files."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import openpyxl
import pandas as pd
import pypdf
import pytest
from playwright.sync_api import Locator, Page, expect

from data.workspace import Workspace
from jalon.areas import all_communes
from jalon.french import hectares, interval_ha
from jalon.ledger_export.columns import HEADS_FR
from jalon.method import LIMITS_LIST_FR
from jalon.model import ZanParameters
from jalon.scenario import ledger_of
from jalon.zan.law import verified_on
from jalon.zan_templates import template_columns, template_names

pytestmark = [pytest.mark.browser]

EPCI, COMMUNE = "000000001", "00004"
"""Its guarantee is what gives this commune its envelope."""

BEFORE_THE_GUARANTEE = date(2023, 7, 21)
FORBIDDEN = ("légal", "dépass")

Visit = Callable[[str], Page]
Accounts = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def accounts(workspace: Workspace) -> Accounts:
    """Give the accounts Python finds in the same workspace, which has the generated example."""

    @cache
    def found(column: str, code: str, day: date | None = None) -> pd.DataFrame:
        known = all_communes(workspace)
        here = gpd.GeoDataFrame(known[known[column].eq(code)])
        return ledger_of(workspace, here, ZanParameters(as_of=day), known=known)

    return found


def account(accounts: pd.DataFrame, code: str) -> pd.Series:
    return accounts[accounts["code"].eq(code)].iloc[0]


def metric(page: Page, label: str) -> Locator:
    shown = page.get_by_test_id("stMetric").filter(has_text=label)
    return shown.get_by_test_id("stMetricValue")


def downloaded(page: Page, label: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Télécharger : {label}").click()
    return Path(waiting.value.path()).read_bytes()


def expect_figures(page: Page, own: pd.Series) -> None:
    expect(metric(page, "Consommé 2011-2020")).to_have_text(hectares(own["reference_ha"]))
    expect(metric(page, "Consommé net 2021")).to_have_text(hectares(own["net_ha"]))
    for label, name in (("Autorisé 2021-2030", "allowed"), ("Reste jusqu'à 2030", "remaining")):
        told = interval_ha(own[f"{name}_lo_ha"], own[f"{name}_hi_ha"])
        expect(metric(page, label)).to_have_text(told)


def expect_limits(page: Page) -> None:
    told = page.get_by_test_id("stMain").text_content() or ""
    assert [limit for limit in LIMITS_LIST_FR if limit not in told] == []
    assert [word for word in FORBIDDEN if word in told.lower()] == []
    assert "à vérifier" in told
    assert "Écarts avec la règle publiée par le ministère" in told


def test_the_page_says_the_figures_of_the_ledger_their_rules_and_its_limits(
    visit: Visit, accounts: Accounts
) -> None:
    page = visit("/zan")
    own = account(accounts("epci_siren", EPCI), EPCI)
    expect_figures(page, own)
    expect(page.get_by_text(f"vérifié au {verified_on():%d/%m/%Y}")).to_be_visible()
    page.get_by_test_id("stMetric").nth(1).get_by_role("button").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("R-ENV-2")
    expect(page.get_by_role("tooltip")).to_contain_text("certitude A")
    expect_limits(page)
    page.get_by_role("tab", name="Zones d'activités").click()
    expect(page.get_by_text("unités foncières vacantes").last).to_contain_text("sur 16 (1")


def test_before_the_law_of_july_2023_a_commune_has_no_guarantee(
    visit: Visit, accounts: Accounts
) -> None:
    then = accounts("insee", COMMUNE, BEFORE_THE_GUARANTEE).iloc[0]
    since = accounts("insee", COMMUNE).iloc[0]
    assert then["allowed_hi_ha"] < since["allowed_lo_ha"] == 1.0
    page = visit(f"/zan?territoire=commune:{COMMUNE}&date={BEFORE_THE_GUARANTEE}")
    expect_figures(page, then)
    assert parse_qs(urlsplit(page.url).query)["date"] == [str(BEFORE_THE_GUARANTEE)]


def test_the_date_is_typed_on_the_keyboard_and_stands_in_the_address(
    visit: Visit, accounts: Accounts
) -> None:
    page = visit(f"/zan?territoire=commune:{COMMUNE}")
    page.get_by_role("group", name="Date de référence").get_by_role("spinbutton").first.focus()
    page.keyboard.type("21072023")
    page.keyboard.press("Escape")  # closes the calendar, which is when a day is chosen
    page.wait_for_function("() => location.search.includes('date=2023-07-21')")
    expect_figures(page, accounts("insee", COMMUNE, BEFORE_THE_GUARANTEE).iloc[0])
    # Tabs are disabled while a run ends, and lose the focus.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.get_by_role("tab", name="Ma liste").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Comptes")).to_be_focused()


@pytest.mark.parametrize("day", ["abc", "2031-05-05"])
def test_a_date_of_the_address_that_is_not_kept_is_told(visit: Visit, day: str) -> None:
    page = visit(f"/zan?territoire=commune:67482&date={day}")  # no series there: a quick page
    expect(page.get_by_test_id("stSidebar").get_by_role("alert")).to_contain_text(f"« {day} »")
    assert "date" not in parse_qs(urlsplit(page.url).query)


def test_each_file_holds_the_accounts_on_screen(visit: Visit, accounts: Accounts) -> None:
    page = visit("/zan")
    rows = accounts("epci_siren", EPCI)
    text = downloaded(page, "comptes (CSV)").decode("utf-8-sig")
    told = {row["code"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, "classeur (XLSX)")))
    sheet = list(book["Détail par commune"].values)
    heads = list(sheet[0])
    in_book = {row[heads.index(HEADS_FR["code"])]: row for row in sheet[1:]}
    for code, net_ha in zip(rows["code"], rows["net_ha"], strict=True):
        assert float(told[code]["consommation_nette_ha"].replace(",", ".")) == pytest.approx(net_ha)
        if code != EPCI:
            assert in_book[code][heads.index(HEADS_FR["net_ha"])] == pytest.approx(net_ha)
    pdf = pypdf.PdfReader(io.BytesIO(downloaded(page, "document (PDF)")))
    written = " ".join(one.extract_text() for one in pdf.pages).replace("\xa0", " ")
    own = account(rows, EPCI)
    assert hectares(own["net_ha"]).replace("\u202f", " ") in written


def test_the_list_has_a_verdict_for_each_territory_it_touches(
    visit: Visit, workspace: Workspace, accounts: Accounts
) -> None:
    own = accounts("insee", COMMUNE).iloc[0]
    parcels = workspace.layer("parcels", communes={COMMUNE})
    assert parcels is not None
    largest = parcels.loc[gpd.GeoSeries(parcels.geometry).area.idxmax(), "parcel_id"]
    page = visit(f"/zan?liste={largest}")
    whole, each = (page.get_by_test_id("stTable").nth(rank) for rank in (0, 1))
    for level in ("commune", "EPCI", "SCoT", "région"):
        row = whole.get_by_role("row").filter(has_text=level)
        expect(row.first).to_contain_text(re.compile("l'enveloppe|0 ENAF|incertain"))
    left = hectares(own["remaining_lo_ha"])
    expect(whole.get_by_role("row").filter(has_text="commune")).to_contain_text(left)
    expect(each).to_contain_text(str(largest))


def test_a_territory_without_series_says_how_to_bring_one(visit: Visit) -> None:
    page = visit("/zan?territoire=commune:67482")
    expect(page.get_by_text("Aucune série de consommation")).to_contain_text("Strasbourg")
    page.get_by_role("button", name="Ouvrir le territoire d'exemple").click()
    expect(metric(page, "Reste jusqu'à 2030")).to_be_visible()


def test_the_data_page_gives_every_template(visit: Visit) -> None:
    page = visit("/donnees")
    page.get_by_text("Compléter les comptes ZAN").click()
    buttons = page.get_by_role("button", name="Modèle :")
    expect(buttons).to_have_count(len(template_names()))
    for rank, name in enumerate(template_names()):
        with page.expect_download() as waiting:
            buttons.nth(rank).click()
        text = Path(waiting.value.path()).read_text("utf-8-sig")
        assert text.splitlines()[0].split(";") == template_columns(name)
