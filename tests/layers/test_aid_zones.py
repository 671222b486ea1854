import pandas as pd

from layers.aid_zones import normalise
from layers.base import Context


def test_communes_out_of_the_zrr_are_left_out_and_told() -> None:
    raw = pd.DataFrame(
        {
            "row": [1, 2, 3],
            "commune": ["63148", "1004", "01041"],
            "level": [
                "C - Classée en ZRR",
                "P - Commune partiellement classée en ZRR",
                "NC - Commune non classée",
            ],
        }
    )
    normalised = normalise(raw, Context("zonage_zrr"))
    assert normalised.table["aid_id"].tolist() == ["63148-ZRR", "01004-ZRR"]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [
        ("AID-HORS", (3,)),
        ("COM-ZERO", (2,)),
    ]


def test_a_commune_may_be_in_several_schemes() -> None:
    raw = pd.DataFrame(
        {
            "row": [1, 2],
            "commune": ["63148", "63148"],
            "scheme": ["frr", "AFR"],
            "level": ["FRR+", "zone c"],
            "since": ["01/07/2024", None],
        }
    )
    table = normalise(raw, Context("zonages_aides")).table
    assert table["aid_id"].tolist() == ["63148-FRR", "63148-AFR"]
    assert table["since"].iloc[0] == "2024-07-01"
