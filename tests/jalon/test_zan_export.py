import csv
import io
import json

import openpyxl
import pandas as pd
import pypdf
import pytest

from jalon.console import Console
from jalon.export import LEDGER_FIELDS
from jalon.french import NARROW_SPACE
from jalon.ledger_export.columns import (
    HEADS_FR,
    POOL_HEADS_FR,
    REGION_HEADS_FR,
    VACANCY_HEADS_FR,
)
from jalon.ledger_export.figures import FIGURES
from jalon.ledger_export.files import ledger_files
from jalon.ledger_export.fonts import printable
from jalon.ledger_export.report import LedgerReport, ledger_report
from jalon.method import LIMITS_LIST_FR
from jalon.model import LIMITS_FR, ZanParameters
from jalon.provenance import provenance
from jalon.testing import two_communes, yearly_flows
from jalon.zan.law import law_on, verified_on
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.levels import members
from jalon.zan.pooling import POOL_FIELDS, pools
from jalon.zan.reconciliation import reconciliation
from jalon.zan.region import REGION_FIELDS, region_accounts
from jalon.zan.rules import ZAN_RULES
from jalon.zan.selection import selection_tests
from jalon.zan.trajectory import trajectory
from jalon.zan.zone_vacancy import VACANCY_FIELDS, zae_vacancy

SOURCE = provenance("Comptes ZAN : CC d'essai", parameters={}, seed=1, regions=["84"], records=())
LAW = law_on(verified_on())
FLOWS = yearly_flows({"01001": 12.4, "01002": 0.8}, {"01001": 2.1, "01002": 0.35})
YEARS = trajectory(LedgerInputs(FLOWS, two_communes()), frozenset(FLOWS["commune"]), LAW)

WARNING = "La série 2011 est absente."
PLAIN = "01001"
RAISED = "01002"


def account(code: str, name: str, level: str, **figures: object) -> dict[str, object]:
    """Return a row of the ledger; a figure not given is missing."""
    usual: dict[str, object] = {
        "commune_count": 1,
        "counted_count": 1,
        "reduction_share": 0.5,
        "rate_status": "défaut",
        "rate_source_fr": "Loi n° 2021-1104, art. 191",
        "is_raised": False,
        "first_year": 2021,
        "last_year": 2023,
        "year_count": 3,
        "missing_years": 0,
        "is_partial": False,
        "warnings_fr": (),
        "rule_ids": ("R-ENV-1", "R-ENV-2", "R-ENV-11", "R-GAR-5"),
    }
    row = dict.fromkeys(LEDGER_FIELDS, float("nan")) | usual
    return row | {"code": code, "name": name, "level": level} | figures


def used(reference_ha: float, allowed_ha: float, net_ha: float) -> dict[str, object]:
    """Return the figures of a territory whose every input is known."""
    return {
        "reference_ha": reference_ha,
        "envelope_ha": reference_ha / 2,
        "allowed_lo_ha": allowed_ha,
        "allowed_hi_ha": allowed_ha,
        "published_ha": net_ha,
        "consumed_ha": net_ha,
        "net_ha": net_ha,
        "remaining_lo_ha": allowed_ha - net_ha,
        "remaining_hi_ha": allowed_ha - net_ha,
        "used_lo_share": net_ha / allowed_ha,
        "used_hi_share": net_ha / allowed_ha,
        "projection_ha": net_ha / 3 * 10,
    }


def accounts(name: str = "Un", code: str = PLAIN) -> pd.DataFrame:
    """Return two communes (W1 and W2 of the rulebook) and their EPCI."""
    plain = account(code, name, "commune", **used(12.4, 6.2, 2.1))
    raised = account(
        RAISED, "Deux", "commune", **used(0.8, 1.0, 0.35), is_raised=True, warnings_fr=(WARNING,)
    )
    both = account("200000001", "CC d'essai", "EPCI", commune_count=2, counted_count=2)
    return pd.DataFrame([plain, raised, both | used(13.2, 6.6, 2.45)])


def files(name: str = "Un", code: str = PLAIN) -> dict[str, bytes]:
    return ledger_files(LedgerReport(accounts(name, code), FLOWS, YEARS, SOURCE, LAW))


def sheets(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(content: bytes) -> list[openpyxl.cell.cell.Cell]:
    book = sheets(content)
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]


