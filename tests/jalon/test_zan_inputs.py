from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from data.workspace import Bounds, SourceRecord, Workspace
from geo.errors import MissingDataError
from jalon import zan_inputs
from jalon.model import ZanParameters
from jalon.scenario import ledger_of
from jalon.testing import box_m, two_communes, yearly_flows, zones
from jalon.zan_inputs import dated_zones, flows_of, ledger_data

DOCUMENT = {
    "document_id": "01001-PLU",
    "level": "commune",
    "territory": "01001",
    "kind": "PLU",
    "name": "PLU",
    "prescribed_on": "2026-09-01",
    "adopted_on": None,
    "approved_on": None,
    "zan_integrated_on": None,
    "state": "en évolution",
}


@pytest.fixture
def known() -> gpd.GeoDataFrame:
    """Two communes of one EPCI, side by side, a kilometre wide each."""
    return gpd.GeoDataFrame(
        two_communes(),
        geometry=[box_m(0, 0, 1_000, 1_000), box_m(1_000, 0, 1_000, 1_000)],
        crs=2154,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def store(workspace: Workspace, layer_id: str, table: pd.DataFrame, source: str = "a") -> None:
    communes = tuple(sorted(set(table["commune"]))) if "commune" in table else ()
    record = SourceRecord(
        source_id=f"{layer_id}-{source}",
        layer_id=layer_id,
        dataset_id=layer_id,
        title_fr=layer_id,
        producer="",
        licence="",
        page="",
        file_name=f"{layer_id}.csv",
        table_name=layer_id,
        file_sha256=source,
        vintage=None,
        row_count=len(table),
        kept_count=len(table),
        communes=communes,
        import_order=workspace.next_order(),
    )
    workspace.add(record, table)


def flows(reference_ha: dict[str, float]) -> pd.DataFrame:
    table = yearly_flows(reference_ha, dict.fromkeys(reference_ha, 0.0))
    return table.assign(flow_id=table["commune"] + "-" + table["year"].astype(str))


def test_without_a_series_there_are_no_accounts(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    with pytest.raises(MissingDataError, match="Aucune série"):
        ledger_data(workspace, known, known=known)


def test_a_series_of_the_neighbours_alone_is_no_series(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    store(workspace, "enaf", flows({"01002": 4.0}))
    with pytest.raises(MissingDataError):
        ledger_data(workspace, known[:1], known=known)


def test_the_envelope_of_a_commune_is_shared_with_the_others_of_its_epci(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    store(workspace, "enaf", flows({"01001": 0.8, "01002": 19.2}))
    store(
        workspace, "planning_documents", pd.DataFrame([{**DOCUMENT, "prescribed_on": "2015-01-01"}])
    )
    (row,) = ledger_of(workspace, known[1:], ZanParameters(), known=known).to_dict("records")
    assert row["code"] == "01002"
    assert row["envelope_ha"] == pytest.approx(9.6)
    assert row["closed_ha"] == pytest.approx(9.0)


def test_codes_nobody_knows_are_read_in_the_departements_asked_only(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    store(workspace, "enaf", flows({"01001": 4.0, "01999": 1.0, "38999": 1.0}))
    inputs = ledger_data(workspace, known, known=known).inputs
    assert sorted(inputs.flows["commune"].unique()) == ["01001", "01999"]


def test_of_each_year_the_last_import_is_read(workspace: Workspace) -> None:
    store(workspace, "enaf", flows({"01001": 4.0}), "a")
    store(workspace, "enaf", flows({"01001": 8.0}), "b")
    read = flows_of(workspace, frozenset(["01001"]))
    assert read["flow_m2"].sum() == pytest.approx(80_000)


def test_the_date_of_its_zones_stands_for_a_document_nobody_told(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    store(workspace, "enaf", flows({"01001": 4.0, "01002": 4.0}))
    squares = [box_m(100, 100, 50, 50), box_m(1_100, 100, 50, 50)]
    store(workspace, "zoning", zones(squares, ["UX", "UX"]).drop(columns="source_id"))
    store(workspace, "planning_documents", pd.DataFrame([DOCUMENT]))
    rows = ledger_of(workspace, known, ZanParameters(), known=known).set_index("code")
    assert rows["floor_hi_ha"][["01001", "01002"]].tolist() == [0, 1]
    assert rows["floor_lo_ha"][["01001", "01002"]].tolist() == [0, 1]


def test_only_the_zones_around_the_communes_are_read(
    workspace: Workspace, known: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = box_m(100, 100, 50, 50), box_m(90_000, 100, 50, 50)
    store(workspace, "zoning", zones([near, far], ["UX", "UX"]).drop(columns="source_id"))
    layer, asked = Workspace.layer, []

    def noting(space: Workspace, layer_id: str, *, bounds_m: Bounds) -> pd.DataFrame | None:
        asked.append(bounds_m)
        return layer(space, layer_id, bounds_m=bounds_m)

    monkeypatch.setattr(Workspace, "layer", noting)
    assert dated_zones(workspace, known)["insee"].tolist() == ["01001"]
    assert asked == [tuple(known.total_bounds)]


def test_what_is_imported_of_a_commune_nouvelle_replaces_what_is_shipped(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    store(workspace, "enaf", flows({"01001": 4.0}))
    row = {"insee": "01015", "created_on": "2016-01-01", "delegated_count": 9.0}
    store(workspace, "merged_communes", pd.DataFrame([{**row, "associated_count": 0.0}]))
    merged = ledger_data(workspace, known, known=known).inputs.merged_communes
    assert merged is not None
    assert merged.set_index("insee")["delegated_count"]["01015"] == 9
    assert merged["insee"].is_unique


def test_accounts_of_known_communes_read_none_again(
    workspace: Workspace, known: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(workspace, "enaf", flows({"01001": 4.0, "01002": 4.0}))
    monkeypatch.delattr(zan_inputs, "all_communes")
    assert len(ledger_of(workspace, known, ZanParameters(), known=known)) == 5


def test_sources_name_what_collectivites_decide(
    workspace: Workspace, known: gpd.GeoDataFrame
) -> None:
    store(workspace, "enaf", flows({"01001": 4.0}))
    store(workspace, "planning_documents", pd.DataFrame([DOCUMENT]))
    elsewhere = pd.DataFrame({"declaration_id": ["1"], "commune": ["38001"]})
    store(workspace, "zan_declarations", elsewhere)
    read = {r.layer_id for r in ledger_data(workspace, known, known=known).sources}
    assert read == {"enaf", "planning_documents"}
