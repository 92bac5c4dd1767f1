"""What an indicator value says: the table of spellings read and not read, and what holds for any text."""

import datetime
import subprocess
import sys
import time
from decimal import Decimal

import pytest
from django.utils.safestring import mark_safe
from hypothesis import example, given
from hypothesis import strategies as st

from indicators.values import (
    Comparator,
    IndicatorValue,
    ValueKind,
    canonical_unit,
    format_value,
    parse_value,
)

SPELLINGS = {
    "≥": """≥ ≧ ⩾ ≮ >= => ＞= ＞＝ ＝＞ ﹥= ›= 》= 》＝ 〉= 不少于 不低于 不小于 不早于 至少 最少 大于等于
        大于或等于 高于等于 高于或等于""",
    "＞": "> ＞ ﹥ › 超过 超出 大于 多于 高于 晚于",
    "＝": "= ＝ ﹦ ═ == ＝＝ 等于",
    "＜": "< ＜ ﹤ ‹ 小于 少于 低于 早于 不足 不满",
    "≤": """≤ ≦ ⩽ ≯ <= =< ＜= ＜＝ ＝＜ ﹤= ‹= 《= 《＝ 〈= 不超过 不超出 不高于 不多于 不大于 不晚于 不迟于
        至多 最多 小于等于 小于或等于 低于等于 低于或等于""",
}
CLOSINGS = {
    "≥": "以上 及以上 或以上 含以上 （含）以上 （含本数）以上 以上（含） 以上(含本数) 以上（含90%）",
    "＞": "（不含）以上 以上（不含） 以上（不含90%） 以上（不含本数）",
    "＜": "（不含）以下 以下（不含） 以内（不含90%）",
    "≤": "以下 及以下 以内 之内 （含）以下 以下（含） 以内完成",
}

NUMBERS = [
    # text, comparator, number, unit: the seed
    ("≥2次", "≥", "2", "次"),
    ("≥95百分比", "≥", "95", "百分比"),
    ("≤1年", "≤", "1", "年"),
    ("≤1.8万元", "≤", "1.8", "万元"),
    ("≥500人次", "≥", "500", "人次"),
    ("≤29.73万元", "≤", "29.73", "万元"),
    # comparators
    ("95%", "", "95", "%"),
    ("达到95%", "", "95", "%"),
    ("达到95%以上", "≥", "95", "%"),
    ("保持在95%以上", "≥", "95", "%"),
    ("控制在5%以下", "≤", "5", "%"),
    ("控制在100万元以内", "≤", "100", "万元"),
    ("≥90%（含）", "≥", "90", "%"),
    ("100(%)以上（含100（%））", "≥", "100", "(%)"),
    ("30天内", "≤", "30", "天"),
    ("30个工作日内办结", "≤", "30", "个工作日"),
    ("6月以上", "≥", "6", "月"),
    # the number
    ("≥95", "≥", "95", ""),
    ("0次", "", "0", "次"),
    ("１８．５％", "", "18.5", "％"),
    ("1,234.5元", "", "1234.5", "元"),
    ("1，234，567元", "", "1234567", "元"),
    ("-5%", "", "-5", "%"),
    ("－5%", "", "-5", "%"),
    ("≥−5℃", "≥", "-5", "℃"),
    ("+5%", "", "5", "%"),
    (".5%", "", "0.5", "%"),
    ("＝100.00（%）", "＝", "100.00", "（%）"),
    ("=100.00(%)", "＝", "100.00", "(%)"),
    ("百分之九十五", "", "95", "百分之"),
    ("百分之九十五点五", "", "95.5", "百分之"),
    ("百分之95以上", "≥", "95", "百分之"),
    ("百分之百", "", "100", "百分之"),
    ("千分之三", "", "3", "千分之"),
    ("两期", "", "2", "期"),
    ("十场", "", "10", "场"),
    ("不少于两次", "≥", "2", "次"),
    ("二十五天", "", "25", "天"),
    ("一百二十人次", "", "120", "人次"),
    ("一百零五人", "", "105", "人"),
    ("三千元", "", "3000", "元"),
    ("五万元以内", "≤", "5", "万元"),
    ("123456789.123456元", "", "123456789.123456", "元"),
    # the unit
    ("3万人", "", "3", "万人"),
    ("1.2亿元", "", "1.2", "亿元"),
    ("≤3000元/人*月", "≤", "3000", "元/人*月"),
    ("≤300元/人·天", "≤", "300", "元/人·天"),
    ("≤300元/（人·天）", "≤", "300", "元/（人·天）"),
    ("≥1个百分点", "≥", "1", "个百分点"),
    ("≤3‰", "≤", "3", "‰"),
    ("22℃", "", "22", "℃"),
    ("10平方米/人", "", "10", "平方米/人"),
    ("50㎡", "", "50", "㎡"),
    ("50m2", "", "50", "m2"),
    ("500人（次）", "", "500", "人（次）"),
    ("90分以上", "≥", "90", "分"),
    ("12次/年", "", "12", "次/年"),
    ("8元每人", "", "8", "元每人"),
    ("≤20/10万", "≤", "20", "/10万"),
    ("≤35微克/立方米", "≤", "35", "微克/立方米"),
    ("12个月", "", "12", "个月"),
    ("≤12月", "≤", "12", "月"),
    ("30天", "", "30", "天"),
    ("3年", "", "3", "年"),
    ("2个季度", "", "2", "个季度"),
    # blanks and a full stop are read over
    ("  ≥ 5 次\n", "≥", "5", "次"),
    ("≥　95　%", "≥", "95", "%"),
    ("\ufeff≥\u200b5次", "≥", "5", "次"),
    ("3000 元 / 人", "", "3000", "元 / 人"),
    ("≥5次。", "≥", "5", "次"),
    ("≥5次；", "≥", "5", "次"),
]

