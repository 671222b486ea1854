import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.issues import Issue
from layers.standards.schema import Field
from layers.standards.sites_economiques import TERRAIN_ECO
from layers.wordings import standard_values

STAGE = TERRAIN_ECO.field("terr_stade_comm")
RESERVED = "réservé par une délibération de l'EPCI"


def stages(
    *cells: str | None, also: dict[str, str] | None = None
) -> tuple[list[object], tuple[Issue, ...]]:
    table = pd.DataFrame({"row": range(1, len(cells) + 1), "stage": list(cells)}, dtype=object)
    read, issues = standard_values(table, "stage", STAGE, also or {})
    return [None if pd.isna(value) else value for value in read], issues


@pytest.mark.parametrize(
    "cell", [RESERVED, RESERVED.upper(), RESERVED.replace("'", "\u2019"), f"  {RESERVED} "]
)
def test_a_value_is_read_however_it_is_spelt(cell: str) -> None:
    assert stages(cell) == ([RESERVED], ())


def test_an_accent_more_or_less_does_not_count() -> None:
    assert stages("vendu,commercialisation achevee")[0] == ["vendu, commercialisation achevée"]


def test_what_is_outside_the_list_is_missing_and_told_with_its_column() -> None:
    read, (issue,) = stages("en vente", "à voir", None)
    assert read == ["en vente", None, None]
    assert (issue.rule_id, issue.rows) == ("CNIG-LISTE", (2,))
    assert "« terr_stade_comm »" in issue.message_fr


def test_another_wording_stands_for_its_value() -> None:
    also = {"Vendu": "vendu, commercialisation achevée"}
    assert stages("vendu", also=also)[0] == ["vendu, commercialisation achevée"]


def test_several_values_of_a_cell_are_read_one_by_one() -> None:
    read, (issue,) = stages("En vente|inconnu", "en vente|rien")
    assert read == ["en vente|inconnu", "en vente"]
    assert issue.rows == (2,)


def test_an_absent_column_is_missing_and_tells_nothing() -> None:
    read, issues = standard_values(pd.DataFrame({"row": [1]}), "stage", STAGE)
    assert read.isna().all()
    assert issues == ()


def test_every_value_of_the_terrains_is_read_as_itself() -> None:
    for field in TERRAIN_ECO.fields:
        listed = [*field.choices, *field.advised]
        table = pd.DataFrame({"row": range(len(listed)), "cell": listed}, dtype=object)
        read, issues = standard_values(table, "cell", field)
        assert (read.tolist(), issues) == (listed, ())


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=6))
def test_nothing_but_the_list_comes_out(cells: list[str | None]) -> None:
    field = Field("essai", choices=("oui", "non"))
    table = pd.DataFrame({"row": range(len(cells)), "cell": pd.Series(cells, dtype=object)})
    read, _ = standard_values(table, "cell", field)
    assert len(read) == len(cells)
    assert all(set(value.split("|")) <= {"oui", "non"} for value in read.dropna())
