"""R41–R46, R61, R62: effects, satisfaction, descriptions, and what a quality or one indicator is."""

from dataclasses import replace

import pytest

from indicators.checks import RULES, Context, Policy, Severity, State, check_table
from indicators.document import Indicator
from tests.sample_documents import long_table, party_table, team_table

W, H = Severity.WARNING, Severity.HINT
SECOND_TIERS = {
    "数量": ("产出指标", "数量指标"),
    "质量": ("产出指标", "质量指标"),
    "时效": ("产出指标", "时效指标"),
    "效益": ("效益指标", "社会效益指标"),
    "可持续": ("效益指标", "可持续影响指标"),
    "满意度": ("满意度指标", "服务对象满意度指标"),
}


def _table(*rows: str):
    """Return a table with rows written as “tier | name | description | value | basis”."""
    indicators = []
    for row in rows:
        tier, *texts = (part.strip() for part in row.split("|"))
        indicators.append(Indicator(*SECOND_TIERS[tier], *texts))
    return replace(party_table(), indicators=tuple(indicators))


def _outcome(code, table, context=None):
    return next(found for found in check_table(table, context) if found.rule.code == code)


FOUND = [
    # rule, row, severity, cell, evidence
    ("R41", "效益 | 提供优质服务 | 提供优质服务、提高工作绩效 | ≥95%", W, "name", "提供优质服务"),
    ("R41", "效益 | 开展各项工作 | 按要求开展 | 有效", W, "name", "开展"),
    ("R41", "效益 | 完成上级交办任务 | 各项任务 | 100%", W, "name", "完成"),
    ("R41", "可持续 | 开展活动次数 | 台账记录 | ≥4次", W, "name", "开展"),
    ("R41", "效益 | 提供公共文化服务 | 免费开放 | 有效", W, "name", "提供公共文化服务"),
    ("R41", "效益 | 任务完成率 | 完成数占计划数的比例 | ≥95%", W, "name", "任务完成率"),
    ("R41", "效益 | 设备验收合格率 | 验收单 | ≥95%", W, "name", "设备验收合格率"),
    ("R42", "效益 | 提供优质服务 | 提供优质服务、提高工作绩效 | ≥95百分比", W, "name", "优质"),
    ("R42", "效益 | 进一步提高工作水平 | 工作水平情况 | ≥90%", W, "name", "进一步"),
    ("R42", "效益 | 有效改善工作条件 | 工作条件情况 | ≥90%", W, "name", "有效"),
    ("R42", "质量 | 提高工作质量 | 保障工作 | ≥95%", W, "name", "提高"),
    ("R42", "效益 | 提高工作效率 | 提升办事水平 | ≥95", W, "name", "提高"),
    ("R43", "效益 | 受益群众满意度 | 问卷调查 | ≥90%", W, "name", "满意度"),
    ("R44", "满意度 | 服务对象满意度 | 提高服务对象满意度 | ≥90%", W, "name", "服务对象满意度"),
    ("R44", "满意度 | 服务对象满意度 | 不断提升满意程度 | ≥90%", W, "name", "服务对象满意度"),
    ("R44", "满意度 | 社会公众或服务对象满意程度 | | ≥90%", W, "name", "社会公众或服务对象满意程度"),
    ("R44", "满意度 | 服务对象满意度 | 通过问卷调查取得 | ≥90%", H, "name", "服务对象满意度"),
    ("R44", "满意度 | 参训人员满意度 | 参训人员对培训的满意程度 | ≥90%", H, "description", "参训人员满意度"),
    ("R45", "满意度 | 服务对象满意度 | 提高服务对象满意度 | ≥90%", W, "description", "提高服务对象满意度"),
    ("R45", "数量 | 培训班期数 | 培训班期数。 | ≥2期", W, "description", "培训班期数。"),
    (
        "R45",
        "效益 | 提升基层治理能力 | 加强基层治理能力情况 | 有效",
        W,
        "description",
        "加强基层治理能力情况",
    ),
    ("R46", "效益 | 基层治理能力 | 提升基层治理能力 | 有效提升", W, "description", "有效提升"),
    ("R46", "可持续 | 长期影响 | 发挥长期作用 | 长期", W, "description", "长期"),
    ("R46", "效益 | 服务水平 | | ≥良好", W, "description", "≥良好"),
    ("R61", "质量 | 正常运转率 | 保障正常运转 | ≥95%", H, "name", "正常运转率"),
    ("R61", "质量 | 综合事务管理工作完成率 | 完成各项工作 | ≥90%", H, "name", "完成率"),
    ("R61", "质量 | 预算执行率 | 支出占预算的比例 | ≥95%", H, "name", "预算执行率"),
    (
        "R62",
        "数量 | 组织学习培训、座谈交流等次数 | 台账 | ≥500人次",
        H,
        "name",
        "组织学习培训、座谈交流等次数",
    ),
    ("R62", "数量 | 购置桌椅、空调数量 | 入库单 | ≥50台", H, "name", "购置桌椅、空调数量"),
    ("R62", "数量 | 印制宣传册等材料份数 | 入库单 | ≥500份", H, "name", "印制宣传册等材料份数"),
]

