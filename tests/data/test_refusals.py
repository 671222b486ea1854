from data.refusals import REASONS_FR, UNKNOWN_FR, refusal_fr


def test_a_table_nobody_knows_is_said_unknown() -> None:
    assert refusal_fr(["a", "b"]) == UNKNOWN_FR


def test_a_known_table_says_why_it_is_not_read_whatever_its_case() -> None:
    columns = ["CODEPROCEDURE", "LibelleProcedure", "typeprocedure", "autre"]
    assert "sans commune ni contour" in refusal_fr(columns)


def test_every_reason_is_a_sentence_that_follows_a_colon() -> None:
    assert all(text[0].islower() and not text.endswith(".") for text in REASONS_FR.values())
