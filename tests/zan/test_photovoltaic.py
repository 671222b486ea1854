from dataclasses import replace
from datetime import date

import pytest

from jalon.testing import box_m, frame
from jalon.zan.land_class import LandClass
from jalon.zan.law import law_on, verified_on
from jalon.zan.photovoltaic import Exemption, PvGuarantees, exemption
from jalon.zan.project import Project, project_costs

LAW = law_on(verified_on())
TEN_HECTARES = box_m(0, 0, 1000, 100)
GUARANTEED = PvGuarantees(
    is_reversible=True,
    keeps_vegetation=True,
    keeps_access_permeable=True,
    keeps_farming=True,
    is_declared=True,
)


def charged(guarantees: PvGuarantees, land: LandClass) -> tuple[float, float]:
    ground = frame([TEN_HECTARES], land_class=land, source_fr="essai")
    project = Project("PV", TEN_HECTARES, photovoltaic=guarantees)
    costs = project_costs([project], (ground,), LAW).iloc[0]
    return costs["local_lo_ha"], costs["local_hi_ha"]


def test_w17a_declared_panels_on_pasture_cost_nothing() -> None:
    assert charged(GUARANTEED, LandClass.FARM) == (0.0, 0.0)


def test_w17b_panels_in_a_forest_cost_their_area() -> None:
    assert charged(GUARANTEED, LandClass.FOREST) == pytest.approx((10.0, 10.0))


def test_w17c_panels_on_concrete_slabs_cost_their_area() -> None:
    slabs = replace(GUARANTEED, is_reversible=False)
    assert charged(slabs, LandClass.FARM) == pytest.approx((10.0, 10.0))


def test_w17d_panels_neither_declared_nor_justified_cost_their_area() -> None:
    silent = replace(GUARANTEED, is_declared=False, is_authority_justified=False)
    assert charged(silent, LandClass.FARM) == pytest.approx((10.0, 10.0))


def test_authority_may_justify_what_was_not_declared() -> None:
    justified = replace(GUARANTEED, is_declared=False, is_authority_justified=True)
    assert charged(justified, LandClass.FARM) == (0.0, 0.0)


def test_guarantee_no_one_told_leaves_an_interval() -> None:
    untold = replace(GUARANTEED, is_reversible=None)
    assert charged(untold, LandClass.FARM) == pytest.approx((0.0, 10.0))


def test_farming_is_not_asked_on_natural_land() -> None:
    bare = replace(GUARANTEED, keeps_farming=None)
    assert charged(bare, LandClass.NATURE) == (0.0, 0.0)
    assert charged(bare, LandClass.FARM) == pytest.approx((0.0, 10.0))


def test_panels_on_unknown_land_may_cost_it_all() -> None:
    assert charged(GUARANTEED, LandClass.UNKNOWN) == pytest.approx((0.0, 10.0))


def test_panels_older_than_the_exemption_are_not_exempt() -> None:
    old = replace(GUARANTEED, authorised_on=date(2021, 8, 21))
    first = replace(GUARANTEED, authorised_on=date(2021, 8, 22))
    never, sure = (
        Exemption(is_sure=False, is_possible=False),
        Exemption(is_sure=True, is_possible=True),
    )
    assert exemption(old, LandClass.FARM, LAW) == never
    assert exemption(first, LandClass.FARM, LAW) == sure


def test_what_is_lacking_and_what_is_untold_are_said() -> None:
    guarantees = replace(GUARANTEED, is_reversible=False, keeps_farming=None)
    project = Project("PV", TEN_HECTARES, photovoltaic=guarantees)
    warnings = " ".join(project_costs([project], (), LAW)["warnings_fr"].iloc[0])
    assert "il manque : installation réversible." in warnings
    assert "il reste à dire : activité agricole ou pastorale significative maintenue." in warnings


def test_before_the_national_desk_nothing_had_to_be_declared() -> None:
    silent = replace(GUARANTEED, is_declared=False, is_authority_justified=False)
    before, after = law_on(date(2023, 12, 31)), law_on(date(2024, 1, 1))
    assert exemption(silent, LandClass.FARM, before).is_sure
    assert not exemption(silent, LandClass.FARM, after).is_possible


def test_no_guarantee_exempts_a_forest() -> None:
    assert not exemption(GUARANTEED, LandClass.FOREST, LAW).is_possible
