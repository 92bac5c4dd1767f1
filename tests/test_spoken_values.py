"""How values are read back in words."""

import pytest

from indicators.values import parse_value
from indicators.values.spoken import spoken


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("≥95%", "读作：大于等于 95 %"),
        ("不超过1.80万元", "读作：小于等于 1.8 万元"),
        ("100场", "读作：100 场"),
        ("＞3", "读作：大于 3"),
        ("90%-95%", "读作：90 至 95 %"),
        ("2024年9月底前", "读作：不晚于 2024年9月30日"),
        ("9月底前", "读作：时间节点，没有写明年份"),
        ("优良", "读作：定性要求"),
        ("按照上级有关规定执行", "读作：文字，不能计算；可写作 ≥95%、9月底前、优良"),
        ("  ", ""),
    ],
)
def test_a_value_is_read_back(text, words):
    assert spoken(parse_value(text)) == words
