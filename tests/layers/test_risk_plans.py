"""GASPAR by commune, in its two formats, as its CSV files are written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from layers.base import Context, Normalised
from layers.risk_plans import PlanState, normalise, plan_states
from layers.risks import Hazard

HEADER_OF_2026 = (
    "CODE MODELE;LIBELLE MODELE;CODE PROECEDURE;LIBELLE PROCEDURE;CODE INSEE COMMUNE;"
    "CODE RISQUE 1;LIBELLE RISQUE 1;CODE RISQUE 2;LIBELLE RISQUE 2;CODE RISQUE 2;"
    "LIBELLE RISQUE 3;PRESCRIPTION;APPROBATION;LIBELLE ETAT;LIBELLE SOUS-ETAT;"
    "DATE DERNIERE MISE A JOUR"
)
RIOM = (
    "PPRN-I;PPRN Inondation;63DDT20140003;PPRNPi Riom;63148;1;Risque naturel;11;Inondation;113;"
    "Par une crue torrentielle;2014-01-06;2016-07-18;Opposable;Approuvé;2026-08-01"
)


def plans(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    base = {"row": range(1, count + 1), "commune": "63148", "procedure_id": "63DDT1"}
    return normalise(pd.DataFrame({**base, **columns}), Context("gaspar_ppr"))


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("Opposable", PlanState.APPROVED),
        ("APPROUVE", PlanState.APPROVED),
        ("Anticipé", PlanState.ANTICIPATED),
        ("Prorogé", PlanState.PRESCRIBED),
        ("PRECRIT", PlanState.PRESCRIBED),
        ("Déprescrit", PlanState.LAPSED),
        ("Caduque", PlanState.LAPSED),
        ("Montage", None),
    ],
)
def test_a_word_of_the_state_says_where_a_plan_stands(label: str, state: PlanState | None) -> None:
    found = plan_states(pd.Series([label], dtype="string"))
    assert found.isna().all() if state is None else found.tolist() == [state]


def test_the_finer_state_is_believed_first() -> None:
    table = plans(state=["Caduque"], substate=["Annulé"]).table
    assert table["state"].tolist() == [PlanState.LAPSED]
    assert plans(state=["Prescrit"], substate=["Anticipé"]).table["state"].tolist() == [
        PlanState.ANTICIPATED
    ]


def test_a_plan_repeated_for_each_of_its_risks_counts_once_a_family() -> None:
    table = plans(hazard_code=["11", "11", "12"], state=["Opposable"] * 3).table
    assert table["hazard"].tolist() == [Hazard.FLOOD, Hazard.GROUND]
    assert table["plan_key"].tolist() == [
        "63DDT1-63148-inondation",
        "63DDT1-63148-terrain",
    ]


def test_without_a_written_state_the_dates_say_it() -> None:
    table = plans(
        commune=["63148", "63149", "63150", "63151"],
        prescribed_on=["2014-01-01"] * 3 + [None],
        approved_on=["2016-07-18", "2016-07-18", None, None],
        ended_on=[None, "2020-01-01", None, None],
    ).table
    assert table["state"].tolist()[:3] == [
        PlanState.APPROVED,
        PlanState.LAPSED,
        PlanState.PRESCRIBED,
    ]
    assert pd.isna(table["state"].iloc[3])


def test_a_plan_without_a_state_is_told() -> None:
    assert [issue.rule_id for issue in plans(state=["Montage"]).issues] == ["PPR-ETAT"]


def test_a_row_without_a_commune_is_set_aside_and_told() -> None:
    normalised = plans(commune=["63148", "ZZ", None], state=["Opposable"] * 3)
    assert normalised.table["commune"].tolist() == ["63148"]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("PPR-COMMUNE", (2, 3))]


def test_the_file_of_2026_is_read_with_its_misspelt_and_repeated_headers(
    tmp_path: Path, import_file: Callable[..., Any]
) -> None:
    path = tmp_path / "pprn_gaspar_2026-09-21.csv"
    path.write_text(f"{HEADER_OF_2026}\r\n{RIOM}\r\n", encoding="utf-8")
    (plan,) = import_file(path).table.itertuples()
    assert (plan.procedure_id, plan.commune) == ("63DDT20140003", "63148")
    assert (plan.hazard, plan.state) == (Hazard.FLOOD, PlanState.APPROVED)
    assert plan.approved_on == "2016-07-18"


def test_the_older_file_is_read(tmp_path: Path, import_file: Callable[..., Any]) -> None:
    path = tmp_path / "pprt_gaspar.csv"
    path.write_text(
        "cod_nat_pprt;cod_commune;lib_commune;dat_prescription;dat_approbation\n"
        "69DREAL20090005;38150;Domène;2009-05-01;2017-02-08 00:00:00\n",
        encoding="utf-8",
    )
    (plan,) = import_file(path).table.itertuples()
    assert (plan.state, plan.approved_on) == (PlanState.APPROVED, "2017-02-08")
