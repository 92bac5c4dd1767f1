"""Words of library rows (indicators/segmentation.py)."""

import pytest

from indicators.segmentation import LONGEST_TEXT, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。≥95%", []),
        ("党务干部培训", ["党务", "干部", "培训"]),
        ("积极分子", ["积极分子", "积极", "分子"]),
        ("两优一先评选", ["两优", "优一", "一先", "评选"]),
        ("PM2.5年均浓度", ["pm2.5", "年均", "浓度"]),
        ("培训、培训", ["培训"]),
    ],
)
def test_text_is_cut_into_words_once_each(text, expected):
    assert words_of(text) == expected


def test_only_the_beginning_of_a_very_long_text_is_read():
    assert words_of("培训" + "，" * LONGEST_TEXT + "农田") == ["培训"]


def test_the_same_text_always_gives_the_same_words():
    assert words_of("城镇污水处理厂提标改造工程") == words_of("城镇污水处理厂提标改造工程")
