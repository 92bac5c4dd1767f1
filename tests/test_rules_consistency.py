"""R47–R51: goal, money and indicators of one table against each other."""

from dataclasses import replace

import pytest
from hypothesis import given

from indicators.checks import Context, Policy, Severity, State, check_table
from indicators.checks.clauses import parts_of, tasks_in
from indicators.document import Indicator
from tests.documents import target_tables
from tests.plain_tables import WELL_MADE
from tests.sample_documents import blank_table, hostile_table, party_table, team_table

MINE = ("R47", "R48", "R49", "R50", "R51")


def _table(goal="", purpose="", rows=(), name="2024年度专项经费"):
    """Return a table with these rows: second tier, name, value, and a description where it matters."""
    indicators = tuple(
        Indicator("产出指标", f"{tier}指标", title, "".join(more), value)
        for tier, title, value, *more in rows
    )
    return replace(party_table(), name=name, goal=goal, purpose=purpose, indicators=indicators)


def _outcome(code, table, context=None):
    return next(found for found in check_table(table, context) if found.rule.code == code)


def _evidence(code, table, context=None):
    return [hit.evidence for hit in _outcome(code, table, context).hits]


# R47: tasks of the goal

TRAINING = (("数量", "培训人次", "≥500人次"), ("质量", "考核合格率", "≥95%"))
ROADS = (("数量", "农村公路改造里程", "≥12公里"), ("质量", "工程验收合格率", "＝100%"))

TASK_FOUND = [
    # goal, rows, tasks named
    ("1、改造农村公路12公里。2、举办职工运动会2次。", ROADS, "举办职工运动会2次"),
    ("改造农村公路12公里，聘请法律顾问2名，改善出行条件。", ROADS, "聘请法律顾问2名"),
    ("1、培训人员500人次。2、开展知识竞赛和读书活动。", TRAINING, "开展知识竞赛；读书活动"),
    # 培训 alone is no overlap, in a project that is not about training
    ("开展党组织书记培训班。", TRAINING, "开展党组织书记培训班"),
    # a shared word does not carry a number of its own
    ("改造农村公路12公里，改造农村危房60户。", ROADS, "改造农村危房60户"),
]
TASK_SILENT = [
    ("1、改造农村公路12公里。2、改善沿线群众出行条件，提高通行能力。", ROADS),  # an aim
    ("完成上级交办的各项工作任务。", ROADS),  # says nothing to count
    ("对农村公路实施提档升级，全年不少于12公里。", ROADS),  # the number stands in the next piece
    ("按照《关于开展农村公路检查的通知》要求，改造农村公路12公里。", ROADS),  # a cited title
    ("改造农村公路12公里，项目完成后及时组织验收，资金使用公示公开。", ROADS),  # how it is run
    ("举办专题讲座，全年培训500人次。", TRAINING),
    ("采购公路护栏一批。", ROADS),
    ("修缮乡村道路。", ROADS),  # 修缮 for 改造, 道路 for 公路
    ("轮训干部0.05万人次。", TRAINING),
    ("培训后6个月内就业率达到70%。", (("社会效益", "培训后六个月就业率", "≥65%"),)),  # R49 has that
]


@pytest.mark.parametrize(("goal", "rows", "evidence"), TASK_FOUND)
def test_a_task_without_an_indicator_is_named(goal, rows, evidence):
    outcome = _outcome("R47", _table(goal, rows=rows))
    assert [(hit.path, hit.evidence) for hit in outcome.hits] == [("goal", evidence)]
    assert outcome.severity == Severity.WARNING


@pytest.mark.parametrize(("goal", "rows"), TASK_SILENT)
def test_a_task_told_in_other_words_is_no_finding(goal, rows):
    assert _outcome("R47", _table(goal, rows=rows)).state == State.PASSED


def test_training_counts_where_the_project_is_about_training():
    goal = "举办村干部能力提升培训班。"
    rows = (("数量", "培训期数", "≥6期"),)
    assert _evidence("R47", _table(goal, rows=rows)) == ["举办村干部能力提升培训班"]
    assert _evidence("R47", _table(goal, rows=rows, name="2024年村级培训经费")) == []