RANGES = [
    # text, comparator, lower end, upper end, unit
    ("1-2期", "", "1", "2", "期"),
    ("18–22℃", "", "18", "22", "℃"),
    ("18~22℃", "", "18", "22", "℃"),
    ("18～22℃", "", "18", "22", "℃"),
    ("18——22℃", "", "18", "22", "℃"),
    ("-18~-15℃", "", "-18", "-15", "℃"),
    ("40%–60%", "", "40", "60", "%"),
    ("40%至60%", "", "40", "60", "%"),
    ("40至60%", "", "40", "60", "%"),
    ("40%～60％", "", "40", "60", "％"),
    ("40%至60%之间", "", "40", "60", "%"),
    ("控制在18-22℃", "", "18", "22", "℃"),
    ("＝18-22℃", "＝", "18", "22", "℃"),
    ("5到10个", "", "5", "10", "个"),
    ("1,000-2,000元", "", "1000", "2000", "元"),
    ("0.5-1.5万元", "", "0.5", "1.5", "万元"),
    ("1-2年", "", "1", "2", "年"),
    ("95-100", "", "95", "100", ""),
]

DATES = [
    # text, comparator, day
    ("2024年7月1日", "", "2024-07-01"),
    ("2024年7月1日前", "≤", "2024-07-01"),
    ("2024年07月01日以前", "≤", "2024-07-01"),
    ("2024 年 7 月 1 日前", "≤", "2024-07-01"),
    ("２０２４年７月１号前", "≤", "2024-07-01"),
    ("≤2024年7月1日", "≤", "2024-07-01"),
    ("不晚于2024年7月1日", "≤", "2024-07-01"),
    ("早于2024年7月1日", "＜", "2024-07-01"),
    ("2024-07-01", "", "2024-07-01"),
    ("2024-07-01 00:00:00", "", "2024-07-01"),
    ("2024/7/1", "", "2024-07-01"),
    ("2024.7.1前", "≤", "2024-07-01"),
    ("2024年2月29日", "", "2024-02-29"),
    ("2024年9月", "", "2024-09-30"),
    ("2024年2月", "", "2024-02-29"),
    ("2024-07", "", "2024-07-31"),
    ("2024年9月前", "≤", "2024-09-30"),
    ("2024年9月底前", "≤", "2024-09-30"),
    ("于2024年9月底前完成", "≤", "2024-09-30"),
    ("≤2024年12月", "≤", "2024-12-31"),
    ("≤2024年12月底前", "≤", "2024-12-31"),
    ("≥2024年9月", "≥", "2024-09-01"),
    ("＜2024年9月", "＜", "2024-09-01"),
    ("＞2024年9月", "＞", "2024-09-30"),
    ("≥2024年9月底", "≥", "2024-09-30"),
    ("2024年9月上旬", "", "2024-09-10"),
    ("2024年9月中旬前", "≤", "2024-09-20"),
    ("≥2024年9月下旬", "≥", "2024-09-21"),
    ("2024年第三季度", "", "2024-09-30"),
    ("2024年上半年", "", "2024-06-30"),
    ("2024年底前", "≤", "2024-12-31"),
    ("2024年年底", "", "2024-12-31"),
    ("2024年内", "≤", "2024-12-31"),
    ("2024年9月初", "", None),
    ("2024年", "", None),
    ("2024年度", "", None),
    ("≤2024年", "≤", None),
    ("2024年前", "≤", None),
    ("9月底前", "≤", None),
    ("12月31日之前", "≤", None),
    ("12月前完成", "≤", None),
    ("6月底", "", None),
    ("12月", "", None),
    ("2月29日", "", None),
    ("第三季度", "", None),
    ("三季度末", "", None),
    ("4季度", "", None),
    ("十二月底前", "≤", None),
    ("年底前", "≤", None),
    ("当年年底前", "≤", None),
    ("次年3月底前", "≤", None),
    ("年内完成", "≤", None),
]

