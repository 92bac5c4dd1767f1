"""项目编码: shape and check character, after codes that were published."""

import pytest

from projects.codes import check_character, is_project_code, library_year, region_of

PUBLISHED = (
    "13020924P00077210002M",
    "13020924P00077110001C",
    "12000022P10000210006W",
    "12000023P02DLNB10017K",
    "12000022P67371310001B",
    "12000021P34569010001A",
    "12000022P37006910001D",
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_the_check_character_is_that_of_published_codes(code):
    assert is_project_code(code)
    assert check_character(code) == check_character(code[:20]) == code[20]


@pytest.mark.parametrize(
    "code", ["51000021R000000019951", "13020924P000I711000100", "13020924P0007721000", ""]
)
def test_no_check_character_is_made_up_where_none_is_known(code):
    assert check_character(code) is None


def test_a_code_tells_region_and_year():
    assert (region_of(PUBLISHED[3]), library_year(PUBLISHED[3])) == ("120000", 2023)


@pytest.mark.parametrize(
    "code",
    ["", "13020924P0007721000", "13020924P00077210002M ", "13020924p00077210002m", "1302092４P00077210002M"],
)
def test_other_texts_are_no_codes(code):
    assert not is_project_code(code)
