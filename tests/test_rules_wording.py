"""R33, R57–R60: vague numbers, empty bases, citations, personal numbers, amounts told twice."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.checks import RULES, Context, Policy, Severity, State, check_narrative, check_table
from indicators.document import Booklet, Indicator, NarrativeItem, SubGoal
from indicators.importers import read_booklet
from tests.sample_documents import DEPARTMENT, SEED, long_table, party_table, seed_booklet, team_table

W, H = Severity.WARNING, Severity.HINT


def _outcome(code, document, context=None):
    check = check_narrative if isinstance(document, Booklet) else check_table
    return next(found for found in check(document, context) if found.rule.code == code)


def _table(**fields):
    return replace(party_table(), **{"name": "2024年度培训经费", "goal": "", "purpose": "", **fields})


def _narrative(**fields):
    return Booklet(**DEPARTMENT, sub_goals=(SubGoal("培训经费", **fields),))


# R33


@pytest.mark.parametrize(
    ("goal", "evidence"),
    [
        ("1、培训500人次。2、举办1-2期入党积极分子培训班。", ["1-2期"]),
        ("举办培训班3至5场，印制资料1000册。", ["3至5场"]),
        ("评选先进个人10～15名", ["10～15名"]),
        ("开展活动1期-2期", ["1期-2期"]),
        ("改造供水管网5049-5050米", ["5049-5050米"]),
        ("召开座谈会一至两次", ["一至两次"]),
        ("组织两三次检查", ["两三次"]),
        ("培训约500人次，维修道路大约3公里", ["约500人次", "大约3公里"]),
        ("补助约三百户", ["约三百户"]),
        ("新建日处理约500吨的污水厂，绿化约300平方米", ["约500吨", "约300平方米"]),
        ("举办培训10场左右", ["10场左右"]),
        ("组织若干次检查", ["若干次检查"]),
        ("拍摄短视频若干条，组织推介会4场", ["若干条"]),
    ],
)
def test_a_vague_number_in_a_goal_is_found(goal, evidence):
    for document, path in ((_table(goal=goal), "goal"), (_narrative(goal=goal), "sub_goals/")):
        outcome = _outcome("R33", document)
        assert (outcome.state, outcome.severity) == (State.FOUND, W)
        assert [hit.evidence for hit in outcome.hits] == evidence
        assert all(hit.path.startswith(path) for hit in outcome.hits)


@pytest.mark.parametrize(
    "goal",
    [
        "节约10万元，履约3次，签约10家企业，合约5份，集约500亩，预约5000人次",
        "受合同约束，约谈企业30家",
        "室温保持18–22℃，相对湿度40%–60%",
        "2023-2025年完成，1-6月支出过半，7月1-5日举办",
        "为6-18岁少年和0至6岁儿童体检，覆盖1-9年级",
        "20-30个工作日内办结，建设期3-6个月",
        "落实《关于支持企业的若干措施》和若干政策措施",
        "制定支持企业若干条措施，兑现稳经济若干条（措施）",
        "落实省促消费若干条，兑现“稳就业若干条”",
        "清理道路左右两侧，左右岸护坡",
        "地区生产总值增长7%左右",
        "第1-2批次物资，完成二期工程和一至二期工程",
        "每班30-40人，共10个班；路面宽4-6米",
        "按冀财农〔2023〕12号执行，电话0315-8820000",
        "由1000户增加到1200户，从5到8个",
        "落实十四五规划，十四五期间完成",
        "《约1-2期若干》",
    ],
)
def test_what_only_looks_vague_is_silent(goal):
    assert _outcome("R33", _table(goal=goal)).state == State.PASSED
    assert _outcome("R33", _narrative(goal=goal, indicators=goal)).state == State.PASSED


def test_only_goals_are_read_for_vague_numbers():
    row = Indicator("产出指标", "数量指标", "培训1-2期", "约2期", "1-2期", "")
    table = _table(purpose="用于举办1-2期培训班", indicators=(row,))
    assert _outcome("R33", table).state == State.PASSED
    assert _outcome("R33", replace(seed_booklet(), sub_goals=())).state == State.PASSED
    overall = Booklet(**DEPARTMENT, overall_goals=(NarrativeItem("全年培训约500人次"),))
    [hit] = _outcome("R33", overall).hits
    assert hit.path == f"overall_goals/{overall.overall_goals[0].uid}"
    assert hit.message == "总体绩效目标（一）中的“约500人次”不是确定的数。"


# R57


def _with_bases(*bases):
    rows = (
        Indicator("产出指标", "数量指标", f"指标{place}", "", "≥1次", basis)
        for place, basis in enumerate(bases)
    )
    return _table(indicators=tuple(rows))


@pytest.mark.parametrize("basis", ["预算编制", "工作要求", "根据实际情况确定", "工作需要、预算安排", "", " "])
def test_the_same_empty_basis_in_all_rows_is_one_finding(basis):
    outcome = _outcome("R57", _with_bases(*[basis] * 6))
    assert outcome.severity == W
    assert [(hit.path, hit.row, hit.evidence) for hit in outcome.hits] == [
        ("indicators", None, basis.strip())
    ]


def test_empty_bases_among_others_are_found_in_their_cells():
    table = _with_bases("计划标准", "预算编制", "", "历史标准：2023年实际完成数")
    hits = _outcome("R57", table).hits
    assert [(hit.row, hit.evidence) for hit in hits] == [(2, "预算编制"), (3, "")]
    assert hits[0].path == f"indicators/{table.indicators[1].uid}/basis"
    assert hits[1].message == "“指标2”的指标值确定依据为空。"


@pytest.mark.parametrize(
    "basis",
    [
        *("计划标准", "历史标准", "行业标准：GB 50763", "预算支出标准", "《2024年工作计划》", "部门工作计划"),
        *("预算编制：区财政支出定额", "上年实际完成数", "冀财农〔2023〕12号", "合同约定", "实际情况调查统计"),
    ],
)
def test_a_class_of_standard_or_a_source_is_silent(basis):
    assert _outcome("R57", _with_bases(*[basis] * 6)).state == State.PASSED


def test_the_empty_words_of_the_year_hold():
    context = Context(policy=Policy({}, {"empty_bases": ["计划标准"]}))
    assert _outcome("R57", _with_bases("计划标准", "预算编制"), context).hits[0].row == 1


# R58

TWICE = (
    "按照《市委关于贯彻<条例〉的实施细则》要求，依据：市委《关于贯彻<工作条例>的实施细则》的通知，开展培训。"
)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (TWICE, "《市委关于贯彻<条例〉的实施细则》"),
        ("根据《预算法》、《预算法》规定编制。", "《预算法》"),
        ("按照《党员教育管理工作条例要求开展培训。", "《》"),
        ("按照党员教育管理工作条例》要求开展培训。", "《》"),
        ("根据《》要求开展培训。", "《》"),
        ("根据《……》要求开展培训。", "《……》"),
        ("根据上级文件精神开展培训。", "根据上级文件精神"),
        ("依据市委组织部通知要求，开展培训。", "依据市委组织部通知要求"),
    ],
)
def test_a_careless_citation_is_hinted(text, evidence):
    for document in (_table(goal=text), _table(purpose=text), _narrative(goal=text)):
        outcome = _outcome("R58", document)
        assert (outcome.state, outcome.severity) == (State.FOUND, H)
        assert [hit.evidence for hit in outcome.hits] == [evidence]


@pytest.mark.parametrize(
    "text",
    [
        "根据《预算法》、《预算法实施条例》规定编制。",
        "根据《预算法》编制预算。按照《预算法》公开预算。",
        "按照《关于贯彻<党章>的通知》和《关于贯彻<条例>的通知》要求，开展培训。",
        "按照《关于印发《培训费管理办法》的通知》开展培训。",
        "根据省财政厅文件《关于下达资金的通知》安排。",
        "根据市财政局通知（唐财预〔2023〕12号）安排。",
        "根据工作安排，印制学习文件，发放会议通知。",
        "开展《中国共产党章程》学习，印发通知200份。",
        "指标值《=5次，》=3次",
    ],
)
def test_a_proper_citation_is_silent(text):
    assert _outcome("R58", _table(goal=text)).state == State.PASSED
    assert _outcome("R58", _narrative(goal=text)).state == State.PASSED


def test_name_and_value_are_left_to_other_rules():
    row = Indicator("产出指标", "数量指标", "《培训", "", "》=5次", "")
    assert _outcome("R58", _table(name="《2024年培训", indicators=(row,))).state == State.PASSED


# R59: the numbers are made up; 11010519491231002X is the example of GB 11643.


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("联系人李某，19990000293", "199****0293"),
        ("电话：138-0000-1234，详询", "138****1234"),
        ("拨打+86 13800001234报名", "138****1234"),
        ("补助对象11010519491231002X", "110****002X"),
        ("户主110105194912310038领取", "110****0038"),
        ("汇入卡号6222021234567890128", "622****0128"),
        ("账号4111111111111111（测试）", "411****1111"),
        ("汇入6200 0000 0000 0005", "620****0005"),
    ],
)
def test_personal_numbers_are_found_by_their_check_digits(text, evidence):
    outcome = _outcome("R59", _table(purpose=text))
    assert [hit.evidence for hit in outcome.hits] == [evidence]
    assert (outcome.severity, outcome.hits[0].path) == (W, "purpose")


def test_a_finding_does_not_publish_the_number():
    [hit] = _outcome("R59", _table(purpose="联系人李某，19990000293")).hits
    assert hit.message == "资金用途中有手机号码“199****0293”，不得公开。"


@pytest.mark.parametrize(
    "text",
    [
        "项目编码13020924P00077210002M和510000212000000199512",
        "文号：冀财农〔2023〕12号，合同编号13800001234",
        "投资13800001234元，累计13912345678.50元，138****1234",
        "110105194912310021号",
        "统一社会信用代码91130200123456789X",
        "卡号6222021234567890129",
        "服务热线12345，电话0315-8820000",
        "订单12013800001234567",
        "2024010120241231",
    ],
)
def test_codes_amounts_and_wrong_check_digits_are_silent(text):
    assert _outcome("R59", _table(purpose=text)).state == State.PASSED
    assert _outcome("R59", _narrative(goal=text)).state == State.PASSED


@pytest.mark.parametrize(
    "text", ["本项目涉密，不予公开", "涉及国家秘密事项", "密级：机密", "保密项目经费", "绝密资料"]
)
def test_words_of_secrecy_are_found(text):
    outcome = _outcome("R59", _narrative(goal=text))
    assert (outcome.state, outcome.severity) == (State.FOUND, W)
    assert outcome.hits[0].path.endswith("/goal")


@pytest.mark.parametrize(
    "text",
    [
        *("保密培训经费", "保密宣传教育3次", "涉密人员培训50人", "非涉密项目", "不涉密", "防止泄露国家秘密"),
        *(
            "保守国家秘密",
            "涉密计算机更新20台",
            "数据机密性",
            "购置保密柜10个",
            "商业秘密保护",
            "涉密载体销毁",
        ),
    ],
)
def test_guarding_secrets_is_legal(text):
    assert _outcome("R59", _table(goal=text, purpose=text)).state == State.PASSED


def test_head_fields_are_not_checked():
    assert _outcome("R59", replace(team_table(), preparer_phone="13800001234")).state == State.PASSED


# R60


def _booklet(goal, *budgets, codes=None, **fields):
    """Return a booklet whose one sub-goal is linked to tables of these budgets in 元."""
    tables = tuple(
        replace(
            party_table(),
            project_code=f"P{place}",
            budget=Decimal(budget),
            fiscal_funding=Decimal(budget),
            **fields,
        )
        for place, budget in enumerate(budgets)
    )
    linked = tuple(table.project_code for table in tables) if codes is None else codes
    return Booklet(**DEPARTMENT, sub_goals=(SubGoal("培训", goal, "", linked),), tables=tables)


def test_another_amount_than_the_tables_is_found():
    booklet = _booklet("实施培训项目1个，安排预算30万元。", "297300")
    outcome = _outcome("R60", booklet)
    [hit] = outcome.hits
    assert (outcome.severity, hit.evidence) == (W, "安排预算30万元")
    assert hit.path == f"sub_goals/{booklet.sub_goals[0].uid}/goal"
    assert hit.message == "第1项分项绩效目标写的是“安排预算30万元”，而对应项目的预算数为29.73万元。"
    for goal in ("预算总额为315000元", "2024年度预算50万元", "安排预算31.54万元"):
        assert _outcome("R60", _booklet(goal, "297300", "18000")).state == State.FOUND


@pytest.mark.parametrize(
    ("goal", "budgets"),
    [
        ("安排预算29.73万元", ["297300"]),
        ("安排预算297,300元", ["297300"]),
        ("安排预算31.53万元", ["297300", "18000"]),
        ("安排预算1.8万元用于团组织", ["297300", "18000"]),
        ("安排预算308.21万元", ["3082145.43"]),
        ("安排预算20万元用于培训，安排预算9.73万元用于评选", ["297300"]),
        ("上年安排预算50万元", ["297300"]),
        ("2023年度预算50万元", ["297300"]),
        ("2024年度预算29.73万元", ["297300"]),
        ("安排预算29.7万元", ["297300"]),
        ("每人补助500元，购置设备5万元，带动投资300万元", ["297300"]),
        ("全年培训500人次", ["297300"]),
    ],
)
def test_the_same_amount_parts_and_other_years_are_silent(goal, budgets):
    assert _outcome("R60", _booklet(goal, *budgets)).state == State.PASSED


@pytest.mark.parametrize(
    "booklet",
    [
        _booklet("安排预算30万元", "297300", codes=()),
        _booklet("安排预算30万元", "297300", codes=("P0", "elsewhere")),
        _booklet("安排预算30万元", "0"),
        Booklet(**DEPARTMENT),
    ],
)
def test_without_a_linked_budget_amounts_are_not_compared(booklet):
    outcome = _outcome("R60", booklet)
    assert (outcome.state, outcome.reason) == (
        State.NOT_RUN,
        "分项绩效目标没有对应有预算数的项目，无法核对金额。",
    )


# The real booklet


def test_the_real_tables():
    places = {
        code: [[hit.path for hit in _outcome(code, table).hits] for table in (team_table(), party_table())]
        for code in ("R33", "R57", "R58", "R59")
    }
    assert places == {"R33": [[], ["goal"]], "R57": [["indicators"]] * 2, "R58": [[], []], "R59": [[], []]}


def test_the_real_narrative():
    booklet = read_booklet(SEED).booklet
    first = booklet.sub_goals[0].uid
    found = {code: _outcome(code, booklet) for code in ("R33", "R58", "R59", "R60")}
    places = {code: [(hit.path, hit.evidence) for hit in outcome.hits] for code, outcome in found.items()}
    assert places == {
        "R33": [(f"sub_goals/{first}/indicators", "1-2期")],
        "R58": [(f"sub_goals/{first}/goal", "《市委关于贯彻<条例〉的实施细则》")],
        "R59": [],
        "R60": [],
    }
    assert (found["R33"].severity, found["R58"].severity, found["R60"].state) == (W, H, State.PASSED)


@pytest.mark.parametrize("code", ["R33", "R57", "R58", "R59"])
def test_a_long_table_is_silent(code):
    assert _outcome(code, long_table()).state == State.PASSED


@pytest.mark.parametrize("code", ["R33", "R57", "R58", "R59", "R60"])
def test_each_rule_tells_basis_advice_and_example(code):
    rule = RULES[code]
    assert all((rule.title, rule.basis, rule.advice, rule.example))
    assert rule.advice.endswith("。")