def test_the_bureau_may_let_a_word_count():
    policy = Policy({}, {"matching_weak_words": [], "matching_empty_words": ["组织", "开展"]})
    table = _table("开展党组织书记培训班。", rows=TRAINING)
    assert _evidence("R47", table, Context(policy=policy)) == []


def test_more_than_eight_tasks_are_counted_in_the_message():
    goal = "".join(
        f"{number}、举办{what}演出。" for number, what in enumerate("京豫越川粤秦昆黄吕评", start=1)
    )
    (hit,) = _outcome("R47", _table(goal, rows=ROADS)).hits
    assert "等10项" in hit.message
    assert len(hit.evidence.split("；")) == 10


def test_the_real_tasks_without_indicators():
    (team,), (party,) = _evidence("R47", team_table()), _evidence("R47", party_table())
    assert [word in team for word in ("集体学习", "志愿者活动", "知识竞赛", "读书活动")] == [True] * 4
    assert [word in party for word in ("积极分子培训班", "书记培训班", "“两优一先”评选", "入党宣誓")] == [
        True
    ] * 4
    assert "群团组织建设" not in team
    assert "500人次" not in party


@pytest.mark.parametrize(
    ("piece", "parts"),
    [
        ("开展机关团干部集体学习和青年志愿者活动", ["开展机关团干部集体学习", "青年志愿者活动"]),
        ("到基地接受传统教育并举行宣誓仪式", ["到基地接受传统教育", "举行宣誓仪式"]),
        ("表彰优秀党员、优秀党务工作者和先进党组织", ["表彰优秀党员、优秀党务工作者和先进党组织"]),
        ("购置图书、印制手册", ["购置图书", "印制手册"]),
        ("组织和谐社区评选", ["组织和谐社区评选"]),
    ],
)
def test_compound_tasks_are_split_only_where_each_part_is_a_task(piece, parts):
    assert parts_of(piece) == parts


def test_a_piece_without_a_deed_belongs_to_the_one_before():
    ((clause,),) = tasks_in("一是举办培训班，全年不少于6期；确保按期完成。")
    assert (clause.text, clause.whole) == ("举办培训班", "举办培训班，全年不少于6期")


# R48: indicators from nowhere


def test_the_real_indicators_from_nowhere():
    outcome = _outcome("R48", team_table())
    assert [(hit.row, hit.path.split("/")[-1], hit.evidence) for hit in outcome.hits] == [
        (1, "name", "组织业务培训"),
        (2, "name", "正常运转率"),
    ]
    assert outcome.severity == Severity.HINT
    assert [hit.row for hit in _outcome("R48", party_table()).hits] == [2]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("数量", "组织业务培训", "≥2次"), True),
        (("质量", "综合事务完成率", "≥95%"), True),
        (("数量", "图书采购册数", "≥300册"), True),
        (("质量", "路面弯沉检测合格率", "≥95%"), False),  # quality of what is built need not be in the goal
        (("数量", "通村道路硬化长度", "≥12公里"), False),  # 道路 for 公路
        (("数量", "竣工验收里程", "≥12公里"), False),  # its number is in the goal
        (("数量", "完成数量", "≥1项", "改造公路的条数"), False),  # the description tells
        (("社会效益", "群众出行时间缩短", "≥10%"), False),  # effects are told in words of their own
    ],
)
def test_an_indicator_must_come_from_somewhere(row, found):
    table = _table("改造农村公路12公里。", "用于路面改造", (row,), name="农村公路改造")
    assert bool(_evidence("R48", table)) is found


# R49: numbers