def pdf_text(content: bytes) -> str:
    """Return the text one can select in a document, on one line."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def column(content: bytes, sheet: str, head: str) -> list[object]:
    """Return a column of a sheet by its head."""
    rows = sheets(content)[sheet].iter_rows(values_only=True)
    heads = next(rows)
    return [row[heads.index(head)] for row in rows]


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_same_ledger_gives_the_same_bytes() -> None:
    assert files() == files()


def test_every_column_of_the_ledger_has_a_head_in_the_same_order() -> None:
    assert list(HEADS_FR) == list(LEDGER_FIELDS)


def test_workbook_holds_the_figures_unrounded() -> None:
    third_ha = 2.1 / 3 * 10
    read = column(files()["comptes_zan.xlsx"], "Détail par commune", HEADS_FR["projection_ha"])
    assert read == pytest.approx([third_ha, 0.35 / 3 * 10], rel=1e-14)


def test_workbook_shows_hectares_with_two_decimals() -> None:
    book = sheets(files()["comptes_zan.xlsx"])
    heads = [cell.value for cell in book["Comptes"][1]]
    shown = book["Comptes"][2][heads.index(HEADS_FR["envelope_ha"])]
    assert shown.number_format == "#,##0.00"


def test_head_of_a_sheet_is_frozen_and_filtered() -> None:
    sheet = sheets(files()["comptes_zan.xlsx"])["Détail par commune"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_missing_figure_is_an_empty_cell_never_zero() -> None:
    content = files()
    assert column(content["comptes_zan.xlsx"], "Comptes", HEADS_FR["floor_lo_ha"]) == [None]
    assert csv_rows(content["comptes_zan.csv"])[2]["garantie_communale_min_ha"] == ""
    assert (
        json.loads(content["comptes_zan.json"])["comptes"][2]["garantie_communale_min_ha"] is None
    )


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "=HYPERLINK(0)"])
def test_name_that_looks_like_a_formula_stays_text(name: str) -> None:
    content = files(name)
    named = [cell for cell in cells(content["comptes_zan.xlsx"]) if cell.value == name]
    assert named
    assert {cell.data_type for cell in named} == {"s"}
    assert csv_rows(content["comptes_zan.csv"])[0]["nom"] == f"'{name}"


@pytest.mark.parametrize("name", ["<b>Un", "Un & <i>Deux</b>", "</para><font size=99>"])
def test_name_that_looks_like_markup_is_printed_as_it_stands(name: str) -> None:
    assert name.split(maxsplit=1)[0] in pdf_text(files(name)["comptes_zan.pdf"])


def test_every_file_carries_the_warning_and_the_whole_list_of_limits() -> None:
    content = files()
    book = " ".join(str(cell.value) for cell in cells(content["comptes_zan.xlsx"]))
    document = pdf_text(content["comptes_zan.pdf"])
    row = csv_rows(content["comptes_zan.csv"])[0]
    told = json.loads(content["comptes_zan.json"])
    for text in (LIMITS_FR, *LIMITS_LIST_FR):
        assert text in book
        assert text in document
        assert text in row["limites"] + row["provenance"]
        assert text in (told["avertissement"], *told["limites"])


def test_document_tells_dates_sources_scenario_and_pages() -> None:
    text = pdf_text(files()["comptes_zan.pdf"])
    assert "Droit vérifié au" in text
    assert SOURCE.scenario_sha256 in text
    assert "Licence Ouverte" in text
    assert "Page 2" in text


def test_document_tells_the_status_the_rule_and_the_source_of_the_rate() -> None:
    text = pdf_text(files()["comptes_zan.pdf"])
    assert "50,0 % défaut R-ENV-2 : Loi n° 2021-1104, art. 191" in text


def test_every_figure_of_the_document_names_a_rule_of_the_registry() -> None:
    assert {figure.rule_id for figure in FIGURES} <= {rule.rule_id for rule in ZAN_RULES}


def test_warning_of_an_account_is_told_once_with_its_territory() -> None:
    assert pdf_text(files()["comptes_zan.pdf"]).count(f"Deux : {WARNING}") == 1


def test_generated_territory_says_so_in_every_file() -> None:
    content = files(code="00001")
    assert "(généré)" in pdf_text(content["comptes_zan.pdf"])
    assert json.loads(content["comptes_zan.json"])["genere"] is True
    assert any("(généré)" in str(cell.value) for cell in cells(content["comptes_zan.xlsx"]))


def test_no_file_gives_a_verdict_of_legality_nor_accuses_a_territory() -> None:
    every = tuple(rule.rule_id for rule in ZAN_RULES)
    told = accounts().assign(rule_ids=pd.Series([every] * 3, dtype=object))
    content = ledger_files(LedgerReport(told, FLOWS, YEARS, SOURCE, LAW))
    text = pdf_text(content["comptes_zan.pdf"]) + content["comptes_zan.json"].decode()
    text += " ".join(str(cell.value) for cell in cells(content["comptes_zan.xlsx"]))
    text = (text + content["comptes_zan.csv"].decode()).casefold()
    assert "légal" not in text
    assert "dépassement" not in text


def test_selection_and_reconciliation_stand_in_every_file_when_given() -> None:
    costs = pd.DataFrame(
        {"site_id": ["=A1"], "commune": [PLAIN], "enaf_lo_ha": [0.0], "enaf_hi_ha": [0.0]}
    )
    tested = selection_tests(costs, accounts(), two_communes())
    compared = reconciliation(LedgerInputs(FLOWS, two_communes()), ZanParameters())
    content = ledger_files(LedgerReport(accounts(), FLOWS, YEARS, SOURCE, LAW, tested, compared))
    assert column(content["comptes_zan.xlsx"], "Sélection", "Verdict")[0] == "0 ENAF"
    assert column(content["comptes_zan.xlsx"], "Rapprochement", "Code")[0] == PLAIN
    assert csv_rows(content["selection_zan.csv"])[0]["site"] == "'=A1"
    assert csv_rows(content["rapprochement_zan.csv"])[0]["code"] == PLAIN
    assert json.loads(content["comptes_zan.json"])["selection"][0]["verdict"] == "0 ENAF"
    assert "Sélection Site" in pdf_text(content["comptes_zan.pdf"])


def regional() -> pd.DataFrame:
    """Return the accounts of W9: a region of 20 000 ha, a SCoT of 1 000 ha named like a formula."""
    region = account("84", "Région d'essai", "région", reference_ha=20_000.0)
    scot = account("S1", "=1+1", "SCoT", reference_ha=1_000.0)
    scots = pd.DataFrame({"commune": [PLAIN], "scot": ["S1"], "scot_name": ["=1+1"]})
    told = region_accounts(
        pd.DataFrame([region, scot]),
        members(two_communes(), scots),
        parameters=ZanParameters(reserve_share=0.05),
        law=LAW,
    )
    assert told is not None
    return told


def test_every_column_of_the_regional_arithmetic_has_a_head_in_the_same_order() -> None:
    assert list(REGION_HEADS_FR) == list(REGION_FIELDS)


def test_regional_arithmetic_stands_in_every_file_when_given() -> None:
    content = ledger_files(LedgerReport(accounts(), FLOWS, YEARS, SOURCE, LAW, regions=regional()))
    rows = csv_rows(content["arithmetique_regionale_zan.csv"])
    told = json.loads(content["comptes_zan.json"])["arithmetique_regionale"]
    sheet = content["comptes_zan.xlsx"]
    read = column(sheet, "Arithmétique régionale", REGION_HEADS_FR["levy_ha"])
    assert read == [pytest.approx(892.857, abs=5e-4), None]
    assert rows[0]["plafond_hors_pene_ha"].startswith("9107,14")
    assert rows[1]["nom"] == "'=1+1"
    assert told[1]["part_neutre_du_scot_ha"] == pytest.approx(432.589, abs=5e-4)
    assert told[1]["prelevement_pene_ha"] is None
    document = pdf_text(content["comptes_zan.pdf"])
    assert "Arithmétique régionale" in document
    assert "432,59 ha" in document


def test_rules_of_the_regional_arithmetic_are_told_with_those_of_the_accounts() -> None:
    report = LedgerReport(accounts(), FLOWS, YEARS, SOURCE, LAW, regions=regional())
    assert {"R-ENV-6", "R-ENV-7", "R-ENV-9"} <= {rule.rule_id for rule in report.rules}
    assert "pene_sraddet_ha" in {figure.name for figure in report.figures}


def inventoried() -> pd.DataFrame:
    """Return the vacancy of a zone of two units, one of them long empty."""
    units = {"unit_id": ["1", "2"], "zae": "ZI", "commune": PLAIN}
    uses = {name: ["non", "oui"] for name in ("has_cfe_activity", "is_occupied")}
    ends = {name: ["2020-01-01", None] for name in ("cfe_inactive_since", "unoccupied_since")}
    return zae_vacancy(pd.DataFrame({**units, **uses, **ends}), 2026)


def test_vacancy_and_pools_stand_in_every_file_when_given() -> None:
    declared = pd.DataFrame({"commune": [PLAIN], "kind": "mutualisation", "pool": "Nord"})
    pooled = pools(declared, accounts(), two_communes())
    report = LedgerReport(
        accounts(), FLOWS, YEARS, SOURCE, LAW, pools=pooled, vacancy=inventoried()
    )
    content = ledger_files(report)
    assert csv_rows(content["mutualisations_zan.csv"])[0]["mutualisation"] == "Nord"
    assert csv_rows(content["vacance_zan.csv"])[0]["taux_de_vacance_max"] == "0,5"
    sheet = content["comptes_zan.xlsx"]
    assert column(sheet, "Mutualisations", POOL_HEADS_FR["pool"]) == ["Nord"]
    assert column(sheet, "Zones d'activités", VACANCY_HEADS_FR["vacant_count"]) == [1, 1]
    document = pdf_text(content["comptes_zan.pdf"])
    assert "Reste commun" in document
    assert "1 unité foncière vacante sur 2" in " ".join(document.split())


def test_every_column_of_pools_and_vacancy_has_a_head_in_the_same_order() -> None:
    assert list(POOL_HEADS_FR) == list(POOL_FIELDS)
    assert list(VACANCY_HEADS_FR) == list(VACANCY_FIELDS)


def report_of(flows: pd.DataFrame, insee: frozenset[str]) -> LedgerReport:
    """Return the report of some of two communes, whose accounts rest on `flows`."""
    inputs = LedgerInputs(flows, two_communes())
    everywhere = ledger(inputs, ZanParameters())
    own = everywhere[everywhere["code"].isin(insee)]
    return ledger_report(inputs, own, everywhere, insee, parameters=ZanParameters(), source=SOURCE)


def test_report_of_a_commune_has_its_own_series_alone() -> None:
    report = report_of(FLOWS, frozenset({PLAIN}))
    assert set(report.flows["commune"]) == {PLAIN}
    assert report.years["published_ha"].iloc[0] == pytest.approx(1.24)


def test_year_that_a_commune_lacks_has_no_bar() -> None:
    """A bar of the others alone would look like a drop."""
    flows = FLOWS.assign(source_id=FLOWS["commune"])
    flows = flows[~(flows["commune"].eq(RAISED) & flows["year"].eq(2023))]
    years = report_of(flows, frozenset({PLAIN, RAISED})).years.set_index("year")
    assert years.index.tolist() == list(range(2011, 2023))
    assert years["published_ha"].loc[2011] == pytest.approx(1.32)


def test_document_of_communes_none_of_which_is_counted_is_still_written() -> None:
    flows = FLOWS[FLOWS["year"].ne(2015)]
    report = report_of(flows, frozenset({PLAIN, RAISED}))
    assert report.years.empty
    assert "Comptes des communes" in pdf_text(ledger_files(report)["comptes_zan.pdf"])


def test_console_tells_what_the_envelope_does_not_cover(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console().ledger(accounts().assign(closing_shortfall_ha=[float("nan"), float("nan"), 2.5]))
    shown = " ".join(capsys.readouterr().out.replace(NARROW_SPACE, " ").split())
    assert "CC d'essai : non couvert par l'enveloppe : 2,50 ha" in shown
    assert f"Deux : {WARNING}" in shown


def test_document_without_series_nor_envelope_is_still_written() -> None:
    unknown = pd.DataFrame([account(PLAIN, "Un", "commune")])
    content = ledger_files(LedgerReport(unknown, FLOWS.iloc[:0], YEARS.iloc[:0], SOURCE, LAW))
    assert "Comptes des communes" in pdf_text(content["comptes_zan.pdf"])


def test_letter_the_fonts_lack_is_replaced_never_lost() -> None:
    assert printable(f"12{NARROW_SPACE}ha") == "12\u00a0ha"
    assert printable("L'Haÿ → Sőd 中") == "L'Haÿ -> Sod ?"