QUALITATIVE = """
    可控 | 健全 | 及时 | 完善 | 良好 | 显著 | 明显 | 有效 | 提升 | 提高 | 改善 | 增强 | 达标 | 合格
    优 | 良 | 完成 | 按时 | 按期 | 长期 | 持续 | 定性 | 达成预期指标 | 达到国家标准 | 符合相关规定 | 应保尽保
    有效提升 | 逐步完善 | 及时、有效 | 得到进一步提升 | 一定程度改善 | 十分满意 | 定性良好
    制度健全 | 效果明显 | 服务水平不断提高 | 干部待遇提高 | 定性：显著提升 | 定性：群众办事更方便
"""

TEXTS = {
    "nothing": "≥ | ≤　| % | 次 | 万元 | - | （） | 。 | 定性：",
    "vague numbers": """
        约5次 | 5次左右 | 近100人 | 10余人 | 100多人 | 3年多 | 3万余元 | 10几次 | 十几次 | 三五次 | 若干次
        数十人 | ≥约5次 | 22±2℃ | 上百人 | 50人上下 | 5次（约） | 5次（预计）
    """,
    "comparators that contradict or repeat": """
        ≥5次以下 | ≥5次以上 | ≥≤5次 | 不少于5次以上 | ＞90%（含） | 90%（含） | 5级以上（含6级） | ≥1-2期
        1-2期以内 | 90%（含）以上（不含） | ≥2024年12月底前 | 控制在5% | ≥5次≤10次 | 5%以上10%以下
        ≠5 | ≈5 | 》95% | ><5
    """,
    "days that do not exist": """
        2024年13月 | 2024年2月30日 | 2023年2月29日 | 2024-13-01 | 2024.2.30前 | 2024年9月31日前 | 13月底前
        2月30日 | 7月0日 | 第五季度 | 2024年第5季度 | 5季度
    """,
    "ranges that are none": """
        2-1次 | 5-5次 | 60%-40% | 40%-60元 | 1- | -2期- | 1-2-3期 | 1-6月 | 3-5日 | 2023-2025年 | 2024-2025
        2024-2025学年 | 010-12345 | 2024年1月-6月 | 7月1日至8月1日
    """,
    "numbers that are none": """
        1,23元 | 1,2345元 | 1.2.3 | 1。5 | 007次 | 1e5 | ①次 | ٣次 | 1/3 | 1:1 | 100 000元 | 5 10次 | --5
        - 5次 | 12345678901234567次 | 0.1234567% | 3万5千元 | 13020924P00077210002M | 7×24小时 | =SUM(A1:A3)
        1. 5次 | 1）5次 | 5*次 | 9月至 | 95有效
    """,
    "words that only look like numbers": """
        二期 | 一级 | 一致 | 三甲 | 一流 | 两优一先 | 一人一档 | 百姓 | 前三季度 | 二十届 | 5A级 | 第3名
        前10% | 3等奖 | 5号 | 半年 | 一百五元 | 零投诉 | 万无一失 | 百分之 | 百分之几 | 十分
        百分之95点五
    """,
    "sentences": """
        5个部门参加培训并完成考核 | 培训5次 | 举办2期培训班 | 满意度≥95% | ≥5次；≥10人 | 5次，10人次
        100%完成 | 95%的参训人员 | 提升5% | 比上年增长5% | 定性：≥95% | 全年完成三项任务
        严格执行相关制度规定 | 30天后 | 通过开展各类培训使党员干部综合素质得到明显提升 | 合同签订后30天内
        社会保障 | 技术规范 | 每月底前完成 | 待完善
    """,
}


