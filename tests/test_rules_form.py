"""R01–R10: what each finds, at which place, and what resembles it and must stay silent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.checks import Context, Severity, State, check_narrative, check_table
from indicators.checks.tidiness import may_be_untidy, untidiness
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
from projects.codes import check_character
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


# R04

T1_CODE, T2_CODE = "13020924P00077210002M", "13020924P00077110001C"


@pytest.mark.parametrize(
    ("code", "severity", "evidence"),
    [
        ("13020924P0007711000C", E, "13020924P0007711000C"),
        ("13020924P00077110001CC", E, "13020924P00077110001CC"),
        ("13020924-00077110001C", E, "13020924-00077110001C"),
        ("1302092AP00077110001C", E, "1302092AP00077110001C"),
        ("130209240000077110001", E, "130209240000077110001"),
        ("13020924P00077110001D", W, "D"),
        ("13020924P00077710001C", W, "C"),
        ("12000022P10000210006W", W, "120000"),
        ("13022924R000000019951", W, "130229"),
        ("13020925Y00077110001C", W, "25"),
    ],
)
def test_r04_finds_a_code_that_cannot_be_or_may_be_mistyped(code, severity, evidence):
    found = outcome("R04", replace(SOUND, project_code=code), region_code="130209")
    assert places(found) == [("project_code", severity)]
    assert found.hits[0].evidence == evidence
    assert found.severity == severity


@pytest.mark.parametrize(
    "typed", ["13020924p00077110001c", "13020924Ｐ00077110001C", " 13020924P 00077110001C"]
)
def test_r04_proposes_the_code_in_plain_capital_letters(typed):
    found = outcome("R04", replace(SOUND, project_code=typed))
    assert places(found) == [("project_code", E)]
    assert (found.hits[0].fix.before, found.hits[0].fix.after) == (typed, T2_CODE)


def test_r04_finds_a_code_used_twice():
    twice = outcome("R04", SOUND, siblings=(replace(team_table(), project_code=T2_CODE),))
    assert places(twice) == [("project_code", E)]
    assert "2024年度机关团工作活动经费" in twice.hits[0].message
    elsewhere = outcome("R04", SOUND, codes_elsewhere={T2_CODE: ("唐山市第一中学", "市图书馆")})
    assert places(elsewhere) == [("project_code", W)]
    assert "（唐山市第一中学、市图书馆）" in elsewhere.hits[0].message


def fitting(body):
    return body + check_character(body)


@pytest.mark.parametrize(
    ("code", "region"),
    [
        (T2_CODE, "130209"),
        (T2_CODE, ""),
        ("12000023P02DLNB10017K", ""),
        ("12000022P67371310001B", "120000"),
        # money handed down by the province or the city bears their region
        (fitting("13000023P00077110001"), "130209"),
        (fitting("13020024P00077110001"), "130209"),
        # no check character is known for these
        ("51000021R000000019951", "510000"),
        ("13020924Y00077110001X", "130209"),
        ("44010024P00077110001A", "440100"),
    ],
)
def test_r04_passes_codes_as_they_are_printed(code, region):
    table = replace(SOUND, project_code=code)
    assert outcome("R04", table, region_code=region, siblings=(team_table(),)).state == State.PASSED


def test_r04_does_not_take_the_table_for_its_own_double():
    assert outcome("R04", SOUND, siblings=(SOUND,)).state == State.PASSED


def test_r04_is_not_run_without_a_code():
    found = outcome("R04", replace(SOUND, project_code=" "))
    assert (found.state, found.reason) == (State.NOT_RUN, "没有填写项目编码。")


# R05


@pytest.mark.parametrize(
    ("name", "evidence", "after"),
    [
        ("]2024年度机关党组织活动经费", "]", "2024年度机关党组织活动经费"),
        ("2024年农村公路养护）", "）", "2024年农村公路养护"),
        ("“2024年农村公路养护", "“", "2024年农村公路养护"),
        ("2024年农村公路养护（", "（", "2024年农村公路养护"),
        ("、2024年农村公路养护", "、", "2024年农村公路养护"),
        ("*2024年农村公路养护-", "*-", "2024年农村公路养护"),
        ("2024年农村公路养护。", "。", "2024年农村公路养护"),
        (")2024年农村公路养护（一期）", ")", "2024年农村公路养护（一期）"),
        ("2024年《条例宣传经费", "《", None),
        ("2024年“两优一先“评选", "““", None),
        ("冀财农〔2023]12号农村公路养护", "〔]", None),
        ("2024年农村?? 公路养护", "??", None),
    ],
)
def test_r05_finds_stray_symbols_in_the_name(name, evidence, after):
    found = outcome("R05", replace(SOUND, name=name))
    assert places(found) == [("name", E)]
    hit = found.hits[0]
    assert "".join(dict.fromkeys(evidence)) == hit.evidence
    assert (hit.fix and hit.fix.after) == after


@pytest.mark.parametrize(
    "name",
    [
        "2024年度机关党组织活动经费",
        "提前下达2024年中央农村公路养护补助资金（冀财建〔2023〕212号）",
        "冀财农[2023]12号农村厕所改造",
        "《中国共产党党和国家机关基层组织工作条例》宣传经费",
        "“两优一先”评选表彰",
        "（续建）曹妃甸区第三中学教学楼",
        "【以前年度】道路改造工程",
        "1#、2#锅炉房改造",
        "#1机组大修",
        "“互联网+”政务服务平台运维",
        "政务服务 12345 热线（2024-2026年)",
        "3×35吨锅炉除尘改造",
        "C-17/A地块收储",
    ],
)
def test_r05_passes_the_symbols_that_names_have(name):
    assert outcome("R05", replace(SOUND, name=name)).state == State.PASSED


# R06


@pytest.mark.parametrize(
    "name", ["2023年度机关党组织活动经费", "]2023年机关党组织活动经费", "2025 年公路养护"]
)
def test_r06_finds_another_year_at_the_beginning_of_the_name(name):
    found = outcome("R06", replace(SOUND, name=name))
    assert places(found) == [("name", W)]
    assert found.hits[0].fix is None
    assert found.hits[0].evidence in name


@pytest.mark.parametrize(
    "name",
    [
        "2024年度机关党组织活动经费",
        "机关党组织活动经费",
        "2023年高标准农田建设（结转）",
        "2023年提前下达农村公路养护补助资金",
        "冀财农〔2023〕12号2023年农村厕所改造",
        "2023年农村厕所改造（冀财农〔2023〕12号）",
        "2023-2025年公路养护",
        "2023年—2025年公路养护",
        "2023至2024学年学生资助",
        "2023年度绩效考核奖励",
        "建成于2019年的公路养护",
    ],
)
def test_r06_passes_years_that_are_not_the_budget_year(name):
    assert outcome("R06", replace(SOUND, name=name)).state == State.PASSED


@pytest.mark.parametrize("code", ["R05", "R06"])
def test_a_blank_name_is_not_judged(code):
    found = outcome(code, replace(SOUND, name=""))
    assert (found.state, found.reason) == (State.NOT_RUN, "没有填写项目名称。")


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


# R09


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
