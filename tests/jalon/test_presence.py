from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data.workspace import SourceRecord
from jalon.land import judge
from jalon.model import LandParameters, SiteStatus
from jalon.presence import EXPECTED_LAYERS
from jalon.tables import LandTables
from jalon.testing import box_m, business_park, frame

FREE = "63148000AB0001"
AS_OF = LandParameters(as_of=date(2026, 1, 1))


def record(vintage: str | None) -> SourceRecord:
    return SourceRecord(
        source_id="monde",
        layer_id="zoning",
        dataset_id="gpu_zone_urba",
        title_fr="Zonage",
        producer="Commune",
        licence="Licence Ouverte 2.0",
        page="https://exemple.fr",
        file_name="zones.geojson",
        table_name="zones",
        file_sha256="00",
        vintage=vintage,
        row_count=1,
        kept_count=1,
    )


def reliability(tables: LandTables, parameters: LandParameters = AS_OF) -> float:
    sites = judge(tables, parameters).sites.set_index("site_id")
    return float(sites["reliability_share"][FREE])


def dated(vintage: str | None) -> LandTables:
    return replace(business_park(), sources=(record(vintage),))


LAYERS_PRESENT = 3
"""The business park has zoning, buildings and risks."""


def test_a_fresh_layer_counts_whole() -> None:
    assert reliability(dated("2025-06-01")) == pytest.approx(LAYERS_PRESENT / len(EXPECTED_LAYERS))


def test_a_layer_of_ten_years_counts_half() -> None:
    assert reliability(dated("2015-01-01")) == pytest.approx(
        0.5 * LAYERS_PRESENT / len(EXPECTED_LAYERS)
    )


def test_a_layer_without_a_date_counts_no_more_than_an_old_one() -> None:
    assert reliability(dated(None)) == reliability(dated("2015-01-01"))


def test_an_older_layer_never_counts_more() -> None:
    found = [reliability(dated(f"{year}-01-01")) for year in (2012, 2015, 2018, 2021, 2024, 2025)]
    assert found == sorted(found)


def test_a_bare_year_is_read() -> None:
    assert reliability(dated("2015")) == reliability(dated("2015-01-01"))


def test_without_a_day_ages_are_told_from_the_newest_import() -> None:
    tables = replace(dated("2016-01-01"), newest_vintage="2017-01-01")
    assert reliability(tables, LandParameters()) == pytest.approx(
        LAYERS_PRESENT / len(EXPECTED_LAYERS)
    )


@pytest.mark.parametrize("name", ["zoning", "buildings", "risks"])
def test_a_missing_layer_lowers_the_reliability_and_is_listed(name: str) -> None:
    nothing: dict[str, Any] = {name: None}
    tables = replace(business_park(), **nothing)
    site = pd.DataFrame(judge(tables, AS_OF).sites).set_index("site_id").loc[FREE]
    assert site["reliability_share"] < reliability(business_park())
    assert EXPECTED_LAYERS[name] in site["missing_fr"]


def test_a_commune_the_list_of_plans_does_not_name_has_none() -> None:
    plans = pd.DataFrame({"commune": ["63001"], "hazard": ["inondation"]})
    tables = replace(business_park(), risks=None, risk_plans=plans)
    site = pd.DataFrame(judge(tables, AS_OF).sites).set_index("site_id").loc[FREE]
    assert site["status"] != SiteStatus.UNDETERMINED


def test_the_list_of_works_alone_says_nothing_of_floods() -> None:
    plans = pd.DataFrame({"commune": ["63001"], "hazard": ["technologique"]})
    tables = replace(business_park(), risks=None, risk_plans=plans)
    site = pd.DataFrame(judge(tables, AS_OF).sites).set_index("site_id").loc[FREE]
    assert "RIS-ABSENT" in site["rule_ids"]


def test_a_commune_the_list_names_needs_its_plan() -> None:
    plans = pd.DataFrame({"commune": ["63148"], "hazard": ["inondation"]})
    tables = replace(business_park(), risks=None, risk_plans=plans)
    site = pd.DataFrame(judge(tables, AS_OF).sites).set_index("site_id").loc[FREE]
    assert "RIS-ABSENT" in site["rule_ids"]


def test_a_friche_its_producer_did_not_verify_is_less_reliable() -> None:
    friche = frame(
        [box_m(50, 50, 1, 1).centroid],
        site_id="63148_1",
        name="Usine",
        status="friche potentielle",
        pollution=None,
        verification="MTE non vérifié",
        parcel_ids=FREE,
        commune="63148",
        declared_area_m2=10_000.0,
    )
    verified = friche.assign(verification="observatoire local")
    tables = business_park()
    assert reliability(replace(tables, friches=friche)) < reliability(
        replace(tables, friches=verified)
    )