def _listed(texts: str) -> list[str]:
    return [text.strip() for line in texts.strip().splitlines() for text in line.split("|")]


def _pairs(spellings: dict[str, str]) -> list[tuple[str, str]]:
    return [(comparator, spelling) for comparator, listed in spellings.items() for spelling in listed.split()]


def _expected(
    text: str, kind: str, comparator: str, number=None, upper=None, date=None, unit=""
) -> IndicatorValue:
    return IndicatorValue(
        kind=ValueKind(kind),
        comparator=Comparator(comparator),
        number=None if number is None else Decimal(number),
        upper=None if upper is None else Decimal(upper),
        date=None if date is None else datetime.date.fromisoformat(date),
        unit=unit,
        original=text,
    )


@pytest.mark.parametrize(("comparator", "spelling"), _pairs(SPELLINGS))
def test_a_comparator_is_read_before_the_number(comparator, spelling):
    assert parse_value(f"{spelling}95%") == _expected(f"{spelling}95%", "number", comparator, 95, unit="%")


@pytest.mark.parametrize(("comparator", "spelling"), _pairs(CLOSINGS))
def test_a_comparator_is_read_after_the_number(comparator, spelling):
    assert parse_value(f"90%{spelling}") == _expected(f"90%{spelling}", "number", comparator, 90, unit="%")


@pytest.mark.parametrize(("text", "comparator", "number", "unit"), NUMBERS)
def test_a_number_is_read_with_its_comparator_and_unit(text, comparator, number, unit):
    value = parse_value(text)

    assert value == _expected(text, "number", comparator, number, unit=unit)
    assert str(value.number) == str(Decimal(number)), "trailing zeros are kept as typed"


@pytest.mark.parametrize(("text", "comparator", "number", "upper", "unit"), RANGES)
def test_a_range_is_read_with_both_ends(text, comparator, number, upper, unit):
    assert parse_value(text) == _expected(text, "range", comparator, number, upper, unit=unit)


@pytest.mark.parametrize(("text", "comparator", "day"), DATES)
def test_a_date_has_a_day_only_where_year_and_month_are_named(text, comparator, day):
    assert parse_value(text) == _expected(text, "date", comparator, date=day)


@pytest.mark.parametrize("text", [*_listed(QUALITATIVE), " 有效 提升。"])
def test_words_of_state_and_degree_are_qualitative(text):
    assert parse_value(text) == _expected(text, "qualitative", "")


def test_a_qualitative_value_keeps_its_comparator():
    assert parse_value("≥良好") == _expected("≥良好", "qualitative", "≥")
    assert parse_value("不低于合格") == _expected("不低于合格", "qualitative", "≥")


@pytest.mark.parametrize(
    "text", ["", " ", "\n", *(text for texts in TEXTS.values() for text in _listed(texts))]
)
def test_what_is_not_certain_stays_text(text):
    assert parse_value(text) == _expected(text, "text", "")


CANONICAL_UNITS = {
    "%": ["百分比", "百分号", "百分之", "%", "％", "﹪", "(%)", "（％）", "（百分比）", "百 分 比"],
    "‰": ["千分号", "‰"],
    "次": ["次数", "次", "（次）", " 次 "],
    "人次": ["人次"],
    "场次": ["场次"],
    "万元": ["万元", "（万元）"],
    "元/人*月": ["元 ／ 人 ＊ 月", "元/人*月"],
    "人(次)": ["人（次）"],
    "((次))": ["（（次））"],
    "㎡": ["㎡"],
    "": ["", " "],
}


@pytest.mark.parametrize(
    ("unit", "canonical"),
    [(unit, canonical) for canonical, units in CANONICAL_UNITS.items() for unit in units],
)
def test_units_are_compared_by_one_spelling(unit, canonical):
    assert canonical_unit(unit) == canonical


