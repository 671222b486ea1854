"""`jalon stations` and the stations of `jalon run`: options, refusals, and Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

from geo.optimise.mixed.unfinished import NoPlanYetError, no_plan_yet
from jalon import siting
from jalon.cli import main

LONG = """
title = "Grand Est, jusqu'au bout"
[territory]
regions = ["44"]
[stations]
count = 300
target_gap_share = 0
effort = 50
"""

EPCI = ("--epci", "200036465")
LIMIT_S = 120


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_WORKSPACE", str(tmp_path / "espace"))


def run(*arguments: str) -> int:
    """Run `jalon stations` and return its exit code."""
    try:
        main(("stations", *arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return dict(json.loads(capsys.readouterr().out))


def test_summary_says_status_bound_gap_and_whose_problem_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*EPCI, "--nombre", "2", "--rayon", "5", "--json") == 0
    summary = told(capsys)
    assert summary["objectif"] == "couverture"
    assert summary["statut"] == "optimum prouvé"
    assert summary["borne"] == summary["valeur"] == summary["habitants_couverts"]
    assert summary["ecart_prouve"] == 0
    assert summary["communes_hors_de_portee"] == []
    assert len(str(summary["probleme_sha256"])) >= 16


def test_fewest_stations_for_a_share_of_the_inhabitants(
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = ("--objectif", "effectif", "--part", "0.5", "--rayon", "5", "--json")
    assert run(*EPCI, *few) == 0
    summary = told(capsys)
    assert summary["valeur"] == summary["stations"]
    assert float(str(summary["part_couverte"])) >= 0.5


def test_two_stations_each_commune_can_reach(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*EPCI, "--nombre", "3", "--rayon", "30", "--double-couverture") == 0
    assert "optimum prouvé" in capsys.readouterr().out


def test_an_impossible_request_exits_4_with_what_blocks_and_what_would_free_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*EPCI, "--nombre", "2", "--min-par-departement", "3") == 4
    refusal = capsys.readouterr().err
    assert "nombre de stations : 2" in refusal
    assert "porter le nombre de stations de 2 à 3" in refusal


def test_options_that_do_not_go_together_exit_3_and_name_the_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*EPCI, "--part", "0.5") == 3
    refusal = capsys.readouterr().err
    assert "« share » ne sert qu'avec objective = « effectif »" in refusal
    assert "share (--part)" in refusal


def test_an_unknown_effort_is_refused_with_those_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*EPCI, "--effort", "fou") == 3
    assert "rapide, normal, approfondi" in capsys.readouterr().err


def test_a_calculation_ended_before_any_plan_says_that_nothing_is_proven(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_time(*_problem: object, **_limits: object) -> None:
        raise no_plan_yet()

    monkeypatch.setattr(siting, "solved", no_time)
    assert run(*EPCI, "--nombre", "2") == NoPlanYetError.exit_code
    refusal = capsys.readouterr().err
    assert "rien ne prouve non plus qu'il n'en existe pas" in refusal
    assert "Laissez plus de temps" in refusal


@dataclass(frozen=True, slots=True)
class Terminal:
    """A `jalon run` under way, and the screen it writes its progress on."""

    process: subprocess.Popen[bytes]
    screen: int

    def wait_for(self, text: str) -> None:
        """Read the screen until it says `text`; an end before that is an error."""
        shown = ""
        while text not in shown:
            shown += os.read(self.screen, 4096).decode(errors="replace")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> str:
        """Return what is written at the end; the screen is read all along."""
        Thread(target=self._drain, daemon=True).start()
        output, _ = self.process.communicate(timeout=LIMIT_S)
        return output.decode()

    def _drain(self) -> None:
        with suppress(OSError):  # a screen ends so
            while os.read(self.screen, 4096):
                pass


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Give a calculation that has a plan and much left to do."""
    scenario = tmp_path / "long.toml"
    scenario.write_text(LONG, encoding="utf-8")
    screen, shown_on = pty.openpty()
    arguments = ["run", str(scenario), "--out", str(tmp_path / "out")]
    command = [sys.executable, "-c", "from jalon.cli import main; main()", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=shown_on) as process:  # noqa: S603 - our own interpreter on our own module
        os.close(shown_on)
        under_way = Terminal(process, screen)
        under_way.wait_for("habitants couverts")
        yield under_way
        process.kill()
    os.close(screen)


def test_ctrl_c_stops_keeps_the_plan_and_writes_it(terminal: Terminal, tmp_path: Path) -> None:
    terminal.interrupt()
    terminal.wait_for("Arrêt demandé")
    assert "Calcul arrêté à la demande" in terminal.end()
    assert terminal.process.returncode == 0
    text = (tmp_path / "out" / "resume.json").read_text(encoding="utf-8")
    stations = json.loads(text)["stations"]
    assert stations["statut"].startswith("calcul arrêté à la demande")
    assert stations["borne"] >= stations["valeur"] > 0


def test_ctrl_c_twice_abandons_and_writes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.interrupt()
    terminal.wait_for("Arrêt demandé")
    terminal.interrupt()
    terminal.end()
    assert terminal.process.returncode != 0
    assert not (tmp_path / "out").exists()
