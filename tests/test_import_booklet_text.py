"""Rows → the booklet: what the real one gives, how others are typed, and what is refused where and why."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.models import Department
from indicators.document import NoteKind
from indicators.importers import ImportRefused, foot_line, read_booklet, read_booklet_text
from indicators.importers.indicator_rows import LARGEST_WEIGHT
from indicators.importers.table import LONGEST_DEPARTMENT_NAME
from indicators.models import Indicator
from perfbudget.lib.money import in_wan
from perfbudget.lib.text import chinese_number
from projects.models import Declaration, DepartmentYear

SEED = Path(__file__).parents[1] / "demo" / "286001_2024.txt"
TEXT = SEED.read_text(encoding="utf-8")
SECOND_TABLE = TEXT.index(" \t286001")
FIRST_HEADING = "[bookmark: _Toc_4_4_0000000004]1.2024年度机关团工作活动经费绩效目标表"
NARRATIVE = TEXT[: TEXT.index(FIRST_HEADING)]
FIRST_TABLE = TEXT[len(NARRATIVE) : SECOND_TABLE] + "\n"


@pytest.fixture(scope="module")
def seed():
    return read_booklet(SEED).booklet


def _read(text, year=None):
    return read_booklet_text(text, year=year).booklet


def _problems(text, year=None) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read_booklet_text(text, year=year)
    return [str(problem) for problem in refused.value.problems]


def _changed(old: str, new: str, text: str = TEXT) -> str:
    assert old in text
    return text.replace(old, new, 1)


def _with_narrative(*lines: str) -> str:
    """Return a booklet whose narrative consists of these lines."""
    return "\n".join(["第一部分 部门整体绩效目标", *lines, "第二部分 预算项目绩效目标", "", FIRST_TABLE])


def _items(items) -> list[str]:
    return [item.text for item in items]


# The real booklet


def test_the_seed_holds_what_it_holds(seed):
    assert (seed.department_code, seed.department_name, seed.year) == ("286001", "曹妃甸区直机关工委", 2024)
    assert len(seed.overall_goals) == 13
    assert len(seed.sub_goals) == 2
    assert [len(section.items) for section in seed.safeguards] == [3, 1, 4]
    assert len(seed.tables) == 2
    assert sum(len(table.milestones) for table in seed.tables) == 8
    assert sum(len(table.indicators) for table in seed.tables) == 12
    assert in_wan(sum(table.budget for table in seed.tables)) == Decimal("31.53")


def test_texts_are_kept_to_the_character(seed):
    assert seed.tables[1].name == "]2024年度机关党组织活动经费"
    assert seed.overall_goals[12].text.endswith("离退休干部和老龄等工作.")
    assert seed.sub_goals[1].goal == (
        "统一领导区直机关团的工作，每年组织开展机关团的工作。                  。"
    )
    assert "<条例〉" in seed.sub_goals[0].goal
    assert seed.safeguards[2].title == "完善制度建设。"


def test_every_text_of_the_seed_arrives(seed):
    """Nothing a person typed is dropped but numbers, outer blanks and what is in the notes."""
    parts = [*_items(seed.overall_goals), *(section.title for section in seed.safeguards)]
    parts += [text for part in seed.sub_goals for text in (part.title, part.goal, part.indicators)]
    parts += [text for section in seed.safeguards for text in _items(section.items)]
    for table in seed.tables:
        parts += [table.project_code, table.name, table.purpose, table.goal]
        for row in table.indicators:
            parts += [row.second_tier, row.name, row.description, row.value, row.basis]
    kept_as_notes = (NoteKind.HEADING, NoteKind.DOUBLED_TITLE, NoteKind.NUMBERING, NoteKind.CONVERSION_MARK)
    notes = [*seed.notes, *(note for table in seed.tables for note in table.notes)]
    parts += [note.text for note in notes if note.kind in kept_as_notes]
    rest = TEXT
    for part in sorted(parts, key=len, reverse=True):
        assert part in rest
        rest = rest.replace(part, "", 1)
    labels = set(rest.split())
    assert labels == {
        *("286001曹妃甸区直机关工委", "单位：万元", "项目编码", "项目名称", "预算规模及资金用途", "预算数"),
        *("其中：财政", "资金", "其他资金", "1.80", "29.73", "资金支出计划（%）", "3月底", "6月底", "10月底"),
        *("12月底", "25%", "60%", "75%", "80%", "100%", "绩效目标", "绩效目标：", "绩效指标："),
        *("一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"),
        *("产出指标", "效益指标", "满意度指标"),
    }


def test_amounts_plan_and_tiers_of_the_seed(seed):
    table = seed.tables[0]
    assert (table.budget, table.fiscal_funding, table.other_funding) == (18000, 18000, None)
    assert [(node.month, node.percent) for node in table.milestones] == [
        (3, 25),
        (6, 60),
        (10, 75),
        (12, 100),
    ]
    assert [(row.first_tier, row.second_tier) for row in table.indicators] == [
        ("产出指标", "数量指标"),
        ("产出指标", "质量指标"),
        ("产出指标", "时效指标"),
        ("产出指标", "成本指标"),
        ("效益指标", "社会效益指标"),
        ("满意度指标", "服务对象满意度指标"),
    ]


def test_sub_goals_are_linked_by_name(seed):
    assert [part.project_codes for part in seed.sub_goals] == [
        ("13020924P00077110001C",),
        ("13020924P00077210002M",),
    ]


def test_notes_keep_what_is_dropped(seed):
    def of_kind(kind, notes):
        return [(note.place, note.text) for note in notes if note.kind == kind]

    assert of_kind(NoteKind.DOUBLED_TITLE, seed.notes) == [
        ("第5行", "一、总体绩效目标"),
        ("第21行", "分项绩效目标"),
        ("第29行", "工作保障措施"),
    ]
    assert of_kind(NoteKind.MISSING_HEADING, seed.notes) == [("第41行", "第二部分")]
    assert ("第41行", "预算项目绩效目标") in of_kind(NoteKind.HEADING, seed.notes)
    numbers = of_kind(NoteKind.NUMBERING, seed.notes)
    assert len(numbers) == 13 + 2 + 3 + 8
    assert ("第30行", "(一 )") in numbers
    assert len(of_kind(NoteKind.CONVERSION_MARK, seed.notes)) == 4
    assert of_kind(NoteKind.OUTER_BLANKS, seed.notes) == [
        ("第23行", "  按照《市委关于贯"),
        ("第24行", "体入党宣誓仪式。   "),
        ("第32行", "着力抓好思想武装 "),
    ]
    first, second = (table.notes for table in seed.tables)
    assert of_kind(NoteKind.HEADING, first) == [("第44行", "1.2024年度机关团工作活动经费绩效目标表")]
    assert of_kind(NoteKind.MISSING_HEADING, second) == [
        ("第129行", "2.]2024年度机关党组织活动经费绩效目标表")
    ]


def test_messages_say_what_was_seen():
    messages = read_booklet(SEED).messages
    assert messages[0] == (
        "读到286001曹妃甸区直机关工委2024年度绩效目标文本：总体绩效目标13项，分项绩效目标2项，"
        "工作保障措施3节8项；绩效目标表2张，资金支出计划8个节点，绩效指标12项，预算数合计31.53万元。"
    )
    assert any("按名称对应项目“2024年度机关团工作活动经费”（13020924P00077210002M）" in m for m in messages)
    assert "第2张表“]2024年度机关党组织活动经费”之前没有标题。" in messages


# How others are typed


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("（一）甲", "（一）"),
        ("(一 ) 甲", "(一 ) "),
        ("（ 十二）甲", "（ 十二）"),
        ("一、甲", "一、"),
        ("1、甲", "1、"),
        ("１．甲", "１．"),
        ("1.甲", "1."),
        ("12) 甲", "12) "),
        ("（3）甲", "（3）"),
        ("①甲", "①"),
    ],
)
def test_typed_numbers_are_dropped_and_noted(typed, number):
    booklet = _read(_with_narrative("一、总体绩效目标", typed))
    assert _items(booklet.overall_goals) == ["甲"]
    assert number in [note.text for note in booklet.notes if note.kind == NoteKind.NUMBERING]


@pytest.mark.parametrize(
    "text",
    ["3.5亿元投入", "（十三五）规划", "2024年完成", "（含本级）甲", "一是加强", "2023、2024年", "十全十美"],
)
def test_what_merely_resembles_a_number_stays(text):
    assert _items(_read(_with_narrative("一、总体绩效目标", text)).overall_goals) == [text]


def test_a_year_after_the_number_stays():
    booklet = _read(_with_narrative("一、总体绩效目标", "1.2024年完成甲"))
    assert _items(booklet.overall_goals) == ["2024年完成甲"]


def test_lines_without_number_go_on_with_the_item():
    booklet = _read(_with_narrative("一、总体绩效目标", "（一）甲", "  1、乙", "丙", "（二）丁"))
    assert _items(booklet.overall_goals) == ["甲\n  1、乙\n丙", "丁"]


def test_a_number_alone_on_its_line_belongs_to_the_next():
    assert _items(_read(_with_narrative("一、总体绩效目标", "（一）", "甲")).overall_goals) == ["甲"]


def test_measures_may_stand_without_numbers_or_sections():
    booklet = _read(_with_narrative("三、工作保障措施", "（一）完善制度", "制定办法。", "（二）自评"))
    assert [(part.title, _items(part.items)) for part in booklet.safeguards] == [
        ("完善制度", ["制定办法。"]),
        ("自评", []),
    ]
    booklet = _read(_with_narrative("三、工作保障措施", "加强领导。"))
    assert [(part.title, _items(part.items)) for part in booklet.safeguards] == [("", ["加强领导。"])]


def test_numbers_inside_the_texts_of_a_sub_goal_are_text():
    booklet = _read(
        _with_narrative(
            "二、分项绩效目标",
            "（一）甲项目",
            "绩效目标：总的",
            "（一）其一",
            "（二）其二",
            "绩效指标：",
            "1、一次",
            "2、两次",
            "（二）乙项目",
            "绩效目标：乙",
        )
    )
    assert [(part.title, part.goal, part.indicators) for part in booklet.sub_goals] == [
        ("甲项目", "总的\n（一）其一\n（二）其二", "1、一次\n2、两次"),
        ("乙项目", "乙", ""),
    ]


def test_sub_goals_without_labels_are_titles_and_goals():
    booklet = _read(_with_narrative("二、分项绩效目标", "（一）甲", "做好甲", "（二）乙"))
    assert [(part.title, part.goal) for part in booklet.sub_goals] == [("甲", "做好甲"), ("乙", "")]


def test_an_unnumbered_title_is_known_by_its_ending():
    booklet = _read(
        _with_narrative(
            "二、分项绩效目标",
            "甲分项绩效目标、绩效指标",
            "绩效目标：一",
            "绩效指标：二",
            "乙分项绩效目标、绩效指标",
            "绩效目标：三",
        )
    )
    assert [(part.title[:1], part.goal, part.indicators) for part in booklet.sub_goals] == [
        ("甲", "一", "二"),
        ("乙", "三", ""),
    ]


@pytest.mark.parametrize(
    ("title", "linked"),
    [
        ("机关团工作活动经费", True),
        ("2024年机关团工作活动经费绩效目标", False),
        ("《机关团工作活动经费》分项绩效目标", True),
        ("机关团组织活动经费", False),
        ("机关团工作活动", False),
        ("", False),
    ],
)
def test_only_equal_names_are_linked(title, linked):
    (part,) = _read(_with_narrative("二、分项绩效目标", f"（一）{title}", "绩效目标：做好")).sub_goals
    assert part.project_codes == (("13020924P00077210002M",) if linked else ())


def test_numbers_in_names_count_for_links():
    text = _with_narrative("二、分项绩效目标", "（一）甲2期", "（二）甲3期").replace(
        "\t2024年度机关团工作活动经费", "\t2024年度甲3期"
    )
    assert [len(part.project_codes) for part in _read(text).sub_goals] == [0, 1]


def test_more_than_ninety_nine_items_are_read():
    lines = [f"（{chinese_number(number)}）第{number}项" for number in range(1, 121)]
    booklet = _read(_with_narrative("一、总体绩效目标", *lines))
    assert _items(booklet.overall_goals)[98:101] == ["第99项", "第100项", "第101项"]


def test_a_booklet_of_tables_alone_is_read():
    booklet = _read(FIRST_TABLE)
    assert (booklet.overall_goals, len(booklet.tables)) == ((), 1)
    missing = [note.text for note in booklet.notes if note.kind == NoteKind.MISSING_HEADING]
    assert missing == ["第二部分", "第一部分", "总体绩效目标", "分项绩效目标", "工作保障措施"]
    (heading,) = booklet.tables[0].notes
    assert heading.kind == NoteKind.HEADING


def test_a_cover_before_the_narrative_is_noted():
    booklet = _read("曹妃甸区直机关工委\n2024年部门预算绩效目标\n" + TEXT)
    assert ("第1行", "曹妃甸区直机关工委") in [(note.place, note.text) for note in booklet.notes]
    assert len(booklet.overall_goals) == 13


def test_other_months_and_counts_are_read():
    text = _changed("\t3月底\n\t6月底\n\t10月底\n\t12月底", "\t5月底\n\t9月\n\t12月末")
    text = _changed("\t25%\n\t60%\n\t75%\n\t100%", "\t２５\n\t \n\t99.5%", text)
    nodes = _read(text).tables[0].milestones
    assert [(node.month, node.percent) for node in nodes] == [(5, 25), (9, None), (12, Decimal("99.5"))]


def test_a_column_of_weights_is_read():
    text = _changed("\t指标值确定依据", "\t权重\n\t指标值确定依据", FIRST_TABLE)
    weights = iter(("10", "12.5%", "", "20", "30", "７"))
    text = "".join(
        f"\t{next(weights)}\n{line}" if line.startswith("\t预算编制") else line
        for line in text.splitlines(keepends=True)
    )
    assert [row.weight for row in _read(text).tables[0].indicators] == [
        *(Decimal(10), Decimal("12.5"), None, Decimal(20), Decimal(30), Decimal(7))
    ]


def test_the_foot_line_is_read():
    foot = "\n\t填报人： 张三\n\t联系电话：0315-8820000\n\t填报日期：2023年11月20日\n\n\t审核人：\n"
    (table,) = _read(FIRST_TABLE.rstrip() + "\n" + foot).tables
    assert (table.preparer, table.preparer_phone) == ("张三", "0315-8820000")
    assert table.prepared_on.isoformat() == "2023-11-20"


def test_control_characters_are_dropped_and_noted():
    table = _read(_changed("组织业务培训", "组织\x07业务培训")).tables[0]
    assert table.indicators[0].name == "组织业务培训"
    assert (NoteKind.CONVERSION_MARK, "U+0007") in [(note.kind, note.text) for note in table.notes]


def test_a_file_without_last_line_end_is_told():
    cut = TEXT[: TEXT.index("\n\n\t\n\t质量")]
    assert "文件在第93行没有换行就结束了，请核对最后一格是否完整。" in read_booklet_text(cut).messages


# The year


@pytest.mark.parametrize(
    ("heading", "name", "year"),
    [
        ("1.2024年度甲绩效目标表", "2024年度甲", 2024),
        ("1.２０２５年甲绩效目标表", "甲", 2025),
        ("甲绩效目标表", "]2023年甲", 2023),
        ("1.冀财农〔2023〕12号2024年甲绩效目标表", "甲", 2024),
        ("1.2024年度十四五（2021-2025年）甲绩效目标表", "2021年至2025年甲", 2024),
        ("1.2024年度甲绩效目标表", "2023年结转甲", 2024),
    ],
)
def test_the_year_is_in_headings_and_names(heading, name, year):
    text = FIRST_TABLE.replace("2024年度机关团工作活动经费\n", f"{name}\n")
    assert _read(text.replace(FIRST_HEADING, heading)).year == year


@pytest.mark.parametrize(
    ("heading", "name", "words"),
    [
        ("1.2024年度甲绩效目标表", "2023年度甲", "年度不一致（2023年、2024年）"),
        ("1.甲绩效目标表", "甲", "没有写明预算年度"),
        ("1.提前下达2024年甲绩效目标表", "冀财农〔2023〕12号甲", "没有写明预算年度"),
    ],
)
def test_without_one_year_it_is_asked_for(heading, name, words):
    text = FIRST_TABLE.replace("2024年度机关团工作活动经费\n", f"{name}\n").replace(FIRST_HEADING, heading)
    (problem,) = _problems(text)
    assert words in problem
    assert problem.endswith("请另行指明预算年度（命令中用 --year）。")
    assert _read(text, year=2024).year == 2024


def test_a_given_year_wins_and_is_told():
    reading = read_booklet_text(TEXT, year=2025)
    assert (reading.booklet.year, reading.booklet.tables[0].year) == (2025, 2025)
    assert "标题和项目名称写的是2024年，已按指定的2025年度读取。" in reading.messages


# What is refused


CODE = "\t13020924P00077210002M"
PURPOSE = "\n\t" + TEXT[TEXT.index("\n\t区直机关工委于") : TEXT.index("\n\n\t资金支出计划")] + "\n"
DAMAGE = {
    (
        CODE,
        "\t13020924P0007721000",
    ): "第49行第2格：项目编码“13020924P0007721000”有19个字符，应为21位",
    (CODE, "\t"): "第49行第2格：项目编码“”有0个字符，应为21位数字和字母，请核对后改正。",
    ("\t286001曹", "\t28600曹"): "第45行第1格：“28600曹妃甸区直机关工委”开头的单位编码应为6位数字，现为5位",
    (
        "\t286001曹",
        "\t2860011曹",
    ): "第45行第1格：“2860011曹妃甸区直机关工委”开头的单位编码应为6位数字，现为7位",
    ("\t286001曹妃甸区直机关工委", "\t286001"): "第45行第1格：单位编码“286001”之后没有单位名称，请补上。",
    ("万元", "元"): "第46行第2格：金额单位应为“万元”，现为“元”，本系统不作换算，请改正后再导入。",
    ("\t1.80", "\t一万八"): "第55行第3格：预算数“一万八”不是金额，应为以万元为单位的数字，例如 1.80。",
    ("\t1.80", "\t1.8000001"): "第55行第3格：预算数“1.8000001”万元的小数超过六位，不足一分",
    ("\t1.80", "\t" + "9" * 99): f"第55行第3格：预算数“{'9' * 40}”万元过大，请核对计量单位是否为万元。",
    ("\t25%", "\t四分之一"): "第71行第2格：资金支出计划“四分之一”不是百分比，应为数字，例如 25 或 25%。",
    ("\t3月底", "\t13月底"): "第65行第2格：“13月底”不是支出计划的月份，应为1至12月的月底，例如“3月底”。",
    ("\t3月底", "\t"): "第65行第2格：“”不是支出计划的月份",
    ("\t3月底", "\t7月底"): "第64行：资金支出计划的月份应由小到大且不重复，请改正。",
    ("\t预算数\n", "\t预算合计\n"): "第54行第2格：此格应为“预算数”，现为“预算合计”，请改正。",
    ("\t绩效目标\n", "\t目标\n"): "第76行：以“目标”开头的一行无法识别，请对照官方表式核对。",
    ("\t100%\n", ""): "第70行：以空格开头的一行应有5格，实有4格，请补全或删去多余的单元格。",
    ("\t≥2次\n", ""): "第88行：绩效指标一行应有6格，实有5格（以“产出指标”开头），请补全或删去多余的单元格。",
    ("\t指标值\n", "\t目标\n"): "第85行第5格：表头“目标”无法识别，应为",
    (
        "\t组织开展",
        "\t组织\n\n开展",
    ): "第93行：文字“开展业务活动培训”不属于任何单元格或标题",
    (PURPOSE, ""): "第61行：这一行之前缺少资金用途一行，请补全。",
}


@pytest.mark.parametrize(("change", "problem"), DAMAGE.items())
def test_damage_is_refused_with_line_cell_and_reason(change, problem):
    found = _problems(_changed(*change))
    assert any(each.startswith(problem) for each in found), found


def test_what_the_database_cannot_hold_is_refused():
    name, preparer = "局" * (LONGEST_DEPARTMENT_NAME + 1), "张" * (foot_line.LONGEST["preparer"] + 1)
    text = _changed("286001曹妃甸区直机关工委", f"286001{name}", FIRST_TABLE).rstrip()
    problems = _problems(f"{text}\n\n\t填报人：{preparer}\n")
    assert problems[0].endswith("过长，最多200个字，请核对。")
    assert problems[1].endswith("过长，最多50个字，请缩短。")


def test_the_limits_are_those_of_the_database():
    assert Department._meta.get_field("name").max_length == LONGEST_DEPARTMENT_NAME
    assert DepartmentYear._meta.get_field("name").max_length == LONGEST_DEPARTMENT_NAME
    for name, longest in foot_line.LONGEST.items():
        assert Declaration._meta.get_field(name).max_length == longest
    weight = Indicator._meta.get_field("weight")
    assert (weight.max_digits, weight.decimal_places) == (6, 2)
    assert weight.to_python("9999.99") == LARGEST_WEIGHT


def test_all_problems_come_at_once():
    text = _changed("\t1.80", "\t？")
    text = _changed("\t29.73", "\t！", text)
    text = _changed("\t80%", "\t～", text)
    assert [problem.split("：")[0] for problem in _problems(text)] == [
        "第55行第3格",
        "第139行第3格",
        "第157行第4格",
    ]


def test_a_truncated_table_is_refused():
    text = TEXT[: TEXT.index("\t一级指标", SECOND_TABLE)]
    (problem,) = _problems(text)
    assert problem == "第129行：从这里开始的表格缺少“绩效指标”部分，文件可能不完整，请补全。"


def test_a_table_cut_off_below_its_header_is_refused():
    text = TEXT[: TEXT.index("\t产出指标", SECOND_TABLE)]
    (problem,) = _problems(text)
    assert problem.endswith("绩效指标的表头之下没有任何一行，文件可能不完整，请补全。")


def test_a_heading_without_table_is_refused():
    (problem,) = _problems(TEXT + "3.2024年度丙绩效目标表\n")
    assert "文字“3.2024年度丙绩效目标表”不属于任何单元格或标题" in problem


def test_a_booklet_without_tables_is_refused():
    (problem,) = _problems(NARRATIVE)
    assert problem.startswith("全文：没有找到绩效目标表")


def test_a_table_without_its_first_line_is_refused():
    text = FIRST_TABLE.replace("\t286001曹妃甸区直机关工委\n\t单位：万元\n", "")
    (problem,) = _problems(text)
    assert problem == "第3行：从这里开始的表格缺少“单位编码名称”部分，文件可能不完整，请补全。"


def test_the_same_project_twice_is_refused():
    (problem,) = _problems(TEXT.rstrip() + "\n\n" + FIRST_TABLE)
    assert problem.endswith(
        "项目编码“13020924P00077210002M”与第49行第2格重复，一个项目只能有一张表，请删去或改正。"
    )


def test_the_whole_booklet_twice_is_refused():
    problems = _problems(TEXT + TEXT)
    assert (
        problems[0] == "第216行：标题“第一部分”再次出现，一个文件只能有一本绩效目标文本，请删去重复的部分。"
    )
    assert len(problems) == 3
    assert all("重复" in problem for problem in problems[1:])


def test_a_section_twice_is_refused():
    (problem,) = _problems(_with_narrative("一、总体绩效目标", "（一）甲", "一、总体绩效目标", "（一）乙"))
    assert problem.startswith("第4行：标题“一、总体绩效目标”再次出现")


def test_two_departments_are_refused():
    second = TEXT[SECOND_TABLE:].replace("286001曹妃甸区直机关工委", "286002曹妃甸区直机关工会")
    (problem,) = _problems(TEXT[:SECOND_TABLE] + second)
    assert problem.startswith(
        "第129行第1格：单位“286002曹妃甸区直机关工会”与第45行第1格的“286001曹妃甸区直机关工委”不一致"
    )


def test_two_goals_in_one_sub_goal_are_refused():
    text = _with_narrative("二、分项绩效目标", "（一）甲", "绩效目标：一", "乙项目", "绩效目标：二")
    (problem,) = _problems(text)
    assert problem.startswith("第6行：同一项分项绩效目标中又出现“绩效目标：”，请检查是否缺少下一项的标题")


def test_text_outside_every_section_is_refused():
    (problem,) = _problems(_with_narrative("加强领导。", "提高认识。"))
    assert problem.startswith("第2行：从“加强领导。”起的2行文字不在任何一节之下")


def test_cells_outside_every_table_are_refused():
    (problem,) = _problems(_with_narrative("一、总体绩效目标", "\t加强领导。", ""))
    assert problem.startswith("第3行：以“加强领导。”开头的单元格不属于任何绩效目标表")


def test_foreign_text_is_refused():
    problems = _problems("hello\nworld\n")
    assert problems[0].startswith("全文：没有找到绩效目标表")


def test_many_problems_are_counted():
    text = FIRST_TABLE + "文字\n\n" * 150
    problems = _problems(text)
    assert len(problems) == 101
    assert problems[-1] == "全文：另有50处问题未列出，请先改正以上各处。"


def _outcome(text):
    """Return the booklet, or the problems of the refusal; anything else raised fails the test."""
    try:
        return read_booklet_text(text, year=2024).booklet, ()
    except ImportRefused as refused:
        return None, refused.problems


@given(st.integers(0, len(TEXT)), st.integers(0, 200))
def test_any_cut_is_read_or_refused(start, length):
    booklet, problems = _outcome(TEXT[:start] + TEXT[start + length :])
    assert booklet or problems
    assert all(problem.place and problem.message.endswith("。") for problem in problems)


@given(st.permutations(TEXT.split("\n")).map("\n".join) | st.text())
def test_any_text_is_read_or_refused(text):
    booklet, problems = _outcome(text)
    assert (booklet is None) == bool(problems)
