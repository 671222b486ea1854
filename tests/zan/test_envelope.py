import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.zan.envelope import TOLERANCE_HA, closed_envelopes, pooled_balance_ha, projection_ha
from jalon.zan.law import law_on, verified_on

LAW = law_on(verified_on())
AREAS = st.floats(0, 50).map(lambda area: round(area, 3))
COMMUNES = st.lists(st.tuples(AREAS, st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.0])), min_size=1)


def series(*values: float) -> pd.Series:
    return pd.Series(values, dtype=float)


def test_w7_the_floors_are_carved_out_of_the_total_of_the_epci() -> None:
    closing = closed_envelopes(series(0.3, 0.5, 1.5, 10.0), series(1, 1, 1, 1), 12.30)
    assert closing.ratio == pytest.approx(0.895652, abs=5e-7)
    assert closing.allocated_ha.round(6).tolist() == [1.0, 1.0, 1.343478, 8.956522]
    assert closing.shortfall_ha == 0


def test_w8_floors_too_many_for_the_total_share_nothing() -> None:
    closing = closed_envelopes(series(*[0.5] * 5), series(*[1.0] * 5), 2.50)
    assert closing.shortfall_ha == pytest.approx(2.50)
    assert math.isnan(closing.ratio)
    assert closing.allocated_ha.isna().all()


def test_floors_that_fill_the_total_to_the_hectare_are_what_each_gets() -> None:
    closing = closed_envelopes(series(0.5, 2.0), series(1, 1), 2.0)
    assert closing.allocated_ha.tolist() == [1.0, 1.0]
    assert closing.ratio == pytest.approx(0.5)


def test_a_commune_without_reference_keeps_its_floor() -> None:
    closing = closed_envelopes(series(0.0, 4.0), series(1, 1), 4.0)
    assert closing.allocated_ha.tolist() == [1.0, 3.0]


def test_a_total_beyond_every_due_is_not_shared_out() -> None:
    closing = closed_envelopes(series(2.0, 3.0), series(1, 1), 9.0)
    assert closing.ratio == 1
    assert closing.allocated_ha.tolist() == [2.0, 3.0]


@given(COMMUNES, st.floats(0, 1))
def test_a_closing_sums_to_the_total_or_tells_its_shortfall(
    communes: list[tuple[float, float]], share: float
) -> None:
    envelopes, floors = (series(*column) for column in zip(*communes, strict=True))
    total_ha = share * float(np.maximum(envelopes, floors).sum())
    closing = closed_envelopes(envelopes, floors, total_ha)
    if floors.sum() - total_ha > TOLERANCE_HA:
        assert closing.shortfall_ha == floors.sum() - total_ha
        return
    assert closing.allocated_ha.sum() == pytest.approx(total_ha, abs=TOLERANCE_HA)
    assert closing.ratio <= 1
    assert (closing.allocated_ha >= floors).all()


@given(COMMUNES, st.integers(0, 99))
def test_the_order_of_the_communes_changes_no_share(
    communes: list[tuple[float, float]], seed: int
) -> None:
    table = pd.DataFrame(communes, columns=["envelope", "floor"])
    total_ha = float(table.max(axis=1).sum()) * 0.9
    shuffled = table.sample(frac=1, random_state=seed)
    first = closed_envelopes(table["envelope"], table["floor"], total_ha)
    second = closed_envelopes(shuffled["envelope"], shuffled["floor"], total_ha)
    pd.testing.assert_series_equal(
        first.allocated_ha, second.allocated_ha.sort_index(), check_names=False, atol=1e-9
    )


def test_w7_a_pool_has_the_sum_of_its_communes_and_no_other() -> None:
    remaining = pd.Series({"a": 0.8, "b": 0.9, "c": 1.1})
    pool = pd.Series({"a": "Nord", "b": "Nord", "c": None}, dtype=object)
    balance = pooled_balance_ha(remaining, pool)
    assert balance.to_dict() == {"Nord": pytest.approx(1.70)}
    assert balance["Nord"] - 1.5 == pytest.approx(0.20)


@given(st.lists(st.tuples(st.floats(-20, 20), st.sampled_from(["A", "B"])), min_size=1))
def test_a_pooled_balance_is_the_sum_of_its_communes(rows: list[tuple[float, str]]) -> None:
    table = pd.DataFrame(rows, columns=["remaining", "pool"])
    for name, balance in pooled_balance_ha(table["remaining"], table["pool"]).items():
        assert balance == pytest.approx(sum(b for b, pool in rows if pool == name), abs=1e-9)


def test_a_pool_with_a_commune_nobody_counted_has_no_balance() -> None:
    balance = pooled_balance_ha(series(1.0, math.nan), pd.Series(["Nord", "Nord"]))
    assert balance.isna().all()


def test_without_a_full_year_there_is_no_projection() -> None:
    assert projection_ha(series(2.1, 0.0), series(3, 0), LAW).round(6).fillna(-1).tolist() == [
        7,
        -1,
    ]
