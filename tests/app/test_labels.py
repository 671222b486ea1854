"""Local zone labels in a real browser: the user says which are economic, the sites follow."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from data.workspace import Workspace
from jalon.french import number
from jalon.land import judge
from jalon.model import LandParameters, is_generated
from jalon.tables import land_tables

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]

COMMUNE, LABEL, OPTION = "00001", "UB", "UB (Jalonne)"


def kept_count(workspace: Workspace, parameters: LandParameters) -> int:
    records = workspace.sources("parcels")
    insee = {code for record in records for code in record.communes if is_generated(code)}
    return len(judge(land_tables(workspace, frozenset(insee)), parameters).shortlist)


def test_a_label_said_economic_brings_its_parcels(
    visit: Visit, workspace: Workspace, choose_option: Choose
) -> None:
    page = visit("/foncier")
    usual = kept_count(workspace, LandParameters())
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(number(usual))
    page.get_by_text("Libellés du PLU").click()
    choose_option(page, "Libellés économiques", OPTION)
    page.wait_for_function("() => location.search.includes('libelles=')")
    assert parse_qs(urlsplit(page.url).query)["libelles"] == [f"{COMMUNE}:{LABEL}"]
    expected = kept_count(workspace, LandParameters(economic_labels={COMMUNE: (LABEL,)}))
    assert expected > usual
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(number(expected))


def test_an_address_with_labels_opens_as_it_was_left(visit: Visit, workspace: Workspace) -> None:
    page = visit(f"/foncier?libelles={COMMUNE}:{LABEL}")
    told = LandParameters(economic_labels={COMMUNE: (LABEL,)})
    expected = number(kept_count(workspace, told))
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(expected)


def test_a_label_of_no_commune_is_ignored(visit: Visit, workspace: Workspace) -> None:
    page = visit("/foncier?libelles=<b>:UB")
    usual = number(kept_count(workspace, LandParameters()))
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(usual)