def test_the_comparator_of_an_indicator_is_spelled_as_the_forms_print_it():
    assert [str(comparator) for comparator in Comparator] == ["≥", "＞", "＝", "＜", "≤", ""]


anything = st.text(max_size=250) | st.text(
    alphabet="≥≤><=＝》0123456789.,，-~至到以上下内前后（含）年月日季度底末初百分之十二两千万元/次%％约余 \n",
    max_size=40,
)


@given(anything)
@example("\ud800")
@example("≥" * 200)
def test_any_text_is_read_and_none_is_changed(text):
    value = parse_value(text)

    assert value.original == text
    assert str(value) == text
    assert format_value(value) == text
    assert value.unit in text


@given(anything)
def test_a_kind_has_its_fields_and_no_others(text):
    value = parse_value(text)

    assert (value.number is not None) == (value.kind in (ValueKind.NUMBER, ValueKind.RANGE))
    assert (value.upper is not None) == (value.kind is ValueKind.RANGE)
    assert value.upper is None or value.number < value.upper
    assert value.date is None or value.kind is ValueKind.DATE
    assert not value.unit or value.number is not None
    assert not value.comparator or value.kind is not ValueKind.TEXT


# 月 without a comparator is a month of the year; 百分之 stands before its number.
UNITS = sorted({unit for *_, unit in NUMBERS} - {"月", "百分之", "千分之"})
openings = st.sampled_from([*_pairs(SPELLINGS), ("", "")])
decimals = st.decimals(min_value=0, max_value=10**9, places=2) | st.integers(0, 10**15 - 1).map(Decimal)


@given(openings, decimals, st.sampled_from(UNITS))
def test_what_is_written_is_read_back(opening, number, unit):
    comparator, spelling = opening
    # A year of four digits is a date: 2024年 stands in the table of dates.
    number += 200 if unit == "年" and 1900 <= number < 2100 else 0
    text = f"{spelling}{number:f}{unit}"

    assert parse_value(text) == _expected(text, "number", comparator, number, unit=unit)


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_every_day_is_read_back_in_every_spelling(day):
    spellings = (
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
    )

    assert {parse_value(spelling).date for spelling in spellings} == {day}


@given(anything | st.sampled_from(UNITS))
def test_a_canonical_unit_is_its_own_canonical_unit(unit):
    assert canonical_unit(canonical_unit(unit)) == canonical_unit(unit)


@given(
    st.sampled_from([row[0] for row in NUMBERS + RANGES + DATES]), st.sampled_from([" ", "　", "\n", "\t"])
)
def test_blanks_around_a_value_change_nothing_but_the_original(text, blank):
    plain, padded = parse_value(text), parse_value(blank + text + blank)

    assert padded.original == blank + text + blank
    assert (padded.kind, padded.comparator, padded.number, padded.upper, padded.date, padded.unit) == (
        plain.kind,
        plain.comparator,
        plain.number,
        plain.upper,
        plain.date,
        plain.unit,
    )


@pytest.mark.parametrize(
    "piece",
    [
        "≥",
        "9",
        "1,111",
        "1-",
        " ",
        "9 ",
        "一",
        "百",
        "百分之",
        "有效",
        "一定程度",
        "（含",
        "a/",
        "(a)",
        "年",
        "9月",
        "以上",
        "、",
    ],
)
@pytest.mark.parametrize("length", [200, 100_000])
def test_no_text_keeps_the_reader_busy(piece, length):
    text = (piece * length)[: length - 1] + "!"
    started = time.perf_counter()

    value = parse_value(text)

    assert time.perf_counter() - started < 0.5
    assert (value.kind, value.original) == (ValueKind.TEXT, text)


def test_a_text_of_more_than_200_characters_is_text():
    assert parse_value("5" + " " * 198 + "次").kind is ValueKind.NUMBER
    assert parse_value("5" + " " * 199 + "次").kind is ValueKind.TEXT


def test_a_string_marked_as_safe_is_not_handed_out_for_a_plain_one():
    parse_value(mark_safe("≥<b>5</b>"))

    assert type(parse_value("≥<b>5</b>").original) is str


def test_a_value_cannot_be_changed():
    with pytest.raises(AttributeError):
        parse_value("≥5次").number = Decimal(6)


def test_the_reader_needs_no_django():
    program = "import sys, indicators.values; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
