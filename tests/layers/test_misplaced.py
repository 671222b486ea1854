import geopandas as gpd
import pytest
import shapely

from layers.misplaced import misplaced

COMMUNES = gpd.GeoDataFrame(
    {"insee": ["63148", "67345"], "nom": ["Ennezat", "Saint-Œuf-sur-Ill"]},
    geometry=[
        shapely.box(700_000, 6_500_000, 710_000, 6_510_000),
        shapely.box(800_000, 6_500_000, 810_000, 6_510_000),
    ],
    crs=2154,
)


def rules(x_m: float, commune: str | None, name: str | None = None) -> list[str]:
    sites = gpd.GeoDataFrame(
        {"row": [1], "commune": [commune], "commune_name": [name]},
        geometry=[shapely.Point(x_m, 6_505_000)],
        crs=2154,
    )
    return [issue.rule_id for issue in misplaced(sites, COMMUNES)]


@pytest.mark.parametrize(("x_m", "told"), [(711_900, []), (712_100, ["LIEU-COMMUNE"])])
def test_two_kilometres_outside_its_commune_are_forgiven(x_m: float, told: list[str]) -> None:
    assert rules(x_m, "63148") == told


def test_a_site_of_another_departement_is_told_though_its_commune_is_unknown() -> None:
    assert rules(805_000, "52465") == ["LIEU-DEPARTEMENT"]


def test_a_former_commune_of_the_same_departement_is_not_told() -> None:
    assert rules(805_000, "67999") == []


@pytest.mark.parametrize("name", ["ENNEZAT", "ennezat ", None])
def test_a_name_spelled_otherwise_is_the_same(name: str | None) -> None:
    assert rules(705_000, "63148", name) == []


def test_another_name_is_told() -> None:
    assert rules(705_000, "63148", "Riom") == ["LIEU-NOM"]


def test_nothing_is_known_without_communes() -> None:
    sites = gpd.GeoDataFrame({"row": [1], "commune": ["63148"]}, geometry=[None], crs=2154)
    assert misplaced(sites, None) == ()