SILENT = {
    "R41": [
        "效益 | 提供就业岗位数 | 劳动合同数 | ≥200个",
        "效益 | 提供决策参考 | 报告被采纳为有效 | 有效",
        "效益 | 完成固定资产投资额 | 统计报表 | ≥2亿元",
        "效益 | 义务教育完成率 | 教育统计报表 | ≥98%",
        "效益 | 组织化程度 | 入社农户占比 | ≥60%",
        "效益 | 水质达标率 | 监测报告 | ≥95%",
        "效益 | 提升群众安全感 | 抽样调查 | 有效提升",
        "效益 | 保障师生用餐安全 | 未发生食品安全事故为有效 | 有效",
        "质量 | 任务完成率 | 完成数占计划数的比例 | ≥95%",
        "满意度 | 提供优质服务满意度 | 问卷 | ≥95%",
    ],
    "R42": [
        "效益 | 提高粮食产量 | 增产数 | ≥5%",
        "效益 | 农民收入有效提高 | 与上年比 | ≥5%",
        "效益 | 有效投诉率 | 有效投诉 | ≤1%",
        "效益 | 就业率进一步提升 | 毕业生 | ≥90%",
        "效益 | 提升群众安全感 | 群众 | ≥95%",
        "效益 | 优质服务 | 回访满意件数占办结件数的比例 | ≥95%",
        "质量 | 优质课获奖节数 | 区级以上 | ≥11节",
        "质量 | 优质校创建 | 命名文件 | ≥3所",
        "效益 | 有效提升服务能力 | 服务能力 | 有效提升",
        "数量 | 加强培训 | 培训 | ≥90%",
        "满意度 | 提高满意度 | 提高 | ≥90%",
    ],
    "R43": [
        "满意度 | 受益群众满意度 | 问卷调查 | ≥90%",
        "效益 | 群众安全感 | 抽样调查 | ≥95%",
        "效益 | 投诉率 | 投诉件数占办件数的比例 | ≤1%",
    ],
    "R44": [
        "满意度 | 参训人员满意度 | 对参训人员问卷调查，样本不少于50份 | ≥90%",
        "满意度 | 服务对象满意度 | 对办事企业和群众电话回访 | ≥90%",
        "满意度 | 群众满意度 | 社区居民抽样调查 | ≥90%",
        "效益 | 服务对象满意度 | | ≥90%",
        "满意度 | | | ≥90%",
    ],
    "R45": [
        "数量 | 培训党务干部人次 | 按签到表统计的培训党务干部人次 | ≥500人次",
        "效益 | 提供优质服务 | 提供优质服务、提高工作绩效 | ≥95%",
        "数量 | 培训班期数 | | ≥2期",
        "数量 | 组织业务培训 | 组织开展业务活动培训 | ≥2次",
    ],
    "R46": [
        "效益 | 长效机制建立情况 | 已印发管理办法并按办法运行为建立 | 制度健全",
        "效益 | 治理能力 | 由主管部门年终考核认定 | 有效提升",
        "效益 | 服务水平 | 投诉件数同比下降为有效 | 有效提升",
        "效益 | 服务水平 | 提升服务水平 | 有效提升 | 《绩效考核办法》",
        "质量 | 设备质量 | 设备情况 | 合格",
        "质量 | 工程质量 | 工程情况 | 符合国家标准",
        "时效 | 完成时间 | 完成情况 | 及时",
        "效益 | 受益人数 | 受益情况 | ≥500人",
        "效益 | 服务水平 | 提升服务水平 | 定性：群众办事更方便",
    ],
    "R61": [
        "质量 | 系统正常运行率 | 正常运行时间占比 | ≥99%",
        "质量 | 设备正常运转率 | 正常运转时间占比 | ≥99%",
        "质量 | 问题整改完成率 | 已整改数占比 | ≥99%",
        "质量 | 培训合格率 | 合格人数占比 | ≥95%",
        "数量 | 任务完成率 | 完成数占比 | ≥95%",
    ],
    "R62": [
        "数量 | 高等学校数 | 名录 | ≥3所",
        "质量 | 优秀等级占比 | 考核 | ≥30%",
        "质量 | 一等奖获奖数 | 文件 | ≥1项",
        "质量 | 优秀等次率 | 考核 | ≥20%",
        "效益 | 甲、乙类传染病发病率 | 每10万人 | ≤163/10万",
        "数量 | 帮扶老、弱、病、残人数 | 台账 | ≥20人",
        "数量 | “两优一先”评选次数 | 文件 | =2次",
        "数量 | 购置设备（电脑、打印机）数量 | 入库单 | ≥20台",
        "效益 | 减轻企业、群众负担 | 减负 | 有效",
        "满意度 | 教师、学生满意度 | 问卷 | ≥90%",
        "效益 | 公平等待时间 | 抽查 | ≤10分钟",
    ],
}


