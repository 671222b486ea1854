import pytest

from jalon.zan.land_class import LandClass, land_class


@pytest.mark.parametrize(
    ("cover", "use", "expected"),
    [
        ("CS1.1.1.1", "US1.1", LandClass.URBANISED),
        ("CS1.1.1.2", "US2", LandClass.URBANISED),
        ("CS1.1.2.1", "US1.3", LandClass.UNKNOWN),
        ("CS2.2.1", "US2", LandClass.URBANISED),
        ("CS2.2.1", "US1.1", LandClass.FARM),
        ("CS2.2.1", "US6.2", LandClass.URBANISED),
        ("CS2.2.1", "US6.3", LandClass.UNKNOWN),
        ("CS2.1.1.1", "US1.2", LandClass.FOREST),
        ("CS2.1.1.1", "US6.3", LandClass.FOREST),
        ("CS1.2.2", "US6.3", LandClass.NATURE),
        (None, "US2", LandClass.UNKNOWN),
    ],
)
def test_land_cover_tells_the_class_for_the_enaf_count(
    cover: str | None, use: str | None, expected: LandClass
) -> None:
    assert land_class(cover, use) is expected
