"""Ennezat (63148), whole, from its real files; figures checked parcel by parcel with shapely.

The flood plan of the sample gives an outline without its regulation (no red, no blue), so
its land is taken off by prudence (RIS-NON-PRECISE); the Seveso rings say what they forbid.
"""

from pathlib import Path

import pandas as pd
import pytest

from data.territories import read_communes
from data.workspace import Workspace
from jalon.importing import ImportedTable, import_file
from jalon.land import LandOutcome, judge, union_ha
from jalon.model import LandParameters, SiteKind, SiteStatus
from jalon.tables import land_tables

pytestmark = pytest.mark.reference

PARAMETERS = LandParameters(economic_labels={"63148": ("UAi", "UAa")})


@pytest.fixture(scope="module")
def imported(
    reference_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, tuple[ImportedTable, ...]]:
    workspace = Workspace(tmp_path_factory.mktemp("ennezat"))
    path = reference_dir / "data/land/commune_63148_ennezat/ennezat_63148.gpkg"
    return workspace, import_file(workspace, path, communes=read_communes("84"))


@pytest.fixture(scope="module")
def outcome(imported: tuple[Workspace, tuple[ImportedTable, ...]]) -> LandOutcome:
    return judge(land_tables(imported[0], frozenset(["63148"])), PARAMETERS)


@pytest.fixture(scope="module")
def sites(outcome: LandOutcome) -> pd.DataFrame:
    return pd.DataFrame(outcome.sites).set_index("site_id")


def test_every_table_of_the_file_is_told_taken_or_not(
    imported: tuple[Workspace, tuple[ImportedTable, ...]],
) -> None:
    taken = {table.name for table in imported[1] if table.record}
    assert taken == {
        "PARCELLE_region",
        "BATI_region",
        "BD_parcelle_2016",
        "ZONE_U_PLUi",
        "CONTRAINTES_PPRN",
        "SEVESO_FORT",
        "SEVESO_MOYEN_AUTORISATION",
        "SEVESO_TRES_FORT",
        "RPG_ENNEZAT",
        "uf",
        "BDTOPO_2015_batiindustriel",
        "BDTOPO_2015_batiremarquable",
        "BDTOPO_2015_surfaceactivite",
        "BDTOPO_2015_tronconvoieferree",
        "BDTOPO_2015_routeprimaire",
        "BDTOPO_2015_routesecondaire",
    }
    assert len(imported[1]) == 23


def test_parcels_of_the_better_source_are_judged_each_once(sites: pd.DataFrame) -> None:
    assert sites["kind"].eq(SiteKind.PARCEL.value).sum() == 2243
    assert sites.index.is_unique


def test_every_parcel_has_its_reasons(sites: pd.DataFrame) -> None:
    assert sites["reasons_fr"].map(len).min() >= 1


@pytest.mark.parametrize(
    ("parcel", "area_ha", "usable_ha", "cost_ha", "rules"),
    [
        # free land of the industrial zone, nothing says what it is used for
        ("YA0076", 6.5325, 6.5325, (0.0, 6.5325), ("OCC-INCONNUE", "VOC-ZONE")),
        ("YA0007", 1.5487, 1.5470, (0.0, 1.5470), ("OCC-INCONNUE", "VOC-ZONE", "VOC-BDTOPO")),
        ("ZL0115", 0.6198, 0.6198, (0.0, 0.6198), ("OCC-INCONNUE", "VOC-ZONE")),
        # 96.2 % declared to the PAC: that much is certain to cost
        ("ZT0056", 1.6983, 1.6983, (1.6334, 1.6983), ("OCC-CULTURE", "VOC-ZONE")),
        # partly built (6.9 % in the cadastre, 14.1 % with the sheds of BD TOPO it lacks),
        # and half of it (49.5 %) is declared
        (
            "YA0005",
            2.9535,
            2.5363,
            (1.4305, 2.5363),
            ("BATI-PARTIEL", "OCC-CULTURE", "VOC-ZONE", "VOC-BDTOPO"),
        ),
    ],
)
def test_kept_parcel_checked_by_hand(
    sites: pd.DataFrame,
    parcel: str,
    area_ha: float,
    usable_ha: float,
    cost_ha: tuple[float, float],
    rules: tuple[str, ...],
) -> None:
    site = sites.loc[f"63148000{parcel}"]
    assert site["status"] == SiteStatus.CONDITIONAL
    assert site["area_ha"] == pytest.approx(area_ha, abs=1e-4)
    assert site["usable_ha"] == pytest.approx(usable_ha, abs=1e-4)
    assert (site["enaf_lo_ha"], site["enaf_hi_ha"]) == pytest.approx(cost_ha, abs=1e-4)
    assert site["rule_ids"] == rules


