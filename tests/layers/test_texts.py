import pandas as pd

from data.issues import Action
from layers.texts import repaired_texts


def test_double_encoded_accents_are_put_right_and_told() -> None:
    frame = pd.DataFrame({"row": [1, 2], "label": ["Zone", "secteur oÃ¹ le bÃ¢ti"]})
    table, (issue,) = repaired_texts(frame)
    assert table["label"].tolist() == ["Zone", "secteur où le bâti"]
    assert (issue.rule_id, issue.action, issue.rows) == ("TXT-MOJIBAKE", Action.REPAIRED, (2,))


def test_letters_lost_for_good_are_told_and_not_invented() -> None:
    frame = pd.DataFrame({"row": [1], "label": ["BÃ¯Â¿Â½timent"]})
    table, (issue,) = repaired_texts(frame)
    assert table["label"].tolist() == ["B\ufffdtiment"]
    assert (issue.action, issue.rows) == (Action.NOTED, (1,))


def test_true_french_is_left_alone() -> None:
    frame = pd.DataFrame({"row": [1, 2], "label": ["BÂTIMENT « Âge d'or »", "Châtelâtre, à côté"]})
    table, issues = repaired_texts(frame)
    assert table["label"].tolist() == frame["label"].tolist()
    assert issues == ()


def test_a_missing_text_stays_missing() -> None:
    table, _ = repaired_texts(pd.DataFrame({"row": [1, 2], "label": ["cÃ´te", None]}))
    assert table["label"].isna().tolist() == [False, True]


def test_a_row_repaired_in_two_columns_is_told_once() -> None:
    frame = pd.DataFrame({"row": [7], "label": ["cÃ´te"], "name": ["bÃ¢ti"]})
    _, (issue,) = repaired_texts(frame)
    assert issue.rows == (7,)
