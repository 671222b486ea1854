from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data.catalogue import catalogue
from data.downloads import (
    ADDRESSES_PATH,
    Address,
    Format,
    Kind,
    addresses,
    chosen_addresses,
    read_addresses,
)
from geo.errors import InputError

PLACE = {"insee": "63148", "dep": "63", "dep3": "063", "region": "84", "place": "commune-63148"}


def written(folder: Path, old: str, new: str) -> Path:
    """Return the shipped catalogue with one piece of text replaced."""
    text = ADDRESSES_PATH.read_text("utf-8")
    assert old in text
    path = folder / "adresses.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return path


def by_id(address_id: str) -> Address:
    return next(one for one in addresses() if one.address_id == address_id)


@pytest.mark.parametrize("address", addresses(), ids=lambda one: one.address_id)
def test_address_is_encrypted_credited_and_fills_its_template(address: Address) -> None:
    url = urlsplit(address.url_at(PLACE))
    assert url.scheme == "https"
    assert "{" not in url.geturl() + address.file_name_at(PLACE)
    assert address.licence
    assert address.page.startswith("https://")


@pytest.mark.parametrize("address", addresses(), ids=lambda one: one.address_id)
def test_address_not_seen_anywhere_is_not_called_verified(address: Address) -> None:
    assert address.is_verified == bool(address.seen_in)


@pytest.mark.parametrize("address", chosen_addresses(addresses(), None), ids=lambda a: a.address_id)
def test_what_is_fetched_by_default_is_recognised_afterwards(address: Address) -> None:
    known = {entry.dataset_id: entry.layer for entry in catalogue()}
    assert known[address.dataset_id] == address.layer


@pytest.mark.parametrize("address", addresses(), ids=lambda one: one.address_id)
def test_limits_of_the_services_are_kept(address: Address) -> None:
    limits = {Kind.API_CARTO: 1000, Kind.WFS: 5000}
    assert address.page_size <= limits.get(address.kind, 5000)


def test_no_two_addresses_write_the_same_file() -> None:
    names = Counter(address.file_name_at(PLACE) for address in addresses())
    assert names.most_common(1)[0][1] == 1


def test_archive_that_cannot_be_opened_is_left_to_the_reader_with_the_way() -> None:
    packed = [one for one in addresses() if one.format is Format.SEVEN_ZIP]
    assert packed
    assert all(one.kind is Kind.BY_HAND and "décompressez" in one.hint_fr for one in packed)


def test_cadastre_of_a_commune_is_where_etalab_publishes_it() -> None:
    assert by_id("cadastre_parcelles_commune").url_at(PLACE) == (
        "https://cadastre.data.gouv.fr/data/etalab-cadastre/latest/geojson/communes/"
        "63/63148/cadastre-63148-parcelles.json.gz"
    )


def test_layer_named_brings_its_usual_addresses_only() -> None:
    chosen = {one.address_id for one in chosen_addresses(addresses(), ["parcels"])}
    assert chosen == {"cadastre_parcelles_commune", "cadastre_parcelles_departement"}


def test_address_may_be_chosen_by_its_own_name() -> None:
    (chosen,) = chosen_addresses(addresses(), ["parcellaire_express_parcelles"])
    assert chosen.kind is Kind.WFS


def test_unknown_layer_is_told_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="Couches inconnues : parcelles") as caught:
        chosen_addresses(addresses(), ["parcelles"])
    assert "parcels" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{insee}", "{commune}"),
        ('kind = "file"', 'kind = "ftp"'),
        ("max_mb", "max_mo"),
        ('type_name = "RPG.LATEST:parcelles_graphiques"\n', ""),
        ("[rpg]", "[rpg"),
    ],
    ids=["field", "kind", "key", "wfs without type", "toml"],
)
def test_malformed_catalogue_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(InputError, match="Catalogue d'adresses illisible"):
        read_addresses(written(tmp_path, old, new))


def test_another_host_is_another_catalogue(tmp_path: Path) -> None:
    path = written(tmp_path, "https://data.geopf.fr", "https://miroir.exemple.fr")
    (rpg,) = chosen_addresses(read_addresses(path), ["rpg"])
    assert rpg.url == "https://miroir.exemple.fr/wfs/ows"
