from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from jalon.testing import box_m, frame, zones
from jalon.zan.infill import Surroundings, edge_shares, infill_evidence
from jalon.zan.occupation import enaf_cost_ha, evidence

MEADOW = box_m(0, 0, 60, 30)
TOWN = box_m(-50, -50, 200, 200).difference(MEADOW)
PLOTS = gpd.GeoSeries([MEADOW], index=["AB1"], crs=2154)


def ocs_ge(town: shapely.Geometry = TOWN) -> gpd.GeoDataFrame:
    return frame(
        [MEADOW, town],
        cover=["CS2.2.1", "CS1.1.1.1"],
        use=["US6.3", "US5"],
        vintage="2021",
    )


AROUND = Surroundings(evidence(ocs_ge(), None, None), land_cover=ocs_ge())


def clue(around: Surroundings, name: str) -> str:
    rows = infill_evidence(PLOTS, around).set_index("evidence_fr")
    return str(rows.loc[name, "value_fr"])


def test_plot_enclosed_by_the_town_has_its_whole_edge_urbanised() -> None:
    urban, unknown = edge_shares(PLOTS, evidence(ocs_ge(), None, None))
    assert (urban.tolist(), unknown.tolist()) == ([1.0], [0.0])


def test_plot_built_along_one_short_side_has_a_sixth_of_its_edge_urbanised() -> None:
    street = box_m(60, 0, 20, 30)
    urban, unknown = edge_shares(PLOTS, evidence(ocs_ge(street), None, None))
    assert urban[0] == pytest.approx(30 / 180, abs=0.01)
    assert unknown[0] == pytest.approx(150 / 180, abs=0.03)


def test_area_cover_and_use_are_shown() -> None:
    assert clue(AROUND, "Surface") == "0,18\u202fha"
    assert clue(AROUND, "Couverture et usage") == "CS2.2.1 / US6.3"


def test_declared_share_is_told_year_by_year() -> None:
    crops = frame([box_m(0, 0, 30, 30), MEADOW], vintage=["2023", "2019"])
    assert (
        clue(replace(AROUND, crops=crops), "Déclaré à la PAC")
        == "50\u202f% (2023), 100\u202f% (2019)"
    )


def test_distance_to_networks_is_told_in_metres() -> None:
    street = gpd.GeoSeries([box_m(0, 42, 60, 1).exterior], crs=2154)
    told = clue(replace(AROUND, networks={"voirie": street}), "Réseaux")
    assert told == "voirie à 12\u202fm"


def test_zone_is_shown_for_information() -> None:
    told = infill_evidence(PLOTS, replace(AROUND, zoning=zones([MEADOW], ["UB"])))
    row = told.set_index("evidence_fr").loc["Zone du PLU (information)"]
    assert (row["value_fr"], row["source_fr"]) == (
        "UB",
        "document d'urbanisme, sans effet sur le coût",
    )


def test_what_was_not_imported_is_said_unknown() -> None:
    around = Surroundings(evidence(None, None, None))
    told = infill_evidence(PLOTS, around).set_index("evidence_fr")["value_fr"]
    assert (told[["Déclaré à la PAC", "Couverture et usage", "Réseaux"]] == "inconnu").all()


def test_every_clue_of_a_plot_is_one_row_plots_in_their_order() -> None:
    plots = gpd.GeoSeries([MEADOW, box_m(200, 0, 10, 10)], index=["B", "A"], crs=2154)
    rows = infill_evidence(plots, AROUND)
    assert rows["plot_id"].tolist() == ["B"] * 7 + ["A"] * 7


def test_w13c_enclosed_meadow_stays_uncertain_whatever_the_clues() -> None:
    around = replace(AROUND, zoning=zones([MEADOW], ["UB"]))
    infill_evidence(PLOTS, around)
    cost = enaf_cost_ha(PLOTS, around.sources).iloc[0]
    assert (cost["lo_ha"], cost["hi_ha"]) == pytest.approx((0.0, 0.18))
