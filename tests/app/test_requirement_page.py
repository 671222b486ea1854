"""The requirement of a company in a real browser: searched, relaxed, kept as a file, taken back."""

import json
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from data.workspace import Workspace
from jalon.answer import parameters_asked
from jalon.french import number
from jalon.land import LandOutcome, with_assemblies
from jalon.lots import judge_area_singly
from jalon.model import LandParameters, SiteKind, is_generated
from jalon.requirement import Requirement
from jalon.search import RequirementOutcome, find

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]
Answer = Callable[..., RequirementOutcome]

LONG_MS = 180_000


@pytest.fixture(scope="module")
def answer(workspace: Workspace) -> Answer:
    """Give what Python answers over the generated example."""

    @cache
    def judged(parameters_json: str) -> LandOutcome:
        records = workspace.sources("parcels")
        insee = {code for record in records for code in record.communes if is_generated(code)}
        parameters = LandParameters.model_validate_json(parameters_json)
        return judge_area_singly(workspace, frozenset(insee), parameters).outcome

    def found(**asked: float) -> RequirementOutcome:
        requirement = Requirement.model_validate(asked)
        alone, together = parameters_asked(requirement, LandParameters())
        sites = with_assemblies(judged(alone.model_dump_json()), together).sites
        return find(sites, requirement)

    return found


def asking(**asked: float) -> str:
    return f"/foncier?cahier={json.dumps(asked)}"


def open_search(visit: Visit, path: str) -> Page:
    page = visit(path)
    page.get_by_role("tab", name="Cahier des charges").click()
    return page


def expect_groups(page: Page, outcome: RequirementOutcome) -> None:
    counts = {
        "Répondent": outcome.matching,
        "À vérifier": outcome.to_verify,
        "Presque": outcome.near_misses,
    }
    for title, rows in counts.items():
        name = re.compile(rf"^{title} \({number(len(rows))}\)$")
        expect(page.get_by_role("tab", name=name)).to_be_visible(timeout=LONG_MS)


def asked_of(page: Page) -> dict[str, object]:
    return dict(json.loads(parse_qs(urlsplit(page.url).query)["cahier"][0]))


def ids(page: Page) -> list[str]:
    """The identifiers of the table of the tab on top: the last panel that is not hidden."""
    grid = page.locator("[role=tabpanel]:not([inert]) canvas table[role=grid]").first
    expect(grid).to_be_attached()
    return grid.locator("td[aria-colindex='1']").all_text_contents()


def relax_buttons(page: Page) -> Locator:
    return page.get_by_role("button", name="Assouplir ainsi")


def test_a_search_shows_who_answers_who_may_and_who_nearly_does(
    visit: Visit, answer: Answer
) -> None:
    page = open_search(visit, "/foncier")
    page.get_by_label("Surface min. (ha)").fill("3")
    page.get_by_label("Largeur min. (m)").last.fill("60")
    page.get_by_role("button", name="Chercher", exact=True).click()
    outcome = answer(area_min_ha=3, width_min_m=60)
    expect(page.get_by_text(outcome.message_fr)).to_be_visible(timeout=LONG_MS)
    expect_groups(page, outcome)
    assert set(ids(page)) <= set(outcome.matching["site_id"])
    assert asked_of(page) == {"area_min_ha": 3.0, "width_min_m": 60.0}


def test_parcels_are_assembled_until_they_are_as_large_as_asked(
    visit: Visit, answer: Answer
) -> None:
    outcome = answer(area_min_ha=3)
    assembled = outcome.matching[outcome.matching["kind"].eq(SiteKind.ASSEMBLY.value)]
    assert len(assembled) > 0
    assert (assembled["piece_ha"] >= 3).all()
    page = open_search(visit, asking(area_min_ha=3) + f"&fiche={assembled['site_id'].iloc[0]}")
    site = assembled.iloc[0]
    expect(page.get_by_role("heading", name=site["site_id"])).to_be_visible()
    for parcel_id in site["parcel_ids"]:
        expect(page.get_by_text(parcel_id).last).to_be_attached()
    expect(page.get_by_text("propriétaires inconnus")).to_be_attached()


