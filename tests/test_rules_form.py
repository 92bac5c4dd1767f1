"""R01–R03, R07, R08, R10: what each finds, at which place, and what resembles it and must stay silent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from indicators.checks import Context, Severity, State, check_narrative, check_table
from indicators.document import (
    Booklet,
    ImportNote,
    Milestone,
    NarrativeItem,
    NoteKind,
    SafeguardSection,
    SubGoal,
)
from indicators.importers import read_booklet
from tests.documents import booklets, target_tables
from tests.sample_documents import DEPARTMENT, SEED, party_table, team_table

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
SOUND = replace(party_table(), name="2024年度机关党组织活动经费")


def outcome(code, table, **context):
    return next(found for found in check_table(table, Context(**context)) if found.rule.code == code)


def of_narrative(code, booklet):
    found = check_narrative(booklet, Context(booklet=booklet))
    return next(outcome for outcome in found if outcome.rule.code == code)


def places(found):
    """Return path and severity of each hit."""
    return [(hit.path, hit.severity or found.rule.severity) for hit in found.hits]


def with_row(number, **values):
    rows = list(SOUND.indicators)
    rows[number - 1] = replace(rows[number - 1], **values)
    return replace(SOUND, indicators=tuple(rows))


# R01


@pytest.mark.parametrize(
    ("table", "path", "message"),
    [
        (replace(SOUND, project_code=""), "project_code", "项目编码没有填写。"),
        (replace(SOUND, name="\u3000"), "name", "项目名称没有填写。"),
        (replace(SOUND, purpose=" "), "purpose", "资金用途没有填写。"),
        (replace(SOUND, goal=""), "goal", "绩效目标没有填写。"),
        (replace(SOUND, budget=None), "budget", "预算数没有填写。"),
        (replace(SOUND, budget=Decimal(0)), "budget", "预算数为0.00万元，应大于0。"),
        (replace(SOUND, milestones=()), "milestones", "资金支出计划没有填写。"),
        (
            replace(SOUND, milestones=(Milestone(3, Decimal(25)), Milestone(6, None))),
            "milestones/6",
            "资金支出计划6月底没有填写。",
        ),
        (replace(SOUND, indicators=()), "indicators", "绩效指标没有填写，一行也没有。"),
    ],
)
def test_r01_finds_a_blank_field_of_the_head(table, path, message):
    found = outcome("R01", table)
    assert (found.state, found.severity) == (State.FOUND, E)
    assert [(hit.path, hit.message) for hit in found.hits] == [(path, message)]


def test_r01_finds_blank_cells_with_their_row():
    table = with_row(2, description="", name=" ")
    uid = table.indicators[1].uid
    assert [(hit.path, hit.row) for hit in outcome("R01", table).hits] == [
        (f"indicators/{uid}/name", 2),
        (f"indicators/{uid}/description", 2),
    ]


@pytest.mark.parametrize(
    "table",
    [
        SOUND,
        team_table(),
        replace(SOUND, other_funding=None),
        replace(SOUND, fiscal_funding=None, other_funding=SOUND.budget),
        # R24 and R57 speak of these.
        with_row(1, value=""),
        with_row(1, basis=""),
        replace(SOUND, preparer="", preparer_phone=""),
    ],
)
def test_r01_asks_for_nothing_that_may_be_blank(table):
    assert outcome("R01", table).state == State.PASSED


# R02 and R03


@pytest.mark.parametrize(
    ("budget", "fiscal", "other", "difference"),
    [
        ("297300", "297300", "0.01", "0.000001万元"),
        ("297300", "290000", None, "0.73万元"),
        ("297300", None, None, "29.73万元"),
        ("297300", "297300", "-5", "0.0005万元"),
    ],
)
def test_r02_finds_sums_that_differ_by_a_cent(budget, fiscal, other, difference):
    amounts = [None if amount is None else Decimal(amount) for amount in (budget, fiscal, other)]
    table = replace(SOUND, budget=amounts[0], fiscal_funding=amounts[1], other_funding=amounts[2])
    found = outcome("R02", table)
    assert places(found) == [("budget", E)]
    assert f"相差{difference}" in found.hits[0].message


@pytest.mark.parametrize(
    ("fiscal", "other"),
    [("297300", None), ("297300.00", "0"), (None, "297300"), ("200000.01", "97299.99")],
)
def test_r02_passes_sums_that_are_exact(fiscal, other):
    amounts = (None if amount is None else Decimal(amount) for amount in (fiscal, other))
    table = replace(SOUND, **dict(zip(("fiscal_funding", "other_funding"), amounts, strict=True)))
    assert outcome("R02", table).state == State.PASSED


def test_r02_and_r10_are_not_run_without_a_budget():
    for code in ("R02", "R10"):
        found = outcome(code, replace(SOUND, budget=None))
        assert (found.state, found.reason) == (State.NOT_RUN, "没有填写预算数，无从比较。")


def test_r03_tells_that_a_blank_counts_nothing():
    found = outcome("R03", SOUND)
    assert [(hit.path, hit.message) for hit in found.hits] == [("other_funding", "其他资金为空，按0处理。")]
    assert found.severity == H
    assert outcome("R03", replace(SOUND, other_funding=Decimal(0))).state == State.PASSED
    assert outcome("R03", replace(SOUND, other_funding=Decimal(5))).state == State.PASSED


# R07 and R08


def note(kind, text, place="第9行"):
    return ImportNote(kind, place, text)


def test_r07_finds_tables_without_heading_or_number():
    missing = replace(SOUND, notes=(note(NoteKind.MISSING_HEADING, "2.甲绩效目标表"),))
    found = outcome("R07", missing)
    assert places(found) == [("", H)]
    assert found.hits[0].message == "导入的文件中，这张表之前没有标题（第9行），应为“2.甲绩效目标表”。"
    unnumbered = replace(SOUND, notes=(note(NoteKind.HEADING, "2024年度甲绩效目标表"),))
    several = Booklet(**DEPARTMENT, tables=(unnumbered, team_table()))
    assert places(outcome("R07", unnumbered, booklet=several)) == [("", H)]


@pytest.mark.parametrize("heading", ["1.2024年度甲绩效目标表", " 12、甲绩效目标表", "二、甲绩效目标表"])
def test_r07_passes_numbered_headings(heading):
    table = replace(SOUND, notes=(note(NoteKind.HEADING, heading),))
    assert outcome("R07", table, booklet=Booklet(**DEPARTMENT, tables=(table, table))).state == State.PASSED


def test_r07_asks_no_number_of_a_table_by_itself():
    table = replace(SOUND, notes=(note(NoteKind.HEADING, "2024年度甲绩效目标表"),))
    assert outcome("R07", table).state == State.PASSED
    assert outcome("R07", table, booklet=Booklet(**DEPARTMENT, tables=(table,))).state == State.PASSED


@pytest.mark.parametrize(("titles", "found"), [((1, 0), True), ((0, 1), False), ((1,), False), ((), False)])
def test_r07_compares_the_order_of_tables_with_the_sub_goals(titles, found):
    tables = (team_table(), SOUND)
    booklet = Booklet(
        **DEPARTMENT,
        sub_goals=tuple(SubGoal("分项", project_codes=(tables[place].project_code,)) for place in titles),
        tables=tables,
        notes=(note(NoteKind.HEADING, "第一部分"),),
    )
    result = of_narrative("R07", booklet)
    assert places(result) == ([("sub_goals", H)] if found else [])


def test_r08_finds_titles_typed_twice():
    booklet = Booklet(**DEPARTMENT, notes=(note(NoteKind.DOUBLED_TITLE, "分项绩效目标"),))
    found = of_narrative("R08", booklet)
    assert places(found) == [("sub_goals", W)]
    assert found.hits[0].message == "标题“分项绩效目标”重复（第9行）。"


def section(title, *items):
    return SafeguardSection(title, tuple(map(NarrativeItem, items)))


def test_r08_finds_measures_under_the_title_of_others():
    part = section(
        "完善制度建设。", "制定财务管理制度。", "做好绩效自评。及时整改。", "加强宣传培训调研等。调研。"
    )
    booklet = Booklet(**DEPARTMENT, safeguards=(part,), notes=(note(NoteKind.HEADING, "第一部分"),))
    found = of_narrative("R08", booklet)
    assert places(found) == [(f"safeguards/{part.uid}/items", W)]
    assert found.hits[0].evidence == "做好绩效自评、加强宣传培训调研等"


@pytest.mark.parametrize(
    "part",
    [
        section("完善制度建设", "完善制度建设。制定财务管理制度。", "做好绩效自评工作的制度保障。"),
        section("机关党组织活动经费", "做好绩效自评。", "加强内部监督。"),
        section("做好绩效自评", "按要求做好绩效自评，加强内部监督。"),
    ],
)
def test_r08_passes_measures_in_their_place(part):
    notes = (note(NoteKind.HEADING, "一、总体绩效目标"), note(NoteKind.CONVERSION_MARK, "[bookmark: _Toc]"))
    assert of_narrative("R08", Booklet(**DEPARTMENT, safeguards=(part,), notes=notes)).state == State.PASSED


def test_what_was_not_imported_has_no_notes_to_judge():
    for found in (
        outcome("R07", SOUND),
        *(of_narrative(code, Booklet(**DEPARTMENT)) for code in ("R07", "R08")),
    ):
        assert (found.state, found.reason) == (State.NOT_RUN, "不是从文件导入的，没有导入记录。")


# R10


@pytest.mark.parametrize(
    ("table", "path", "evidence"),
    [
        (with_row(4, value="≤29.73元"), "value", "29.73元"),
        (with_row(4, value="≤297300万元"), "value", "297300万元"),
        (replace(SOUND, purpose="用于党员培训，共计297300万元。"), "purpose", "297300万元"),
        (replace(SOUND, goal="使用资金29.73元完成培训。"), "goal", "29.73元"),
        (replace(SOUND, purpose="用于培训20元、评选9.73元。"), "purpose", "20元、9.73元"),
        (
            replace(
                SOUND,
                budget=Decimal(297300) * 10_000,
                fiscal_funding=Decimal(297300) * 10_000,
                purpose="培训20万元，评选9.73万元。",
                indicators=SOUND.indicators[:3],
            ),
            "purpose",
            "20万元、9.73万元",
        ),
        (replace(SOUND, fiscal_funding=Decimal("29.73")), "fiscal_funding", "0.002973万元"),
        (replace(SOUND, budget=Decimal(390_000_000), purpose="用于集中培训3.9万元。"), "purpose", "3.9万元"),
        (replace(SOUND, budget=Decimal("2973000000000")), "budget", "297300000.00万元"),
        (replace(SOUND, budget=Decimal("29.74")), "budget", "0.002974万元"),
    ],
)
def test_r10_finds_amounts_ten_thousand_times_off(table, path, evidence):
    found = outcome("R10", table)
    assert [(hit.path.split("/")[-1], hit.evidence) for hit in found.hits] == [(path, evidence)]
    assert (found.severity, found.hits[0].fix) == (W, None)


@pytest.mark.parametrize(
    "table",
    [
        SOUND,
        team_table(),
        replace(SOUND, purpose="用于党员培训，共计297300元。"),
        replace(SOUND, purpose="用于党员培训，共计29.73万元。"),
        # 50 wan of budget, 50 yuan a day
        replace(SOUND, budget=Decimal(500_000), purpose="每人每天50元，伙食补助50元/人天。"),
        replace(SOUND, budget=Decimal(500_000), purpose="发放慰问金50元和慰问品。"),
        replace(SOUND, budget=Decimal(125_000), purpose="人均公用经费标准12.5元。"),
        replace(with_row(4, name="人均培训成本", value="≤29.73元"), budget=Decimal(297_300)),
        replace(SOUND, budget=Decimal(10_000), goal="带动销售收入1亿元。"),
        replace(SOUND, budget=Decimal(50_000), goal="发放贷款50000万元。"),
    ],
)
def test_r10_passes_amounts_that_merely_resemble_the_budget(table):
    assert outcome("R10", table).state == State.PASSED


# Anything


@given(target_tables())
def test_no_table_is_too_strange_to_be_checked(table):
    context = Context(siblings=(table,), region_code="130209", codes_elsewhere={table.project_code: ("甲",)})
    outcomes = [found for found in check_table(table, context) if found.rule.code <= "R15"]
    assert len(outcomes) == 14
    for found in outcomes:
        for hit in found.hits:
            assert hit.message.endswith("。")
            assert hit.fix is None or hit.fix.before != hit.fix.after


@given(booklets())
def test_no_narrative_is_too_strange_to_be_checked(booklet):
    checked = {found.rule.code: found for found in check_narrative(booklet, Context(booklet=booklet))}
    for code in ("R07", "R08", "R09"):
        assert all(hit.message.endswith("。") for hit in checked[code].hits)


# The real booklet


@pytest.fixture(scope="module")
def seed():
    return read_booklet(SEED).booklet


def test_the_real_tables_have_what_a_reviewer_finds(seed):
    first, second = seed.tables
    found = {
        code: [
            places(outcome(code, table, booklet=seed, siblings=(other,), region_code="130209"))
            for table, other in ((first, second), (second, first))
        ]
        for code in (f"R{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10))
    }
    assert found == {
        "R01": [[], []],
        "R02": [[], []],
        "R03": [[("other_funding", H)]] * 2,
        "R04": [[], []],
        "R05": [[], [("name", E)]],
        "R06": [[], []],
        "R07": [[], [("", H)]],
        "R09": [[], []],
        "R10": [[], []],
    }


def test_the_real_narrative_has_what_a_reviewer_finds(seed):
    order = of_narrative("R07", seed)
    assert places(order) == [("", H), ("sub_goals", H)]
    assert order.hits[0].evidence == "第二部分"
    third = seed.safeguards[2]
    assert places(of_narrative("R08", seed)) == [
        ("overall_goals", W),
        ("sub_goals", W),
        ("safeguards", W),
        (f"safeguards/{third.uid}/items", W),
    ]
    untidy = of_narrative("R09", seed)
    assert untidy.severity == W
    assert [(hit.path, hit.evidence) for hit in untidy.hits] == [
        (f"overall_goals/{seed.overall_goals[12].uid}", "作."),
        (f"sub_goals/{seed.sub_goals[0].uid}/goal", "<条例〉"),
        (f"sub_goals/{seed.sub_goals[1].uid}/goal", "。                  。"),
        (f"safeguards/{third.uid}/items/{third.items[0].uid}", "标,项、理,专、用,按"),
        ("", "(一 )、(三)"),
    ]