NUMBER_FOUND = [
    # goal, row, evidence
    ("培训党务干部500人次。", ("数量", "党务干部培训人次", "≥450人次"), "500人次；≥450人次"),
    ("1.改造农村公路13公里。", ("数量", "农村公路改造里程", "≥12公里"), "13公里；≥12公里"),
    ("配备保洁人员20名。", ("数量", "保洁人员配备人数", "≥19人"), "20名；≥19人"),
    ("确保验收合格率达到98%以上。", ("质量", "验收合格率", "≥95%"), "98%以上；≥95%"),
    ("栽植行道树1.2万株。", ("数量", "行道树栽植株数", "≥1500株"), "1.2万株；≥1500株"),
    ("培训后6个月内就业率达到70%。", ("社会效益", "培训后六个月就业率", "≥65%"), "70%；≥65%"),
]
NUMBER_SILENT = [
    ("培训党务干部500人次。", ("数量", "党务干部培训人次", "≥500人次")),
    ("培训党务干部0.05万人次。", ("数量", "党务干部培训人次", "≥500人次")),
    ("举办党务干部培训班，每期培训党务干部50人次。", ("数量", "党务干部培训人次", "≥500人次")),
    ("培训党务干部人数比上年增加50人次。", ("数量", "党务干部培训人次", "≥500人次")),
    ("培训党务干部，其中女性党务干部200人次。", ("数量", "党务干部培训人次", "≥500人次")),
    ("举办党务干部培训1-2期。", ("数量", "党务干部培训期数", "≥1期")),  # R33 has that
    ("改造甲村公路5公里、乙村公路7公里。", ("数量", "农村公路改造里程", "≥12公里")),  # a sum
    ("为500名党务干部建立档案。", ("数量", "党务干部培训人次", "≥450人次")),  # 名 is not 人次
    ("2024年完成农村公路改造。", ("数量", "农村公路改造里程", "≥12公里")),
    ("改造农村公路13公里。", ("成本", "农村公路改造成本", "≤28万元/公里")),
    ("补助困难学生1720人。", ("社会效益", "困难学生辍学人数", "＝0人")),
]


@pytest.mark.parametrize(("goal", "row", "evidence"), NUMBER_FOUND)
def test_a_number_that_differs_from_the_goal_is_shown(goal, row, evidence):
    outcome = _outcome("R49", _table(goal, rows=(row,)))
    (hit,) = outcome.hits
    assert (hit.row, hit.path.split("/")[-1], hit.evidence, hit.fix) == (1, "value", evidence, None)
    assert outcome.severity == Severity.WARNING


@pytest.mark.parametrize(("goal", "row"), NUMBER_SILENT)
def test_numbers_of_other_things_are_not_compared(goal, row):
    assert _outcome("R49", _table(goal, rows=(row,))).state == State.PASSED


def test_a_wrong_number_is_one_finding_not_two():
    table = _table("培训党务干部500人次。", rows=(("数量", "党务干部培训人次", "≥450人次"),))
    assert _outcome("R47", table).state == State.PASSED


def test_a_number_met_by_another_row_is_settled():
    rows = (("数量", "农村公路改造里程", "≥12公里"), ("数量", "农村公路改造重点路段里程", "≥3公里"))
    assert _evidence("R49", _table("改造农村公路12公里。", rows=rows)) == []


# R50 and R51: the purpose


def test_the_real_purpose_without_indicators():
    outcome = _outcome("R50", party_table())
    (hit,) = outcome.hits
    assert (hit.path, outcome.severity) == ("purpose", Severity.HINT)
    assert [word in hit.evidence for word in ("图书、电教设备", "活动室建设", "聘请专家", "表彰")] == [
        True
    ] * 4
    assert "培训" not in hit.evidence
    assert _outcome("R50", team_table()).state == State.PASSED  # R51 says it there


PURPOSE_ROWS = (("数量", "培训班期数", "≥6期"), ("数量", "图书购置册数", "≥300册"))


@pytest.mark.parametrize(
    ("purpose", "evidence"),
    [
        ("用于举办培训班；建设党员活动室；购置图书3万元。", ["建设党员活动室"]),
        ("用于培训；聘请法律顾问2万元。", ["聘请法律顾问"]),
        ("用于口袋公园、路灯安装、健身器材等支出。", ["口袋公园；路灯安装；健身器材"]),
        ("用于口袋公园、路灯、健身器材等设施采购。", ["口袋公园、路灯、健身器材等设施采购"]),
        ("用于培训班授课费、场地费、差旅费、办公用品和印刷费。", []),  # common expenses
        ("用于培训、图书采买、宣传品制作。", []),  # one noun of three is no gap
        ("用于培训6期，每期2万元，计12万元。", []),
        ("保障机关党建正常开展，用于培训和图书。", []),
    ],
)
def test_main_uses_need_an_indicator(purpose, evidence):
    assert _evidence("R50", _table("举办培训班", purpose, PURPOSE_ROWS)) == evidence


