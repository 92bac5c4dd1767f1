"""Hypothesis strategies: documents as departments write them, and as they should never be but are.

``booklets()`` and ``target_tables()`` give anything the database can hold. ``readable_booklets()`` keeps to
what a printed booklet says without a doubt (docs/booklet-format.md, “What cannot be told apart”).
"""

import dataclasses
import datetime
import re
import unicodedata
from decimal import Decimal

from hypothesis import strategies as st

from indicators.document import (
    Beneficiaries,
    Booklet,
    ImportNote,
    Indicator,
    Milestone,
    NarrativeItem,
    NoteKind,
    SafeguardSection,
    SubGoal,
    TargetTable,
)
from perfbudget.lib.text import clean_text


def _words(line: str) -> list[str]:
    return line.split()


WORDS = (
    *_words("加强 推进 组织 开展 党务干部培训 志愿服务活动 设备购置 乡村振兴 印制材料 完成率 及时率 满意度"),
    *_words("500人次 2次 3.5亿元 2024年 95百分比 ， 。 ； 、 ] （一） 1、 （续） …"),
    *_words("《关于贯彻<条例〉的实施细则》 “两优一先” 冀财农〔2023〕12号 (2023-2025年)"),
)
HOSTILE = (
    *_words("=SUM(A1:A9) +86 -1 @x <b>&amp;</b> ]]> {{x}} {%if%} ' \" \\ %s $ _x0041_ null 0 é 𠮷 👩‍🌾"),
    *_words("项目编码 绩效目标： 单位：万元 一级指标 填报人： 286001 绩效目标表"),
    *("  ", "\u3000", "\xa0", "\u200b", "\u2028", "\ufeff", "\u202e"),
)
TIERS = (
    *_words("产出指标 效益指标 满意度指标 成本指标 数量指标 质量指标 时效指标 社会效益指标"),
    *("", " ", "产出指标 ", "产出\n指标"),
)
VALUES = (*_words("≥2次 ≥95百分比 ≤1.8万元 ＝100.00(%) 1-2期 9月底前 可控 500 2024年7月1日前"), "")
FRAMES = ("2015", "2021")
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MOST_MILESTONES = 10  # as many columns the form has for them

_pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(HOSTILE),
    st.text(max_size=3).map(clean_text),
)
_lines = st.lists(_pieces, max_size=6).map("".join)


def texts(*, lines: int = 3) -> st.SearchStrategy[str]:
    """Text as a form leaves it: no tab or control character, outer blanks stripped, some lines blank."""
    return st.lists(_lines, max_size=lines).map("\n".join).map(clean_text)


def untidy_texts(*, lines: int = 3) -> st.SearchStrategy[str]:
    """The same with outer blanks, as files bring it in."""
    blanks = st.sampled_from(("", " ", "\u3000", "\n"))
    return st.builds("".join, st.tuples(blanks, texts(lines=lines), blanks))


def amounts() -> st.SearchStrategy[Decimal | None]:
    """元, or None for a blank; small sums are as likely as the largest that is stored."""
    ordinary = st.decimals(Decimal(0), Decimal(10) ** 9, places=2)
    return st.none() | ordinary | st.decimals(-(Decimal(10) ** 13) + 1, Decimal(10) ** 13 - 1, places=2)


def percents() -> st.SearchStrategy[Decimal | None]:
    """25 is 25%; the size is not judged."""
    usual = st.sampled_from([Decimal(number) for number in ("0", "12.5", "25", "60", "83.33", "100", "260")])
    return st.none() | usual | st.decimals(Decimal("-99999.99"), Decimal("99999.99"), places=2)


def project_codes() -> st.SearchStrategy[str]:
    """21 characters of the alphabet that codes use."""
    return st.text(CODE_CHARACTERS, min_size=21, max_size=21)


def notes() -> st.SearchStrategy[tuple[ImportNote, ...]]:
    note = st.builds(ImportNote, st.sampled_from(NoteKind), st.just("第1行"), texts(lines=1))
    return st.lists(note, max_size=2).map(tuple)


@st.composite
def milestones(draw) -> tuple[Milestone, ...]:
    """Mostly the four of the form; any increasing months."""
    any_months = st.sets(st.integers(1, 12), max_size=MOST_MILESTONES).map(sorted)
    months = draw(st.just([3, 6, 10, 12]) | any_months)
    return tuple(Milestone(month, draw(percents())) for month in months)


def indicators() -> st.SearchStrategy[Indicator]:
    tier = st.sampled_from(TIERS) | texts(lines=1)
    weight = st.none() | st.decimals(Decimal(0), Decimal("9999.99"), places=2)
    value = st.sampled_from(VALUES) | texts(lines=2)
    return st.builds(
        Indicator,
        first_tier=tier,
        second_tier=tier,
        name=texts(lines=2),
        description=texts(),
        value=value,
        basis=st.just("预算编制") | texts(lines=2),
        weight=weight,
    )


def indicator_lists() -> st.SearchStrategy[tuple[Indicator, ...]]:
    """Rows, some of which repeat or leave out the tiers of the row above."""
    return st.lists(indicators(), max_size=5).map(tuple)