@pytest.mark.parametrize(
    ("parcel", "first_rule", "said"),
    [
        ("YA0002", "BATI-OCCUPE", "32,9"),  # 32.9 % of the parcel is built
        ("YA0074", "BATI-OCCUPE", "47,7"),  # the silo works, 11.3 ha
        ("ZL0108", "RIS-NON-PRECISE", "0,58"),  # wholly in the flood plan's outline
        ("AB0078", "RIS-INTERDIT", "Zone de l'usine"),  # inside the Seveso works
        ("AB0084", "RIS-INTERDIT", "Interdiction construction"),  # 73.9 % in the strong ring
        ("ZT0052", "SURF-MIN", "0,49"),  # 0.4934 ha for 0.50 asked
    ],
)
def test_rejected_parcel_checked_by_hand(
    sites: pd.DataFrame, parcel: str, first_rule: str, said: str
) -> None:
    site = sites.loc[f"63148000{parcel}"]
    assert site["status"] == SiteStatus.UNAVAILABLE
    assert site["rule_ids"][0] == first_rule
    assert said in site["reasons_fr"][0]


def test_no_kept_site_touches_the_flood_plan_or_a_forbidding_ring(
    imported: tuple[Workspace, tuple[ImportedTable, ...]], outcome: LandOutcome
) -> None:
    risks = land_tables(imported[0], frozenset(["63148"])).risks
    assert risks is not None
    forbidding = risks[risks["regulation"].isin(["interdiction", "règlement non précisé"])]
    kept = outcome.shortlist
    assert kept["kind"].value_counts().to_dict() == {
        SiteKind.PARCEL.value: 12,
        SiteKind.ASSEMBLY.value: 5,
    }
    assert kept.geometry.intersection(forbidding.union_all()).area.max() < 1.0


def test_layers_the_file_does_not_hold_are_listed_as_missing(sites: pd.DataFrame) -> None:
    missing = sites.loc["63148000YA0076", "missing_fr"]
    assert missing == (
        "occupation du sol (OCS GE)",
        "friches",
        "zones d'activité",
        "espaces naturels protégés",
        "servitudes d'utilité publique",
        "prescriptions du document d'urbanisme",
    )


def test_two_neighbours_too_small_alone_make_a_site(sites: pd.DataFrame) -> None:
    # 0.4837 ha and 0.4934 ha, of two owners as the file draws them, side by side on 92 m
    pair = sites.loc["63148000ZT0051_x2"]
    assert pair["parcel_ids"] == ("63148000ZT0051", "63148000ZT0052")
    assert pair["piece_ha"] == pytest.approx(0.9771, abs=1e-4)
    assert pair["land_unit_count"] == 2
    assert sites.loc["63148000ZT0052", "status"] == SiteStatus.UNAVAILABLE


def test_no_square_metre_of_the_shortlist_is_counted_twice(outcome: LandOutcome) -> None:
    kept = outcome.shortlist
    assert kept["area_ha"].sum() == pytest.approx(union_ha(kept), abs=1e-4)