def test_kinds_of_one_thing_need_no_indicator_each():
    purpose = "用于电动自行车、燃气灶具、儿童玩具、农资等产品质量监督抽查1200批次。"
    table = _table("抽查产品", purpose, (("数量", "产品抽查批次", "≥1200批次"),))
    assert _evidence("R50", table) == []


def test_the_project_itself_is_no_use_without_indicator():
    table = _table("提供安保", "用于校园安保", (("数量", "门卫配备人数", "≥6人"),), name="校园安保经费")
    assert _evidence("R50", table) == []


@pytest.mark.parametrize(
    ("purpose", "evidence"),
    [
        ("我单位于2018年12月成立，统一领导全区共青团的工作", "我单位于2018年12月成立"),
        (
            "住房和城乡建设局负责全区有关工作的组织实施和日常管理",
            "住房和城乡建设局负责全区有关工作的组织实施和日常管理",
        ),
        ("用于开展各项业务工作", "用于开展各项业务工作"),
        ("保障单位正常运转", "保障单位正常运转"),
    ],
)
def test_history_duties_and_phrases_are_no_use(purpose, evidence):
    table = replace(_table(purpose=purpose), department_name="住房和城乡建设局")
    outcome = _outcome("R51", table)
    assert [(hit.path, hit.message.count(purpose[:10])) for hit in outcome.hits] == [("purpose", 1)]
    assert outcome.severity == Severity.WARNING
    assert outcome.hits[0].evidence in evidence


@pytest.mark.parametrize(
    "purpose",
    [
        "区应急局负责全区防汛，资金用于购置冲锋舟和编织袋",
        "中心于2019年成立，现有人员12人，支付劳务派遣人员工资",
        "负责全县公路养护，养护里程320公里",
        "保障城区环卫作业",
        "用于人员经费",
        "按照每人每年1250元的标准发放补助",
        "待定",  # R09 has that
    ],
)
def test_a_use_beside_duties_is_a_use(purpose):
    assert _outcome("R51", _table(purpose=purpose)).state == State.PASSED


def test_the_real_purpose_that_tells_history():
    (hit,) = _outcome("R51", team_table()).hits
    assert (hit.path, hit.evidence) == ("purpose", "区直机关工委于2018年12月成立机关团工委")


# Not run, well-made, hostile


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("R47", "绩效目标为空，无法与绩效指标对照。"),
        ("R48", "绩效目标为空，无法与绩效指标对照。"),
        ("R49", "绩效目标为空，无法与绩效指标对照。"),
        ("R50", "资金用途为空，无法核对。"),
        ("R51", "资金用途为空，无法核对。"),
    ],
)
def test_a_blank_table_says_why_it_was_not_compared(code, reason):
    outcome = _outcome(code, blank_table())
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, reason)


def test_without_indicators_nothing_is_compared():
    table = replace(party_table(), indicators=())
    states = [_outcome(code, table).state for code in MINE]
    assert states == [State.NOT_RUN] * 4 + [State.PASSED]


@pytest.mark.parametrize("name", WELL_MADE)
def test_well_made_tables_are_left_alone(name):
    found = [outcome for outcome in check_table(WELL_MADE[name]) if outcome.rule.code in MINE]
    assert [hit.message for outcome in found for hit in outcome.hits] == []


@given(target_tables())
def test_no_text_crashes_the_comparison(table):
    assert {outcome.rule.code for outcome in check_table(table)} >= set(MINE)


def test_hostile_texts_do_not_crash_the_comparison():
    endless = replace(
        hostile_table(), goal="和" * 5000 + "1" * 5000 + "、及与" * 3000, purpose="、" * 4000 + "；，" * 900
    )
    assert {outcome.rule.code for outcome in check_table(endless)} >= set(MINE)
