"""R09: placeholders, punctuation, blanks, widths; and what has them rightly."""

from dataclasses import replace

import pytest

from indicators.checks import Context, Severity, State, check_table
from indicators.checks.tidiness import may_be_untidy, untidiness
from tests.sample_documents import party_table

W = Severity.WARNING
SOUND = replace(party_table(), name="2024年度机关党组织活动经费")


def outcome(code, table, **context):
    return next(found for found in check_table(table, Context(**context)) if found.rule.code == code)


def places(found):
    """Return path and severity of each hit."""
    return [(hit.path, hit.severity or found.rule.severity) for hit in found.hits]


def with_row(number, **values):
    rows = list(SOUND.indicators)
    rows[number - 1] = replace(rows[number - 1], **values)
    return replace(SOUND, indicators=tuple(rows))


@pytest.mark.parametrize(
    ("table", "path", "evidence"),
    [
        (replace(SOUND, purpose="待定"), "purpose", "待定"),
        (replace(SOUND, purpose="无"), "purpose", "无"),
        (replace(SOUND, goal="XX"), "goal", "XX"),
        (replace(SOUND, name="测试"), "name", "测试"),
        (with_row(1, description="null"), "description", "null"),
        (with_row(1, value="*"), "value", "*"),
        (with_row(1, value="≥XX%"), "value", "≥XX%"),
    ],
)
def test_r09_finds_placeholders(table, path, evidence):
    found = outcome("R09", table)
    assert [(hit.path.split("/")[-1], hit.evidence, hit.fix) for hit in found.hits] == [
        (path, evidence, None)
    ]
    assert found.severity == W


@pytest.mark.parametrize(
    "table",
    [
        replace(SOUND, purpose="软件测试和等级保护测评。"),
        with_row(1, description="XX村到XX镇公路养护里程"),
        with_row(1, name="重大安全事故", value="无"),
        with_row(1, value="≥5次"),
        with_row(1, description="与工作无关的会议"),
    ],
)
def test_r09_passes_words_that_are_placeholders_only_by_themselves(table):
    assert outcome("R09", table).state == State.PASSED


@pytest.mark.parametrize(
    ("text", "faults", "tidied"),
    [
        ("开展团的工作。                  。", ["标点重复"], "开展团的工作。"),
        ("开展工作。。", ["标点重复"], "开展工作。"),
        ("开展工作；。", ["标点重复"], "开展工作。"),
        ("养护公路，，清扫", ["标点重复"], "养护公路，清扫"),
        ("养护公路，；清扫", ["标点重复"], "养护公路，；清扫"),
        ("养护公路,，清扫", ["标点重复"], "养护公路，清扫"),
        ("等工作.", ["句号误用半角点"], "等工作。"),
        ("养护    公路", ["连续空格"], "养护 公路"),
        ("养护。    清扫", ["连续空格"], "养护。清扫"),
        ("《关于贯彻<条例〉的细则》", ["括号全角半角混用"], "《关于贯彻〈条例〉的细则》"),
        ("（一 )培训", ["括号全角半角混用"], "（一 ）培训"),
        ("达标,支出，合规", ["标点全角半角混用"], "达标，支出，合规"),
        ("养护２0公里", ["数字全角半角混用"], "养护２0公里"),
    ],
)
def test_r09_finds_untidy_text_and_puts_right_what_leaves_no_choice(text, faults, tidied):
    assert may_be_untidy(text)
    assert [fault for fault, _ in untidiness(text).faults] == faults
    assert untidiness(text).tidied == tidied
    found = outcome("R09", replace(SOUND, goal=text))
    assert places(found) == [("goal", W)]
    assert (found.hits[0].fix and found.hits[0].fix.after) == (tidied if tidied != text else None)


@pytest.mark.parametrize(
    "text",
    [
        "按照《中国共产党党和国家机关基层组织工作条例》开展工作。",
        "培训500人次……评选2次。",
        "究竟如何？！",
        "1.5公里、3.2公里；每人1,200元。",
        "满意度=满意人数/调查人数*100%(抽样)",
        "达标,支出,合规",
        "\u3000\u3000首行缩进两格。\n\u3000\u3000第二段。",
        "1、甲；  2、乙。",
        "（≥95%）与(含)各成一对",
        "见 https://example.invalid:8080/a,b;c",
        "2024.1.1至2024.12.31",
        "采购Dell Inc., Ltd.服务器",
        "按GB/T 1.1—2020执行",
    ],
)
def test_r09_passes_tidy_text(text):
    assert untidiness(text) is None
    assert outcome("R09", replace(SOUND, goal=text)).state == State.PASSED


def test_r09_gives_a_cell_one_hit_with_its_row():
    table = with_row(3, description="按期完成。。各项（一)工作")
    found = outcome("R09", table)
    assert [(hit.path, hit.row) for hit in found.hits] == [
        (f"indicators/{table.indicators[2].uid}/description", 3)
    ]
    assert found.hits[0].message == "第3行绩效指标描述中标点重复“。。”、括号全角半角混用“（一)”。"
    assert found.hits[0].fix.after == "按期完成。各项（一）工作"