@pytest.mark.parametrize(("code", "row", "severity", "cell", "evidence"), FOUND)
def test_the_cell_is_found(code, row, severity, cell, evidence):
    table = _table(row)
    outcome = _outcome(code, table)
    assert outcome.state == State.FOUND
    [hit] = outcome.hits
    assert hit.path == f"indicators/{table.indicators[0].uid}/{cell}"
    assert (hit.row, hit.severity or outcome.severity, hit.evidence, hit.fix) == (1, severity, evidence, None)
    assert hit.message.endswith("。")


@pytest.mark.parametrize(("code", "row"), [(code, row) for code, rows in SILENT.items() for row in rows])
def test_what_is_close_but_right_is_silent(code, row):
    assert _outcome(code, _table(row)).state == State.PASSED


def test_an_effect_described_like_the_satisfaction_is_found():
    copied = "参训学员对培训的评价"
    table = _table(f"效益 | 培训效果 | {copied} | ≥90%", f"满意度 | 参训人员满意度 | {copied} | ≥90%")
    outcome = _outcome("R43", table)
    assert [(hit.row, hit.path.rpartition("/")[2]) for hit in outcome.hits] == [(1, "description")]
    blank = _table("效益 | 培训效果 | | ≥90%", "满意度 | 参训人员满意度 | | ≥90%")
    assert _outcome("R43", blank).state == State.PASSED


def test_satisfaction_under_the_first_tier_of_effects_is_no_effect():
    row = Indicator("效益指标", "服务对象满意度指标", "参训人员满意度", "问卷调查", "≥90%")
    table = replace(party_table(), indicators=(row,))
    assert _outcome("R43", table).state == State.PASSED
    assert _outcome("R44", table).state == State.PASSED


# R45: no formula anywhere

PLAIN = (
    "数量 | 培训 | 组织培训班 | ≥2期",
    "质量 | 合格率 | 保证质量 | ≥90%",
    "时效 | 时间 | 按期完成 | ≤1年",
)


def test_a_table_without_any_formula_is_hinted_once():
    outcome = _outcome("R45", _table(*PLAIN))
    assert outcome.severity == H
    assert [(hit.path, hit.row) for hit in outcome.hits] == [("indicators", None)]
    assert outcome.hits[0].message == "全表的绩效指标描述都没有写统计口径或计算公式。"


@pytest.mark.parametrize(
    "rows",
    [
        PLAIN[:2],
        (*PLAIN, "满意度 | 学员满意度 | 满意人数占参训人数的比例 | ≥90%"),
        (*PLAIN, "数量 | 图书册数 | 以入库单为准 | ≥90册"),
        (PLAIN[0], PLAIN[1], "时效 | 时间 | | ≤1年"),
    ],
)
def test_one_formula_or_few_descriptions_are_enough(rows):
    assert _outcome("R45", _table(*rows)).state == State.PASSED


# Word lists of the year


def test_the_words_of_the_year_hold():
    table = _table("效益 | 落实惠民政策 | 惠民 | ≥90%")
    assert _outcome("R41", table).state == State.PASSED
    policy = Policy({}, {"process_words": ["落实"], "vague_words": ["惠民"]})
    assert _outcome("R41", table, Context(policy=policy)).hits[0].evidence == "落实"
    assert _outcome("R42", table, Context(policy=policy)).hits[0].evidence == "惠民"
    nothing = Context(policy=Policy({}, {"process_words": [], "vague_words": [""]}))
    for code in ("R41", "R42"):
        table = _table("效益 | 开展优质培训 | 培训 | ≥90%")
        assert _outcome(code, table, nothing).state == State.PASSED


# The real booklet

REAL = {
    "R41": ([5], [5]),
    "R42": ([5], [5]),
    "R43": ([], []),
    "R44": ([6], [6]),
    "R45": ([6, None], [1, 6, None]),
    "R46": ([], []),
    "R61": ([2], [2]),
    "R62": ([], [1]),
}


@pytest.mark.parametrize("code", REAL)
def test_the_real_tables(code):
    outcomes = [_outcome(code, table) for table in (team_table(), party_table())]
    assert tuple([hit.row for hit in outcome.hits] for outcome in outcomes) == REAL[code]
    expected = H if code in ("R61", "R62") else W
    assert {outcome.severity for outcome in outcomes} == {expected}


@pytest.mark.parametrize("code", REAL)
def test_a_long_table_of_countable_rows_has_no_warning(code):
    outcome = _outcome(code, long_table())
    assert outcome.state == State.PASSED or outcome.severity == H


@pytest.mark.parametrize("code", REAL)
def test_each_rule_tells_basis_advice_and_example(code):
    rule = RULES[code]
    assert all((rule.title, rule.basis, rule.advice, rule.example))
    assert rule.advice.endswith("。")
