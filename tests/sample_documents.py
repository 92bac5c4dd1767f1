"""Documents the renderers are tried on: a real booklet, a long table, an empty one, a hostile one."""

import datetime
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from indicators.document.model import (
    Booklet,
    Indicator,
    Milestone,
    NarrativeItem,
    SafeguardSection,
    SubGoal,
    TargetTable,
    new_uid,
)
from indicators.importers import read_booklet
from indicators.layout.booklet import lay_out_booklet, lay_out_publication, lay_out_summary
from indicators.layout.publication import Publication
from indicators.layout.table import PrintOptions

SEED = Path(__file__).parent.parent / "demo" / "286001_2024.txt"
DEPARTMENT = {"year": 2024, "department_code": "286001", "department_name": "曹妃甸区直机关工委"}
HOSTILE_TEXTS = (
    "=1+1",
    "@SUM(A1)",
    "+86",
    "-1",
    "<b>&amp;</b> ]]> \"引号\" '单引号'",
    "响铃\x07退格\x08空\x00竖\x0b页\x0c删\x7f",
    "非字符\ufffe与\uffff",
    "表情👩‍🌾与䶮𬭎𠅤",
    "_x0041_",
    "<r>原样</r>",
    "制表\t符",
    "\n首尾换行\n",
    "https://example.invalid/很长的地址" + "a" * 120,
)


def team_table() -> TargetTable:
    """Return the first table of the real booklet, 机关团工作活动经费, with who filed it."""
    return replace(
        _real_table(0),
        preparer="张三",
        preparer_phone="0315-8820000",
        prepared_on=datetime.date(2023, 11, 20),
    )


def party_table() -> TargetTable:
    """Return the second table of the real booklet, 机关党组织活动经费, with its stray bracket."""
    return _real_table(1)


@cache
def _real_table(number: int) -> TargetTable:
    return replace(read_booklet(SEED).booklet.tables[number], notes=())


def seed_booklet() -> Booklet:
    """Return the real booklet, its narrative shortened."""
    return Booklet(
        **DEPARTMENT,
        overall_goals=(
            NarrativeItem(
                "统一组织、规划、部署区直机关党的工作，提出加强和改进机关党的建设的意见和建议，研究制定工作规划，"
                "并抓好组织实施。"
            ),
            NarrativeItem("指导区直机关党的政治建设、思想建设、组织建设、作风建设、纪律建设。"),
            NarrativeItem("指导各级党组织加强基层组织建设，做好党员发展、教育管理等工作。"),
        ),
        sub_goals=(
            SubGoal(
                "机关党组织活动经费分项绩效目标、绩效指标",
                "工委统筹使用党组织活动经费，用于基层党组织创建；党员和党务工作者的培训；表彰优秀党员。",
                "1、培训党务干部500人次。2、举办1-2期入党积极分子培训班。",
            ),
        ),
        safeguards=(
            SafeguardSection(
                "完善制度建设。",
                (
                    NarrativeItem("本单位制定了财务管理制度、内部控制管理办法、资金管理办法。"),
                    NarrativeItem("做好绩效自评。\n对评价中发现的问题及时整改。"),
                ),
            ),
        ),
        tables=(team_table(), party_table()),
    )


def long_table(indicators: int = 40, goal_length: int = 2000) -> TargetTable:
    """Return a table of several pages: many indicators, a goal taller than a row of a worksheet may be."""
    sentence = "推进乡村道路养护管理，完成县乡公路日常巡查、路面修补与安全设施更新，保障群众安全便捷出行；"
    goal = "\n".join(f"{number}、{sentence * 2}" for number in range(1, 100))[:goal_length]
    tiers = (
        ("产出指标", "数量指标"),
        ("产出指标", "质量指标"),
        ("产出指标", "时效指标"),
        ("成本指标", "经济成本指标"),
        ("效益指标", "生态效益指标"),
        ("满意度指标", "服务对象满意度指标"),
    )
    rows = tuple(
        (
            *tiers[number * len(tiers) // indicators],
            f"第{number + 1}项养护工程完成里程与验收合格情况",
            f"反映第{number + 1}项工程实际完成里程占计划里程的比例，按验收报告逐段核算" * (1 + number % 3),
            f"≥{90 + number % 10}.5%",
        )
        for number in range(indicators)
    )
    return TargetTable(
        year=2025,
        department_code="301002",
        department_name="某某县交通运输局公路事业发展中心",
        project_code="13022925P00088110003X",
        name="农村公路日常养护及生命安全防护工程专项补助资金（含提前下达2025年省级资金）",
        budget=Decimal("123456789.01"),
        fiscal_funding=Decimal("100000000.00"),
        other_funding=Decimal("23456789.01"),
        purpose=sentence * 4,
        milestones=_milestones("12.5", "33.33", "75", "100"),
        goal=goal,
        indicators=_indicators(rows, basis="历史标准：近三年平均值"),
    )


def blank_table() -> TargetTable:
    """Return a table nobody has filled in yet."""
    return TargetTable(**DEPARTMENT, project_code="", name="")


def hostile_table() -> TargetTable:
    """Return a table whose texts are formulas, markup, control characters and halves of characters."""
    rows = tuple(("产出指标", text, text, text, text) for text in HOSTILE_TEXTS)
    return TargetTable(
        **DEPARTMENT,
        project_code="000012345678901234567",
        name="=HYPERLINK(\"http://example.invalid\",'[单击]:*?/\\')",
        budget=Decimal("9999999999999.99"),
        fiscal_funding=Decimal("-0.01"),
        other_funding=Decimal("0"),
        purpose="\n".join(HOSTILE_TEXTS),
        milestones=_milestones("0", "260", None, "99999.99"),
        goal="=1+1",
        indicators=_indicators(rows, basis="@x", weight=Decimal("12.50")),
    )


def sample_publications() -> dict[str, Publication]:
    """Return what the renderers are tried on, by name; long, hostile and summary take several pages."""
    booklet = seed_booklet()
    many = replace(booklet, tables=tuple(replace(table, uid=new_uid()) for table in booklet.tables * 15))
    return {
        "booklet": lay_out_booklet(booklet, PrintOptions(foot_line=True, draft=True)),
        "table": lay_out_publication(party_table(), PrintOptions(blank_other_as_zero=True)),
        "blank": lay_out_publication(blank_table(), PrintOptions()),
        "hostile": lay_out_publication(hostile_table(), PrintOptions(weights=True)),
        "long": lay_out_publication(long_table(), PrintOptions(foot_line=True)),
        "summary": lay_out_summary(many, PrintOptions(draft=True)),
    }


def _milestones(*percents: str | None) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(month, None if percent is None else Decimal(percent))
        for month, percent in zip((3, 6, 10, 12), percents, strict=True)
    )


def _indicators(rows, basis: str = "预算编制", weight: Decimal | None = None) -> tuple[Indicator, ...]:
    return tuple(Indicator(*row, basis, weight) for row in rows)