def test_a_near_miss_enters_once_its_relaxation_is_applied(visit: Visit, answer: Answer) -> None:
    page = open_search(visit, asking(area_min_ha=3, max_enaf_ha=0))
    before = answer(area_min_ha=3, max_enaf_ha=0)
    nearest = before.near_misses.iloc[0]
    page.get_by_role("tab", name="Presque").click()
    expect(page.get_by_text(nearest["missed_fr"][0]).first).to_be_visible()
    relax_buttons(page).first.click()
    relaxed = before.requirement.relaxed(nearest["changes"])
    after = answer(**relaxed.model_dump(exclude_defaults=True))
    expect_groups(page, after)
    entered = {*after.matching["site_id"], *after.to_verify["site_id"]}
    assert nearest["site_id"] in entered
    assert asked_of(page) == json.loads(relaxed.model_dump_json(exclude_defaults=True))


def test_the_sheet_of_an_assembly_that_nearly_answers_has_a_score_and_no_rank(
    visit: Visit, answer: Answer
) -> None:
    asked = {"area_min_ha": 3.0, "max_enaf_ha": 0.5}
    near = answer(**asked).near_misses
    site = near[near["kind"].eq(SiteKind.ASSEMBLY.value)].iloc[0]
    page = visit(asking(**asked) + f"&usage=industrie&fiche={site['site_id']}")
    expect(page.get_by_text("Note du site, critère par critère (Industrie)")).to_be_attached()
    expect(page.get_by_text("Forme", exact=True)).to_be_attached()
    expect(page.get_by_text("Apport = poids")).to_have_count(0)


def test_an_empty_answer_says_what_keeps_sites_out(visit: Visit, answer: Answer) -> None:
    page = open_search(visit, asking(area_min_ha=500))
    outcome = answer(area_min_ha=500)
    assert outcome.matching.empty
    expect(page.get_by_text("Aucun site ne répond à tout")).to_contain_text(
        "surface d'un seul tenant"
    )
    expect(page.get_by_text("Ce qui écarte les sites")).to_be_visible()


def test_a_maximum_under_the_minimum_is_refused_with_its_reason(visit: Visit) -> None:
    page = open_search(visit, "/foncier")
    page.get_by_label("Surface min. (ha)").fill("3")
    page.get_by_label("Surface max. (ha)").fill("2")
    page.get_by_role("button", name="Chercher", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("area_max_ha")
    assert "cahier" not in page.url


def test_a_requirement_goes_out_as_a_file_and_comes_back(
    visit: Visit, answer: Answer, tmp_path: Path
) -> None:
    page = open_search(visit, asking(area_min_ha=2.5) + "&usage=logistique&poids=surface:9")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger le cahier des charges (TOML)").click()
    file = tmp_path / "cahier.toml"
    waiting.value.save_as(file)
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    assert written["requirement"]["area_min_ha"] == 2.5
    page = open_search(visit, "/foncier")
    page.get_by_role("button", name="Reprendre un fichier TOML").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect_groups(page, answer(area_min_ha=2.5))
    assert asked_of(page) == {"area_min_ha": 2.5}
    query = parse_qs(urlsplit(page.url).query)
    assert (query["usage"], query["poids"]) == (["logistique"], ["surface:9"])


def test_a_file_that_is_no_requirement_is_refused_with_its_remedy(
    visit: Visit, tmp_path: Path
) -> None:
    wrong = tmp_path / "faux.toml"
    wrong.write_text('title = "x"\n[requirement]\nsurface = 3\n', encoding="utf-8")
    page = open_search(visit, "/foncier")
    page.get_by_role("button", name="Reprendre un fichier TOML").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(wrong)
    expect(page.get_by_role("alert").filter(has_text="Remède")).to_contain_text("surface")


def test_the_map_shows_the_sites_found_and_a_click_opens_one(visit: Visit, answer: Answer) -> None:
    page = visit(asking(area_min_ha=3))
    site = answer(area_min_ha=3).matching.iloc[0]
    stack = "window.__jalonMap?.['carte-fonciere']"
    page.wait_for_function(f"() => {stack}?.root.dataset.ready === 'true'")
    page.wait_for_function(f"() => {stack}.stack.renderedCount('answers') > 0")
    assert page.evaluate(f"() => {stack}.stack.renderedCount('sites')") == 0
    page = visit(asking(area_min_ha=3) + f"&fiche={site['site_id']}")
    expect(page.get_by_role("heading", name=site["site_id"])).to_be_visible()
