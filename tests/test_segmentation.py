"""Words of library rows (indicators/segmentation.py)."""

import pytest

from indicators.segmentation import LONGEST_TEXT, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。≥95%", []),
        ("团员宣誓", ["团员", "宣誓"]),
        ("积极分子", ["积极分子", "积极", "分子"]),
        ("玥琀珩", ["玥琀", "琀珩"]),
        ("PM2.5年均浓度", ["pm2.5", "年均", "浓度"]),
        ("培训、培训", ["培训"]),
    ],
)
def test_text_is_cut_into_words_once_each(text, expected):
    assert words_of(text) == expected


def test_keywords_of_the_starter_set_are_words_and_so_are_the_words_inside_them():
    assert words_of("高标准农田") == ["高标准农田", "高标准", "高标", "标准", "农田"]
    assert words_of("两优一先评选") == ["两优一先", "评选"]


def test_only_the_beginning_of_a_very_long_text_is_read():
    assert words_of("培训" + "，" * LONGEST_TEXT + "农田") == ["培训"]


def test_the_same_text_always_gives_the_same_words():
    assert words_of("城镇污水处理厂提标改造工程") == words_of("城镇污水处理厂提标改造工程")
