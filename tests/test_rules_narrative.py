"""R52–R54: the department's own text against its tables."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from indicators.checks import Context, Severity, State, check_narrative
from indicators.demo_data import generate_booklets
from indicators.document import Booklet, NarrativeItem, SafeguardSection, SubGoal
from indicators.importers import read_booklet
from tests.documents import booklets
from tests.sample_documents import DEPARTMENT, SEED, party_table, team_table

MINE = ("R52", "R53", "R54", "R54b")
PARTY, TEAM = "机关党组织活动经费", "机关团工作活动经费"


def _booklet(*parts: SubGoal, overall=(), safeguards=(), tables=None):
    """Return a booklet of the two real tables with these parts, overall goals and headings of safeguards."""
    return Booklet(
        **DEPARTMENT,
        overall_goals=tuple(map(NarrativeItem, overall)),
        sub_goals=parts,
        safeguards=tuple(map(SafeguardSection, safeguards)),
        tables=(team_table(), party_table()) if tables is None else tables,
    )


def _part(title, goal="", indicators="", *codes):
    return SubGoal(title, goal, indicators, codes)


def _outcome(code, booklet, context=None):
    return next(found for found in check_narrative(booklet, context) if found.rule.code == code)


def _evidence(code, booklet, context=None):
    return [hit.evidence for hit in _outcome(code, booklet, context).hits]


def _real():
    return read_booklet(SEED).booklet


# R52: a 分项 and its project


def test_the_real_differences():
    booklet = _real()
    outcome = _outcome("R52", booklet)
    places = [hit.path.split("/")[0] + "/" + hit.path.split("/")[-1] for hit in outcome.hits]
    assert places == ["safeguards/title", "sub_goals/goal", "sub_goals/indicators"]
    assert outcome.severity == Severity.WARNING
    heading, goal, indicators = outcome.hits
    assert heading.evidence == "机关团组织活动经费"
    assert TEAM in heading.message
    assert [word in goal.evidence for word in ("困难职工", "慰问", "印制党员教育材料")] == [True] * 3
    assert "图书" not in goal.evidence
    assert indicators.evidence == "开展“两优一先”评选活动2次"


@pytest.mark.parametrize(
    ("part", "evidence"),
    [
        (_part(PARTY, "举办职工运动会。"), "举办职工运动会"),
        (_part(f"{PARTY}分项绩效目标、绩效指标", "", "1、走访慰问困难职工。"), "走访慰问困难职工"),
        (_part(PARTY, "", "1、培训党务干部600人次。"), "培训党务干部600人次"),
        # of a field of work only the numbers are compared
        (_part("党建工作", "举办职工运动会。", "培训600人次。", party_table().project_code), "培训600人次"),
    ],
)
def test_what_only_the_part_says_is_named(part, evidence):
    assert _evidence("R52", _booklet(part)) == [evidence]


@pytest.mark.parametrize(
    "part",
    [
        _part(PARTY, "用于党员和党务工作者的培训；购置图书、电教设备。", "1、培训党务干部500人次。"),
        _part(PARTY, "按照《机关基层组织工作条例》要求，加强机关党的建设。", "群众满意度达到90%以上。"),
        _part(PARTY, "安排预算29.73万元，2024年7月1日前完成。"),
        _part(PARTY, "实施党建项目1个，培训党务干部0.05万人次。"),
        _part(
            "党建工作", "开展主题党日和走访慰问。", "", party_table().project_code, team_table().project_code
        ),
        _part("党建工作", "召开表彰大会2次。", "", team_table().project_code),  # the table has ≥2次
        _part("干部教育", "举办读书班。"),  # of no project: R54
    ],
)
def test_what_the_tables_say_too_is_no_difference(part):
    assert _outcome("R52", _booklet(part)).state == State.PASSED


def test_sums_over_the_projects_of_a_part_agree():
    part = _part("党团工作", "", "组织培训502次。", party_table().project_code, team_table().project_code)
    rows = [
        replace(table.indicators[0], value=value)
        for table, value in ((team_table(), "≥2次"), (party_table(), "≥500次"))
    ]
    tables = (replace(team_table(), indicators=(rows[0],)), replace(party_table(), indicators=(rows[1],)))
    assert _evidence("R52", _booklet(part, tables=tables)) == []


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("机关团组织活动经费",), ["机关团组织活动经费"]),
        ((PARTY, TEAM), []),
        ((f"2024年度{PARTY}", "完善制度建设。", "加强内部监督"), []),
        (("专项资金管理", "规范项目资金"), []),
    ],
)
def test_headings_of_safeguards_that_misname_a_project(titles, found):
    assert _evidence("R52", _booklet(_part(PARTY), safeguards=titles)) == found


def test_a_part_that_misnames_its_project():
    part = _part("机关团组织活动经费分项绩效目标", "", "", team_table().project_code)
    outcome = _outcome("R52", _booklet(part))
    assert [(hit.path, hit.evidence) for hit in outcome.hits] == [
        (f"sub_goals/{part.uid}/title", "机关团组织活动经费分项绩效目标")
    ]


# R53: overall goals


def test_the_real_overall_goals_copy_duties():
    outcome = _outcome("R53", _real())
    assert [hit.path for hit in outcome.hits] == ["overall_goals"]
    assert outcome.severity == Severity.WARNING
    assert "13条" in outcome.hits[0].message


@pytest.mark.parametrize(
    ("goals", "state"),
    [
        (("负责全区教育工作。",), State.FOUND),
        (("指导各级党组织学习“三个代表”重要思想，做到“两个维护”。",), State.FOUND),
        (("指导各级党组织建设。", "培训党务干部500人次。"), State.PASSED),
        (("负责全区教育工作，义务教育巩固率达到98%。",), State.PASSED),
        (("组织实施供水工程，年内解决东部缺水问题。",), State.PASSED),
        (("城乡教育更加均衡。", "校园安全得到保障。"), State.PASSED),  # vague, but no duties
        (("领导全区防汛，建成水库两座、泵站三处，组织演练十次。",), State.PASSED),
    ],
)
def test_duties_without_result_or_number(goals, state):
    assert _outcome("R53", _booklet(overall=goals)).state == state


# R54: 分项 and projects


def test_the_real_parts_and_projects_match():
    assert _outcome("R54", _real()).state == State.PASSED


def test_a_part_named_like_a_project_needs_a_table():
    part = _part("党建阵地专项经费分项绩效目标")
    outcome = _outcome("R54", _booklet(_part(PARTY), _part(TEAM), part))
    assert [(hit.path, hit.evidence) for hit in outcome.hits] == [
        (f"sub_goals/{part.uid}/title", "党建阵地专项经费分项绩效目标")
    ]
    assert outcome.severity == Severity.WARNING


@pytest.mark.parametrize(
    "part",
    [
        _part("履行机关党建职责"),
        _part("机关运转保障经费", "从基本支出中安排。"),
        _part(f"]2024年度{PARTY}"),
        _part("机关团组织活动经费"),  # a misspelt name: R52 says so where it is linked
    ],
)
def test_parts_without_a_table_of_their_own_may_stand(part):
    assert _evidence("R54", _booklet(_part(PARTY), _part(TEAM), part)) == []


def test_a_project_no_part_speaks_of():
    extra = replace(team_table(), project_code="13020924P00077310001X", name="2024年老干部慰问经费")
    tables = (team_table(), party_table(), extra)
    outcome = _outcome("R54", _booklet(_part(PARTY), _part(TEAM), tables=tables))
    assert [(hit.path, hit.evidence) for hit in outcome.hits] == [
        ("sub_goals", "13020924P00077310001X 2024年老干部慰问经费")
    ]
    spoken_of = _part(PARTY, "含老干部慰问。")
    assert _evidence("R54", _booklet(spoken_of, _part(TEAM), tables=tables)) == []


def test_goals_told_by_field_of_work_need_not_name_projects():
    assert _evidence("R54", _booklet(_part("基层组织"), _part("宣传教育"))) == []


def test_the_sum_of_projects_is_an_entry_of_its_own():
    booklet = _real()
    outcome = _outcome("R54b", booklet)
    assert (outcome.state, outcome.reason) == (
        State.NOT_RUN,
        "没有部门项目支出预算数，无法核对项目预算合计。",
    )
    enough, short = (Context(project_spending=Decimal(amount)) for amount in ("315300", "300000"))
    assert _outcome("R54b", booklet, enough).state == State.PASSED
    (hit,) = _outcome("R54b", booklet, short).hits
    assert (hit.path, hit.evidence) == ("tables", "31.53万元")
    assert "30.00万元" in hit.message


# Not run, well-made, hostile


def test_a_booklet_without_narrative_or_tables_says_why():
    blank = Booklet(**DEPARTMENT)
    assert [_outcome(code, blank).state for code in MINE] == [State.NOT_RUN] * 4
    assert _outcome("R52", blank).reason == "没有分项绩效目标，无法与项目表对照。"
    assert _outcome("R53", blank).reason == "没有总体绩效目标，无法核对。"
    without_tables = _booklet(_part(PARTY), tables=())
    assert _outcome("R54", without_tables).reason == "没有项目绩效目标表，无法与分项绩效目标对照。"


def test_made_up_booklets_are_left_alone():
    outcomes = [
        outcome
        for booklet in generate_booklets(40, 4, seed=7)
        for outcome in check_narrative(booklet)
        if outcome.rule.code in MINE
    ]
    assert [hit.message for outcome in outcomes for hit in outcome.hits] == []


@given(booklets())
def test_no_booklet_crashes_the_comparison(booklet):
    context = Context(booklet=booklet, project_spending=Decimal(1))
    assert {outcome.rule.code for outcome in check_narrative(booklet, context)} >= set(MINE)
