"""修订痕迹: two texts as one, readable and complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.tracked_changes import Kind, tracked


def shown(before, after):
    """Return the runs as a line: [-out-]{+in+}."""
    marks = {Kind.SAME: "{}", Kind.DELETED: "[-{}-]", Kind.INSERTED: "{{+{}+}}"}
    return "".join(marks[run.kind].format(run.text) for run in tracked(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("≥95%", "≥98%", "≥[-95%-]{+98%+}"),
        ("1.80", "12.80", "[-1.80-]{+12.80+}"),
        ("组织培训3次", "组织培训5次", "组织培训[-3-]{+5+}次"),
        ("完成宣传任务", "全面完成宣传任务", "{+全面+}完成宣传任务"),
        ("全面完成宣传任务", "完成宣传任务", "[-全面-]完成宣传任务"),
        ("使用APP推广活动", "使用小程序推广活动", "使用[-APP-]{+小程序+}推广活动"),
        ("", "新填的内容", "{+新填的内容+}"),
        ("删去的内容", "", "[-删去的内容-]"),
        ("没有变化", "没有变化", "没有变化"),
        ("", "", ""),
    ],
)
def test_what_went_out_stands_before_what_came_in(before, after, expected):
    assert shown(before, after) == expected


def test_a_character_that_happens_to_stay_between_changes_is_no_island():
    before = "年底前开展专题培训次数达到要求"
    after = "年底前举办主题会议场数达到要求"
    assert shown(before, after) == "年底前[-开展专题培训次-]{+举办主题会议场+}数达到要求"


def test_words_that_stay_between_changes_are_kept():
    assert shown("6月底前完成60%，年底完成", "9月底前完成90%，年底完成") == (
        "[-6-]{+9+}月底前完成[-60%-]{+90%+}，年底完成"
    )


def test_another_text_is_not_mended_word_by_word():
    before, after = "保障机关正常运转，足额发放补贴。", "建成图书馆一座，藏书不少于十万册。"
    assert shown(before, after) == f"[-{before}-]{{+{after}+}}"


def test_long_texts_are_compared_by_clauses():
    clauses = [f"第{number}项任务按要求完成" for number in range(400)]
    before, after = "；".join(clauses), "；".join([*clauses[:200], "另有一项", *clauses[200:]])
    assert [run.text for run in tracked(before, after) if run.kind != Kind.SAME] == ["另有一项；"]


@given(st.text("年月底完成12%≥ab，。", max_size=40), st.text("年月底完成12%≥ab，。", max_size=40))
def test_both_texts_can_be_read_from_the_runs(before, after):
    runs = tracked(before, after)
    assert "".join(run.text for run in runs if run.kind != Kind.INSERTED) == before
    assert "".join(run.text for run in runs if run.kind != Kind.DELETED) == after
    assert all(run.text for run in runs)
