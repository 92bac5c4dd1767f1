"""R24–R32, R34, R35: unit, time, direction and threshold of a 指标值."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.checks import RULES, Context, Policy, Severity, State, TableFacts, check_table
from indicators.checks.known_units import KNOWN_UNITS
from indicators.document.model import Indicator
from tests.documents import target_tables
from tests.sample_documents import party_table, team_table

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
CODES = (*(f"R{number}" for number in range(24, 33)), "R34", "R35")
TIERS = {
    **{short: ("产出指标", f"{short}指标") for short in ("数量", "质量", "时效", "成本")},
    **{short: ("效益指标", f"{short}效益指标") for short in ("经济", "社会", "生态")},
    "满意": ("满意度指标", "服务对象满意度指标"),
}


def _row(line):
    """Return an indicator from “时效 按期完成率 ≤1年”; a description may follow the name after a |."""
    tier, name, value = (*line.split(" ", 2), "")[:3]
    name, _, description = name.partition("|")
    return Indicator(*TIERS[tier], name, description, value, "计划标准")


def _table(*lines, **fields):
    return replace(
        team_table(), name="2024年度宣传经费", goal="", indicators=tuple(map(_row, lines)), **fields
    )


def _outcome(code, table, context=None):
    return next(found for found in check_table(table, context) if found.rule.code == code)


def _hits(code, table, context=None):
    """Return (row, severity, evidence) of every hit."""
    outcome = _outcome(code, table, context)
    return [(hit.row, hit.severity or outcome.rule.severity, hit.evidence) for hit in outcome.hits]


FOUND = [
    # rule, row, severity, evidence
    ("R24", "质量 验收合格率", E, "验收合格率"),
    ("R24", "质量 验收合格率 ≥", E, "≥"),
    ("R24", "质量 验收合格率 ≥ %", E, "≥ %"),
    ("R24", "成本 项目成本 ≤____万元", E, "≤____万元"),
    ("R24", "社会 工作水平 ≥有效提升", E, "≥有效提升"),
    ("R25", "质量 验收合格率 ≥95百分比", W, "百分比"),
    ("R25", "质量 验收合格率 ≥95百分号", W, "百分号"),
    ("R25", "质量 录入差错率 ≤3千分比", W, "千分比"),
    ("R25", "数量 巡查次数 ≥12次数", W, "次数"),
    ("R25", "数量 培训人数 ≥12仁次", H, "仁次"),
    ("R25", "成本 人均成本 ≤400元/仁", H, "元/仁"),
    ("R26", "时效 按期完成率 ≤1年", W, "按期完成率 ≤1年"),
    ("R26", "时效 资金拨付及时率 30日内", W, "资金拨付及时率 30日内"),
    ("R26", "时效 任务完成及时率 2024年11月底前", W, "任务完成及时率 2024年11月底前"),
    ("R26", "数量 组织学习培训、座谈交流等次数 ≥500人次", W, "组织学习培训、座谈交流等次数 ≥500人次"),
    ("R26", "数量 巡查次数 ≥90%", W, "巡查次数 ≥90%"),
    ("R26", "数量 慰问人数 ≥32户", W, "慰问人数 ≥32户"),
    ("R26", "质量 覆盖比例（全区） ≥12个", W, "覆盖比例（全区） ≥12个"),
    ("R26", "质量 验收合格率 ≥95分", W, "验收合格率 ≥95分"),
    ("R26", "质量 验收合格率 ≥95", W, "验收合格率 ≥95"),
    ("R26", "满意 群众满意度 ≥90人", W, "群众满意度 ≥90人"),
    ("R26", "质量 纠纷调解成功率 ≤1年", W, "纠纷调解成功率 ≤1年"),
    ("R26", "成本 债券付息利率 ≤1年", W, "债券付息利率 ≤1年"),
    ("R27", "时效 任务完成时限 ≤1年", W, "≤1年"),
    ("R27", "时效 按期完成率|按期完成各项工作 ≤12个月", W, "≤12个月"),
    ("R27", "时效 项目完成时间 365天内", W, "365天内"),
    ("R27", "时效 完成时间 1年", W, "1年"),
    ("R28", "时效 工程完工时间 2025年9月底前", E, "2025年9月底前"),
    ("R28", "时效 设备到货时间 ≤2023年6月30日", E, "≤2023年6月30日"),
    ("R28", "时效 施工时间 2024年9月1日至2024年3月31日", E, "2024年9月1日至2024年3月31日"),
    ("R29", "满意 群众满意度 ≤90%", W, "≤90%"),
    ("R29", "质量 验收合格率 不超过95%", W, "不超过95%"),
    ("R29", "社会 城镇登记失业率 ≥4.5%", W, "≥4.5%"),
    ("R29", "质量 系统故障次数 ≥3次", W, "≥3次"),
    ("R29", "质量 培训补贴差错率 ≥0.5%", W, "≥0.5%"),
    ("R29", "质量 检验报告差错率 ≥0.3%", W, "≥0.3%"),
    ("R29", "满意 办事群众好评率 ≤98%", W, "≤98%"),
    ("R29", "满意 居民满意率 ≤90%", W, "≤90%"),
    ("R29", "社会 重大安全事故起数 ＞1起", W, "＞1起"),
    ("R29", "成本 人均培训成本 ≥400元/人", W, "≥400元/人"),
    ("R29", "时效 故障响应时间 ≥30分钟", W, "≥30分钟"),
    ("R29", "时效 故障修复时间 ≥4小时", W, "≥4小时"),
    ("R29", "社会 受益群众人数 ≤2000人", W, "≤2000人"),
    ("R30", "质量 验收合格率 ≥110%", W, "≥110%"),
    ("R30", "质量 设备完好率 ＝120百分比", W, "＝120百分比"),
    ("R30", "质量 覆盖率 90%-105%", W, "90%-105%"),
    ("R30", "质量 差错率 ≤-1%", W, "≤-1%"),
    ("R31", "满意 服务对象满意度 ≥70%", H, "≥70%"),
    ("R31", "质量 培训合格率 ≥60%", H, "≥60%"),
    ("R34", "数量 培训人次 ＝500人次", H, "＝500人次"),
    ("R34", "质量 培训合格率 =95%", H, "=95%"),
    ("R34", "成本 项目总成本 ＝29.73万元", H, "＝29.73万元"),
    ("R34", "质量 供暖室内温度 ＝18℃", H, "＝18℃"),
]
SILENT = [
    # dates, nodes, ranges, grades and words that can be judged are values
    ("R24", "时效 完成时间 9月底前"),
    ("R24", "质量 办公区室温 18–22℃"),
    ("R24", "质量 档案完整程度 齐全"),
    ("R24", "质量 创建等级 ≥AA级"),
    ("R24", "质量 验收等级 ≥合格"),
    ("R24", "经济 营业收入 ≥上年"),
    ("R24", "数量 培训期数 ≥两期"),
    # good units, and compounds of them
    ("R25", "质量 验收合格率 ≥95%"),
    ("R25", "质量 合格率 百分之九十五"),
    ("R25", "成本 补助标准 ≤600元/人·月"),
    ("R25", "成本 公用经费标准 ＝1000元/(生·年)"),
    ("R25", "社会 发病率 ≤130/10万"),
    ("R25", "数量 受益行政村 ≥12个行政村"),
    ("R25", "生态 细颗粒物年均浓度 ≤35微克/立方米"),
    ("R25", "数量 服务器运维数量 30台（套）"),
    ("R25", "数量 网络带宽 ≥1000Mbps"),
    ("R25", "数量 养护面积 ≥3.5万平方米"),
    # rates that are no percentages, counts in other words
    ("R26", "质量 监测频率 ≥4次/年"),
    ("R26", "质量 图像分辨率 ≥1080像素"),
    ("R26", "质量 发电机组功率 ≥200千瓦"),
    ("R26", "质量 建筑容积率 ≤2.0"),
    ("R26", "成本 贷款月利率 ≤5厘"),
    ("R26", "成本 贴息贷款利率 ≤50BP"),
    ("R26", "质量 劳动生产率 ≥12万元/人"),
    ("R26", "社会 孕产妇死亡率 ≤18"),
    ("R26", "社会 甲乙类传染病发病率 ≤130/10万"),
    ("R26", "社会 亿元生产总值事故死亡率 ≤0.012"),
    ("R26", "质量 差错率 ≤3‰"),
    ("R26", "社会 近视率 下降1个百分点"),
    ("R26", "满意 群众满意度 ≥90分"),
    ("R26", "满意 群众满意度 满意"),
    ("R26", "数量 活动场次数 ≥12场"),
    ("R26", "社会 交通事故次数 ≤2起"),
    ("R26", "数量 接待人次数 ≥3000人次"),
    ("R26", "社会 接待游客人数 ≥3万人次"),
    ("R26", "数量 培训人数 ≥32名"),
    ("R26", "数量 巡查次数 ≥12"),
    ("R26", "社会 党员先锋表率 ≥3次"),
    # a node, a service that lasts, a span of its own
    ("R27", "时效 完成时间 2024年11月底前"),
    ("R27", "时效 物业服务时间 ＝12个月"),
    ("R27", "时效 任务完成时限|2024年11月底前完成培训 ≤1年"),
    ("R27", "时效 工程工期 ≤365天"),
    ("R27", "时效 案件平均审理时间 ≤1年"),
    ("R27", "时效 设备质保期 ≥1年"),
    ("R27", "时效 任务完成时限 ≤6个月"),
    ("R27", "数量 服务期限 ≤1年"),
    # within the year; afterwards for a reason
    ("R28", "时效 工程完工时间 2024年12月31日前"),
    ("R28", "时效 绩效自评完成时间 2025年3月底前"),
    ("R28", "时效 补贴发放时间|对上年10月前完工的先建后补 2023年12月底前"),
    ("R28", "时效 施工时间 2024年3月1日至2024年9月30日"),
    # what is done about a bad thing is good; unknown directions stay unknown
    ("R29", "社会 投诉办结率 ≥95%"),
    ("R29", "社会 死亡人数下降比例 ≥3%"),
    ("R29", "社会 死亡率|比上年下降的幅度 ≥3%"),
    ("R29", "质量 故障修复率 ≥95%"),
    ("R29", "社会 失业人员培训人数 ≥200人"),
    ("R29", "质量 不合格率 ≤2%"),
    ("R29", "质量 食品抽检不合格率 ≥2.5%"),
    ("R29", "质量 零差错率 ≥99%"),
    ("R29", "数量 受理投诉件数 ≥1200件"),
    ("R29", "质量 查处违规起数 ≥30起"),
    ("R29", "满意 群众差评率 ≤1%"),
    ("R29", "满意 群众不满意率 ≤3%"),
    ("R29", "质量 不合格产品处置率 ≥98%"),
    ("R29", "质量 无事故天数 ≥365天"),
    ("R29", "成本 成本节约率 ≥5%"),
    ("R29", "成本 补助标准 ≥600元/月"),
    ("R29", "时效 平均办理时间缩短 ≥3天"),
    ("R29", "时效 场馆开放时间 ≥8小时"),
    ("R29", "时效 公示时限 ≥7天"),
    ("R29", "数量 会议次数 ≤4次"),
    ("R29", "经济 资产负债率 ≤60%"),
    ("R29", "成本 预算执行率 ≤100%"),
    # more than all, where that can be
    ("R30", "经济 国有资产保值增值率 ≥102%"),
    ("R30", "经济 销售收入增长率 ≥120%"),
    ("R30", "社会 小学毛入学率 ≥101%"),
    ("R30", "经济 税收增幅 ≥-2%"),
    ("R30", "成本 概算控制率 ≤110%"),
    ("R30", "质量 验收合格率 ＝100%"),
    ("R30", "数量 培训人次 ≥500人次"),
    # what is rightly low
    ("R31", "质量 课题优秀率 ≥30%"),
    ("R31", "质量 差错率 ≤1%"),
    ("R31", "社会 森林覆盖率 ≥35%"),
    ("R31", "满意 群众满意度 ≥85%"),
    ("R31", "满意 群众满意度 ＝100%"),
    # exact by nature
    ("R34", "成本 补助标准 ＝300元/月"),
    ("R34", "成本 临时救助标准 =0.3万元"),
    ("R34", "时效 完成时间 ＝2024年11月底"),
    ("R34", "质量 补助发放准确率 ＝100%"),
    ("R34", "数量 购置电脑台数 ＝35台"),
    ("R34", "数量 慰问人数 =32人"),
    ("R34", "数量 培训人次 ≥500人次"),
    ("R34", "社会 重大事故起数 =0起"),
]


@pytest.mark.parametrize(("code", "line", "severity", "evidence"), FOUND)
def test_the_rule_finds(code, line, severity, evidence):
    table = _table("数量 印制手册数量 ≥520册", line)
    assert _hits(code, table) == [(2, severity, evidence)]
    (hit,) = _outcome(code, table).hits
    assert hit.path == f"indicators/{table.indicators[1].uid}/value"
    assert hit.message.startswith("第2行")
    assert hit.message.endswith("。")


@pytest.mark.parametrize(("code", "line"), SILENT)
def test_the_rule_is_silent(code, line):
    assert _hits(code, _table("数量 印制手册数量 ≥520册", line)) == []


# R25


@pytest.mark.parametrize(
    ("typed", "fixed"),
    [
        ("≥95百分比", "≥95%"),
        (" ≥ 95 百分比 ", " ≥ 95 % "),
        ("≥95（百分比）", "≥95%"),
        ("95百分比以上", "95%以上"),
        ("40百分比-60百分比", "40%-60%"),
        ("≥12次数", "≥12次"),
    ],
)
def test_r25_puts_right_the_unit_and_keeps_the_rest(typed, fixed):
    table = replace(team_table(), indicators=(Indicator(*TIERS["质量"], "合格", "", typed),))
    (hit,) = _outcome("R25", table).hits
    assert (hit.fix.path, hit.fix.before, hit.fix.after) == (hit.path, typed, fixed)


def test_r25_offers_no_fix_for_a_unit_it_does_not_know():
    (hit,) = _outcome("R25", _table("数量 培训人数 ≥12仁次")).hits
    assert hit.fix is None


def test_r25_takes_dictionary_and_spellings_of_the_year():
    table = _table("数量 培训人数 ≥12仁次", "数量 巡查趟数 ≥12回合")
    policy = Policy({}, {"R25.units": [*KNOWN_UNITS, "仁次"], "R25.spellings": {"回合": "次"}})
    assert _hits("R25", table, Context(policy=policy)) == [(2, W, "回合")]


def test_the_dictionary_is_generous():
    assert len(KNOWN_UNITS) > 500
    assert len(set(KNOWN_UNITS)) == len(KNOWN_UNITS)


# R27, R28: the project's own time


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "2023—2025年农村公路改造工程"},
        {"name": "县医院迁建工程（续建）"},
        {"name": "2024-2025学年学生资助"},
        {"goal": "1、2024年完成主体结构。2、2025年9月竣工验收。"},
        {"purpose": "用于跨年度实施的河道治理工程。"},
    ],
)
def test_a_project_of_several_years_may_end_later(fields):
    table = replace(_table("时效 工程完工时间 2025年9月底前", "时效 完成时限 ≤1年"), **fields)
    assert _hits("R28", table) == []
    assert _hits("R27", table) == []


@pytest.mark.parametrize("goal", ["三年后保存率不低于80%。", "为三年级学生体检。", "种植多年生牧草2000亩。"])
def test_a_measure_taken_later_makes_no_project_of_several_years(goal):
    table = replace(_table("时效 栽植完成时间 2025年5月底前", "时效 完成时限 ≤1年"), goal=goal)
    assert _hits("R28", table) == [(1, E, "2025年5月底前")]
    assert _hits("R27", table) == [(2, W, "≤1年")]


def test_r28_compares_start_and_end_of_the_same_thing():
    rows = ("时效 工程开工时间 2024年9月底前", "时效 工程完工时间 2024年6月底前")
    assert _hits("R28", _table(*rows)) == [(2, E, "2024年6月底前")]
    other = "时效 设备安装完成时间 2024年6月底前"
    assert _hits("R28", _table(rows[0], other)) == []


def test_r28_is_not_run_without_dates():
    for table in (team_table(), party_table(), _table("时效 完成时间 9月底前")):
        outcome = _outcome("R28", table)
        assert outcome.state == State.NOT_RUN
        assert outcome.reason == "时效指标没有写明年月的日期，无法与项目起止时间核对。"


# R29 leaves rows to R26 and R27


@pytest.mark.parametrize("line", ["时效 按期完成率 ≤1年", "质量 设备完好率 ≤30天"])
def test_r29_is_silent_where_the_unit_is_wrong(line):
    assert _hits("R29", _table(line)) == []
    assert _hits("R26", _table(line)) != []


# R31, R32: the table as a whole


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("质量 验收合格率 ＝100%", "满意 群众满意度 ≥100%"), [(None, H, "＝100%、≥100%")]),
        (("质量 验收合格率 ＝100%", "满意 群众满意度 ≥92%"), []),
        (("质量 验收合格率 ＝100%", "时效 按期完成率 ＝100%"), []),
    ],
)
def test_r31_doubts_that_everything_is_perfect(lines, found):
    assert _hits("R31", _table(*lines)) == found


def test_r31_takes_the_threshold_of_the_year():
    table = _table("满意 群众满意度 ≥85%")
    assert _hits("R31", table, Context(policy=Policy({}, {"R31.lowest": 90}))) == [(1, H, "≥85%")]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (("≥95%", "≥95百分比", "≥90%"), [(None, H, "95%、95%、90%")]),
        (("≥95%", "＝100%", "100.0%"), [(None, H, "95%、100%、100.0%")]),
        (("≥95%", "≥95%", "≥92%"), []),
        (("≥95%", "≥95%", "≥90‰"), []),
        (("≥95%", "≥90%"), []),
    ],
)
def test_r32_smells_a_template(values, found):
    assert (
        _hits("R32", _table(*(f"质量 指标{place}率 {value}" for place, value in enumerate(values)))) == found
    )


# R35


def _last_year(*lines, budget="18000.00"):
    return Context(last_year=_table(*lines, year=2023, budget=Decimal(budget)))


@pytest.mark.parametrize(
    ("line", "before", "found"),
    [
        ("质量 培训合格率 ≥90%", "质量 培训合格率 ≥95%", [(1, W, "≥95% → ≥90%")]),
        ("数量 培训人次 ≥400人次", "数量 培训人次 ≥500人次", [(1, W, "≥500人次 → ≥400人次")]),
        ("时效 报修处理时间 ≤8小时", "时效 报修处理时间 ≤4小时", [(1, W, "≤4小时 → ≤8小时")]),
        ("质量 培训合格率 ≥95%", "质量 培训合格率 ≥95%", []),
        ("质量 培训合格率 ≥96%", "质量 培训合格率 ≥95%", []),
        ("质量 培训合格率|因首次纳入线上学员 ≥90%", "质量 培训合格率 ≥95%", []),
        ("质量 结业考试合格率 ≥90%", "质量 培训合格率 ≥95%", []),
        ("数量 培训场次 ≥4场", "数量 培训场次 ≥5天", []),
        ("成本 人均成本 ≤500元/人", "成本 人均成本 ≤400元/人", []),
        ("质量 培训合格率 合格", "质量 培训合格率 ≥95%", []),
    ],
)
def test_r35_holds_a_target_against_last_year(line, before, found):
    assert _hits("R35", _table(line), _last_year(before)) == found


def test_r35_lets_counts_fall_with_the_budget():
    context = _last_year("数量 培训人次 ≥500人次", "质量 培训合格率 ≥95%", budget="30000.00")
    table = _table("数量 培训人次 ≥400人次", "质量 培训合格率 ≥90%")
    assert _hits("R35", table, context) == [(2, W, "≥95% → ≥90%")]


def test_r35_is_not_run_without_last_year():
    outcome = _outcome("R35", team_table())
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, "没有该项目上年度的绩效目标，无法比较。")


# The real tables, and any table


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            team_table(),
            {"R25": [(2, W), (5, W), (6, W)], "R26": [(3, W)], "R27": [(3, W)], "R32": [(None, H)]},
        ),
        (
            party_table(),
            {"R25": [(2, W), (5, W), (6, W)], "R26": [(1, W), (3, W)], "R27": [(3, W)], "R32": [(None, H)]},
        ),
    ],
)
def test_the_real_tables_have_the_known_faults_and_no_other(table, expected):
    found = {code: [hit[:2] for hit in _hits(code, table)] for code in CODES}
    assert {code: hits for code, hits in found.items() if hits} == expected
    not_run = {code for code in CODES if _outcome(code, table).state == State.NOT_RUN}
    assert not_run == {"R28", "R35"}


@pytest.mark.parametrize("code", [code for code in CODES if code != "R28"])
def test_a_table_without_indicators_is_not_passed(code):
    outcome = _outcome(code, _table(), _last_year("质量 培训合格率 ≥95%"))
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, "表中还没有绩效指标。")


def _assert_nothing_breaks(table, last_year):
    facts = TableFacts(table, Context(last_year=last_year))
    found = [hit for code in CODES if not RULES[code].blocked(facts) for hit in RULES[code].check(facts)]
    assert all(hit.message.endswith("。") for hit in found)


@given(target_tables(), target_tables())
@settings(max_examples=60, deadline=None)
def test_no_table_breaks_a_rule(table, last_year):
    _assert_nothing_breaks(table, last_year)


def _words(line):
    return line.split()


_PIECES = st.sampled_from(
    [*"≥≤＝=01.%年至前/(）", *_words("95 -7 999999999999999 百分比 次数 个月 人次 2023年 9月 31日")]
)
_WORDS = st.sampled_from(
    [*"不率(）|", *_words("完成 合格 死亡 满意度 次数 人数 比例 时限 成本 工程 开工 完工 时间")]
)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(TIERS)), st.lists(_WORDS, max_size=5), st.lists(_PIECES, max_size=7)),
        max_size=8,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_value_breaks_a_rule(rows):
    indicators = tuple(
        Indicator(*TIERS[tier], "".join(name), "", "".join(value)) for tier, name, value in rows
    )
    table = replace(team_table(), indicators=indicators)
    _assert_nothing_breaks(table, table)
