"""Local zone labels in a real browser: the user says which are economic, the sites follow."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from jalon.french import number
from jalon.land import LandOutcome, judge
from jalon.model import LandParameters
from jalon.tables import LandTables

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]

COMMUNE, LABEL, OPTION = "00001", "UB", "UB (Jalonne)"


@pytest.fixture(scope="module")
def usual(judged: LandOutcome) -> int:
    """Give how many sites the page shows as long as nothing is said of a label."""
    return len(judged.shortlist)


@pytest.fixture(scope="module")
def labelled(tables: LandTables) -> int:
    """Give how many it shows once the label is said economic."""
    told = LandParameters(economic_labels={COMMUNE: (LABEL,)})
    return len(judge(tables, told).shortlist)


def test_a_label_said_economic_brings_its_parcels(
    visit: Visit, choose_option: Choose, usual: int, labelled: int
) -> None:
    page = visit("/foncier")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(number(usual))
    page.get_by_text("Libellés du PLU").click()
    choose_option(page, "Libellés économiques", OPTION)
    page.wait_for_function("() => location.search.includes('libelles=')")
    assert parse_qs(urlsplit(page.url).query)["libelles"] == [f"{COMMUNE}:{LABEL}"]
    assert labelled > usual
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(number(labelled))


def test_an_address_with_labels_opens_as_it_was_left(visit: Visit, labelled: int) -> None:
    page = visit(f"/foncier?libelles={COMMUNE}:{LABEL}")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(number(labelled))


def test_a_label_of_no_commune_is_ignored(visit: Visit, usual: int) -> None:
    page = visit("/foncier?libelles=<b>:UB")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(number(usual))
