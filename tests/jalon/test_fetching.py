"""From a territory to files in the workspace, against a server on this machine."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import geopandas as gpd
import pytest

from data.downloads import Address, Format, Granularity, Kind, addresses
from data.fetch import Door
from data.transfer_state import Manners
from data.workspace import Workspace
from geo.errors import InputError, JalonError, MissingDataError
from jalon.areas import embedded_communes, named_communes
from jalon.fetching import (
    Download,
    Fetched,
    fetch,
    import_arrivals,
    plan,
    refuse_missing,
    territory_called,
)
from layers.search import TerritoryKind

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]
Run = Callable[..., int]

SQUARE = [[[4.85, 45.75], [4.86, 45.75], [4.86, 45.76], [4.85, 45.76], [4.85, 45.75]]]
EMPTY = b'{"type": "FeatureCollection", "numberMatched": 0, "features": []}'


def parcels(insee: str) -> bytes:
    named = {"id": f"{insee}000AB0001", "commune": insee, "prefixe": "000", "section": "AB"}
    feature = {
        "type": "Feature",
        "properties": {**named, "numero": "1", "contenance": 862000, "updated": "2024-05-02"},
        "geometry": {"type": "Polygon", "coordinates": SQUARE},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


PACKED = gzip.compress(parcels("69266"), mtime=0)


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return embedded_communes()


@pytest.fixture(scope="module")
def producer(serve: Serve) -> str:
    """A server of files by path; what is not there is a 404."""
    held = {
        "/69266-parcelles.json.gz": PACKED,
        "/25267-parcelles.json.gz": gzip.compress(parcels("25267"), mtime=0),
        "/vide": EMPTY,
        "/inconnu.csv": b"a;b\n1;2\n",
    }

    def answer(handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.split("?")[0]
        known = handler.headers["If-None-Match"] == f'"{path}"'
        body = b"" if known else held.get(path, b"")
        handler.send_response(304 if known else 200 if path in held else 404)
        handler.send_header("ETag", f'"{path}"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return serve(answer)


def address(url: str, **fields: object) -> Address:
    usual: dict[str, object] = {
        "address_id": "parcelles",
        "dataset_id": "cadastre_etalab_parcelles",
        "layer": "parcels",
        "title": "Parcelles",
        "kind": Kind.FILE,
        "granularity": Granularity.COMMUNE,
        "url": url,
        "file_name": "{insee}-parcelles.json.gz",
        "format": Format.GEOJSON_GZ,
        "licence": "Licence Ouverte 2.0",
        "page": "https://exemple.fr",
        "is_verified": True,
    }
    return Address.model_validate(usual | fields)


def national(url: str, **fields: object) -> Address:
    return address(
        url,
        **(
            {
                "address_id": "table",
                "granularity": Granularity.NATIONAL,
                "file_name": "table.csv",
                "format": Format.CSV,
                "dataset_id": "enaf_communes",
                "layer": "enaf",
            }
            | fields
        ),
    )


def planned(
    listed: Sequence[Address], area: str, communes: gpd.GeoDataFrame, folder: Path = Path("ici")
) -> tuple[Download, ...]:
    return plan(listed, territory_called(communes, area), communes, folder)


def fetched(downloads: Sequence[Download]) -> Fetched:
    door, steps = Door(Manners(host_interval_s=0.0), sleep=lambda _: None), list[str]()
    return fetch(downloads, door, on_step=steps.append, on_detail=steps.append)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("63148", TerritoryKind.COMMUNE, "63148"),
        ("ennezat", TerritoryKind.COMMUNE, "63148"),
        ("Grand Est", TerritoryKind.REGION, "44"),
        ("departement:67", TerritoryKind.DEPARTEMENT, "67"),
        ("metropole de lyon", TerritoryKind.EPCI, "200046977"),
    ],
)
def test_territory_is_called_by_its_code_or_its_name(
    communes: gpd.GeoDataFrame, text: str, kind: TerritoryKind, code: str
) -> None:
    found = territory_called(communes, text)
    assert (found.kind, found.code) == (kind, code)


def test_name_of_several_territories_is_told_with_the_codes(communes: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="désigne plusieurs territoires") as caught:
        territory_called(communes, "Beaumont")
    for code in ("54057", "07029", "43022", "63032", "74031"):
        assert f"commune:{code}" in caught.value.message


def test_unknown_name_is_refused(communes: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="Aucun territoire ne s'appelle « Xyzzy »"):
        territory_called(communes, "Xyzzy")


def names(downloads: Sequence[Download], layer: str) -> list[str]:
    return [one.path.name for one in downloads if one.address.layer == layer]


def test_commune_asks_for_its_own_file(communes: gpd.GeoDataFrame) -> None:
    found = planned(addresses(), "63148", communes)
    assert names(found, "buildings") == ["cadastre-63148-batiments.json.gz"]


def test_departement_asks_for_one_file_rather_than_hundreds(communes: gpd.GeoDataFrame) -> None:
    found = planned(addresses(), "departement:67", communes)
    assert names(found, "buildings") == ["cadastre-67-batiments.json.gz"]


def test_region_asks_for_each_of_its_departements(communes: gpd.GeoDataFrame) -> None:
    assert len(names(planned(addresses(), "region:84", communes), "buildings")) == 12


def test_epci_asks_for_each_of_its_communes(communes: gpd.GeoDataFrame) -> None:
    siren = str(communes.loc[communes["insee"] == "63148", "epci_siren"].item())
    members = sorted(communes.loc[communes["epci_siren"] == siren, "insee"])
    found = names(planned(addresses(), siren, communes), "buildings")
    assert found == [f"cadastre-{insee}-batiments.json.gz" for insee in members]


def test_lyon_is_asked_for_by_arrondissement(communes: gpd.GeoDataFrame) -> None:
    found = names(planned(addresses(), "69123", communes), "buildings")
    assert found == [f"cadastre-{n}-batiments.json.gz" for n in range(69381, 69390)]


def test_dataset_published_for_france_is_asked_for_once(communes: gpd.GeoDataFrame) -> None:
    assert names(planned(addresses(), "region:44", communes), "enaf") == ["conso_com.csv"]


def test_commune_known_by_its_name_only_asks_for_its_files_and_no_service(tmp_path: Path) -> None:
    everywhere = named_communes(Workspace(tmp_path))
    territory = territory_called(everywhere, "25267")
    assert territory.name_fr == "Gennes"
    asked = plan(addresses(), territory, everywhere, tmp_path)
    assert any("25267" in one.url for one in asked)
    assert all(one.box is None for one in asked)
    assert all(one.address.granularity is not Granularity.AREA for one in asked)


def test_service_is_asked_for_a_little_more_than_the_outline(communes: gpd.GeoDataFrame) -> None:
    (found,) = (d for d in planned(addresses(), "63148", communes) if d.address.layer == "crops")
    west, _, east, _ = communes[communes["insee"] == "63148"].total_bounds
    assert found.box is not None
    assert (found.box.west_m, found.box.east_m) == (west - 500, east + 500)
    assert found.path.name == "rpg-commune-63148.geojson"


def test_files_arrive_and_are_imported(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    asked = address(producer + "/{insee}-parcelles.json.gz")
    arrived = fetched(planned([asked], "69266", communes, tmp_path))
    space = Workspace(tmp_path / "espace")
    ((arrival, found),) = import_arrivals(arrived, space, communes)
    assert arrival.download.path.read_bytes() == PACKED
    assert not isinstance(found, JalonError)
    assert space.sources("parcels")[0].communes == ("69266",)


def test_second_run_downloads_nothing_new(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    downloads = planned(
        [address(producer + "/{insee}-parcelles.json.gz")], "69266", communes, tmp_path
    )
    assert [one.is_unchanged for one in fetched(downloads).arrivals] == [False]
    assert [one.is_unchanged for one in fetched(downloads).arrivals] == [True]


def test_missing_file_does_not_prevent_the_others_and_is_told_in_full(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    absent = national(
        f"{producer}/absent.csv", is_verified=False, alternative="https://exemple.fr/miroir"
    )
    present = address(producer + "/{insee}-parcelles.json.gz")
    found = fetched(planned([absent, present], "69266", communes, tmp_path))
    assert len(found.arrivals) == 1
    with pytest.raises(MissingDataError) as caught:
        refuse_missing(found.faults)
    told = caught.value.message
    assert "Fichiers manquants (1)" in told
    assert f"curl -L -o {tmp_path}/table.csv {producer}/absent.csv" in told
    assert f"jalon import {tmp_path}/table.csv" in told
    assert "adresse non vérifiée" in told
    assert "https://exemple.fr/miroir" in told


def test_folder_that_cannot_be_written_is_told_for_each_file(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    (tmp_path / "fichier").write_text("pas un dossier", "utf-8")
    asked = address(producer + "/{insee}-parcelles.json.gz")
    found = fetched(planned([asked], "69266", communes, tmp_path / "fichier"))
    assert "ne peut pas être écrit" in found.faults[0].error.message


def test_address_of_a_service_is_told_with_its_limit(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    service = national(
        f"{producer}/absent", kind=Kind.API_CARTO, granularity=Granularity.AREA, format="geojson"
    )
    found = fetched(planned([service], "69266", communes, tmp_path))
    with pytest.raises(MissingDataError, match="ne donne que 1000 objets au plus"):
        refuse_missing(found.faults)


def test_nothing_is_raised_when_nothing_is_missing() -> None:
    refuse_missing(())


def test_what_is_left_to_the_reader_is_never_asked_for(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    by_hand = national(f"{producer}/absent.csv", kind=Kind.BY_HAND)
    assert fetched(planned([by_hand], "69266", communes, tmp_path)) == Fetched((), ())


def test_service_with_nothing_there_leaves_nothing_to_import(
    producer: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    service = national(
        f"{producer}/vide", kind=Kind.API_CARTO, granularity=Granularity.AREA, format="geojson"
    )
    found = fetched(planned([service], "69266", communes, tmp_path))
    assert found.arrivals[0].note.feature_count == 0
    assert list(import_arrivals(found, Workspace(tmp_path / "espace"), communes)) == []


@pytest.fixture
def catalogue_of(tmp_path: Path) -> Callable[..., str]:
    def write(*listed: Address) -> str:
        lines = []
        for one in listed:
            fields = one.model_dump(mode="json", exclude={"address_id"}, exclude_none=True)
            lines += [f"[{one.address_id}]", *_toml(fields)]
        path = tmp_path / "adresses.toml"
        path.write_text("\n".join(lines), "utf-8")
        return str(path)

    return write


def _toml(fields: Mapping[str, object]) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]


def test_command_fetches_and_imports(
    run: Run,
    producer: str,
    catalogue_of: Callable[..., str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    listed = catalogue_of(address(producer + "/{insee}-parcelles.json.gz"))
    space, folder = str(tmp_path / "espace"), str(tmp_path / "sources")
    where = ("--catalogue", listed, "--to", folder, "--workspace", space)
    assert run("fetch", "69266", "--layers", "parcels", *where) == 0
    assert "reçu : " in capsys.readouterr().out
    assert len(Workspace(Path(space)).sources("parcels")) == 1


def test_command_says_what_it_would_do_without_doing_it(
    run: Run,
    producer: str,
    catalogue_of: Callable[..., str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    by_hand = national(f"{producer}/b", kind=Kind.BY_HAND, hint_fr="Ouvrez la page.")
    listed = catalogue_of(address(producer + "/{insee}.gz", is_verified=False), by_hand)
    folder = tmp_path / "sources"
    assert run("fetch", "69266", "--simuler", "--catalogue", listed, "--to", str(folder)) == 0
    told = capsys.readouterr().out
    assert f"{producer}/69266.gz" in told
    assert "ADRESSE NON VÉRIFIÉE" in told
    assert "À TÉLÉCHARGER À LA MAIN : Ouvrez la page." in told
    assert not folder.exists()


def test_command_that_lacks_files_exits_5_and_keeps_the_others(
    run: Run,
    producer: str,
    catalogue_of: Callable[..., str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    present = address(producer + "/{insee}-parcelles.json.gz")
    unread = national(f"{producer}/inconnu.csv", address_id="inconnu", file_name="inconnu.csv")
    listed = catalogue_of(present, unread, national(f"{producer}/absent.csv"))
    space = Workspace(tmp_path / "espace")
    where = ("--catalogue", listed, "--to", str(tmp_path), "--workspace", str(space.root))
    assert run("fetch", "69266", *where) == 5
    told = capsys.readouterr().err.replace("\n", "")
    assert "Fichiers manquants (1)" in told
    assert "Arrivés mais non importés (1)" in told
    assert len(space.sources("parcels")) == 1


def test_command_may_download_without_importing(
    run: Run, producer: str, catalogue_of: Callable[..., str], tmp_path: Path
) -> None:
    listed = catalogue_of(address(producer + "/{insee}-parcelles.json.gz"))
    space = Workspace(tmp_path / "espace")
    where = ("--catalogue", listed, "--to", str(tmp_path), "--workspace", str(space.root))
    assert run("fetch", "69266", "--no-import", *where) == 0
    assert space.sources() == ()
    assert (tmp_path / "69266-parcelles.json.gz").read_bytes() == PACKED


def test_command_asks_the_services_once_the_parcels_are_here(
    run: Run,
    producer: str,
    catalogue_of: Callable[..., str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = address(producer + "/{insee}-parcelles.json.gz")
    service = address(
        f"{producer}/wfs",
        address_id="zones",
        kind=Kind.WFS,
        granularity=Granularity.AREA,
        type_name="zones",
        page_size=10,
        file_name="zones-{place}.geojson",
    )
    where = ("--to", str(tmp_path), "--workspace", str(tmp_path / "espace"))
    assert run("fetch", "25267", "--catalogue", catalogue_of(file, service), *where) == 5
    told = capsys.readouterr()
    assert "parcelles" in told.out
    assert "TYPENAMES=zones" in told.err.replace("\n", "")