def target_tables(**fixed) -> st.SearchStrategy[TargetTable]:
    """Any table the database can hold; ``fixed`` fields are strategies."""
    fields = {
        "year": st.integers(2000, 2099),
        "department_code": st.from_regex(r"[0-9]{6}", fullmatch=True),
        "department_name": department_names(),
        "project_code": st.just("") | project_codes(),
        "name": texts(lines=2),
        "category": st.sampled_from(("", "staff", "operation", "specific")),
        "nature": st.sampled_from(("", "new", "continued")),
        "frame": st.sampled_from(FRAMES),
        "budget": amounts(),
        "fiscal_funding": amounts(),
        "other_funding": amounts(),
        "purpose": texts(),
        "milestones": milestones(),
        "goal": texts(lines=6),
        "beneficiaries": st.sampled_from(Beneficiaries),
        "preparer": texts(lines=1).map(lambda text: text[:50].strip()),
        "preparer_phone": texts(lines=1).map(lambda text: text[:30].strip()),
        "prepared_on": st.none() | st.dates(datetime.date(1990, 1, 1), datetime.date(2099, 12, 31)),
        "indicators": indicator_lists(),
        "notes": notes(),
    }
    return st.builds(TargetTable, **fields | fixed)


def department_names() -> st.SearchStrategy[str]:
    other_names = texts(lines=1).map(lambda text: text[:200].strip()).filter(bool)
    return st.sampled_from(("曹妃甸区直机关工委", "唐山市第一中学", "<局>")) | other_names


def narrative_items() -> st.SearchStrategy[tuple[NarrativeItem, ...]]:
    return st.lists(st.builds(NarrativeItem, texts()), max_size=4).map(tuple)


@st.composite
def booklets(draw, min_tables: int = 0, max_tables: int = 3) -> Booklet:
    """Any booklet the database can hold: one department and year, codes once or blank, links that exist."""
    year = draw(st.integers(2000, 2099))
    code, name = draw(st.from_regex(r"[0-9]{6}", fullmatch=True)), draw(department_names())
    of_department = {
        "year": st.just(year),
        "department_code": st.just(code),
        "department_name": st.just(name),
        "frame": st.just(draw(st.sampled_from(FRAMES))),
    }
    tables = draw(
        st.lists(
            target_tables(**of_department),
            min_size=min_tables,
            max_size=max_tables,
            unique_by=lambda table: table.project_code or table.uid,
        )
    )
    return Booklet(
        year,
        code,
        name,
        overall_goals=draw(narrative_items()),
        sub_goals=tuple(draw(st.lists(_sub_goals(tables), max_size=3))),
        safeguards=tuple(draw(st.lists(_safeguards(), max_size=3))),
        tables=tuple(tables),
        notes=draw(notes()),
    )


@st.composite
def _sub_goals(draw, tables: list[TargetTable]) -> SubGoal:
    named = [table.name for table in tables]
    titles = st.sampled_from(named).map("{}分项绩效目标、绩效指标".format) if named else texts(lines=1)
    codes = [table.project_code for table in tables if table.project_code]
    linked = draw(st.lists(st.sampled_from(codes), unique=True)) if codes else []
    return SubGoal(draw(titles | texts(lines=2)), draw(texts()), draw(texts()), tuple(linked))


def _safeguards() -> st.SearchStrategy[SafeguardSection]:
    return st.builds(SafeguardSection, title=texts(lines=2), items=narrative_items())


# What a printed booklet says without a doubt

_NUMBER = re.compile(r"\s*(?:[（(]\s*[0-9一二三四五六七八九十]|[0-9一二三四五六七八九十]|[①-⑳])")
_LABEL = re.compile(r"\s*绩\s?效\s?[目指]\s?标\s*[：:]")
_TITLES = re.compile(
    "(第一部分)?(部门整体绩效目标)?|(第二部分)?(预算项目绩效目标)?"
    "|([一二三四五][、.,])?(总体绩效目标|分项绩效目标|工作保障措施):?|.*分项绩效目标、绩效指标"
)


def readable_booklets(max_tables: int = 3) -> st.SearchStrategy[Booklet]:
    """Booklets whose printed form has one meaning."""
    return booklets(min_tables=1, max_tables=max_tables).flatmap(_readable)


@st.composite
def _readable(draw, booklet: Booklet) -> Booklet:
    name = booklet.department_name.lstrip("0123456789 \u3000\xa0").strip() or "区直机关工委"
    count = len(booklet.tables)
    codes = draw(st.lists(project_codes(), min_size=count, max_size=count, unique=True))
    tables = [
        dataclasses.replace(table, project_code=code, department_name=name, name=_one_meaning(table.name))
        for table, code in zip(booklet.tables, codes, strict=True)
    ]
    return dataclasses.replace(
        booklet,
        department_name=name,
        overall_goals=_readable_items(booklet.overall_goals),
        sub_goals=tuple(_readable_sub_goal(part) for part in booklet.sub_goals),
        safeguards=tuple(
            SafeguardSection(" ".join(part.title.split("\n")), _readable_items(part.items))
            for part in booklet.safeguards
        ),
        tables=tuple(tables),
    )


def _readable_items(items: tuple[NarrativeItem, ...]) -> tuple[NarrativeItem, ...]:
    return tuple(NarrativeItem(_one_meaning(item.text)) for item in items)


def _readable_sub_goal(part: SubGoal) -> SubGoal:
    return SubGoal(*map(_one_meaning, (part.title, part.goal, part.indicators)))


def _one_meaning(text: str) -> str:
    """Return the text without further lines that look like a title, a label or the next item."""
    first, *others = text.split("\n")
    return "\n".join([first, *(line for line in others if not _looks_like_structure(line))])


def _looks_like_structure(line: str) -> bool:
    compact = unicodedata.normalize("NFKC", "".join(line.split()))
    return bool(_NUMBER.match(line) or _LABEL.match(line) or _TITLES.fullmatch(compact))
