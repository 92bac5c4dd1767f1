"""Placeholders, punctuation, blanks and widths in everything people wrote (R09)."""

import re
from collections.abc import Iterator

from indicators.checks.facts import BookletFacts, TableFacts, Text
from indicators.checks.model import Fix, Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.texts import listed, shown
from indicators.checks.tidiness import may_be_untidy, untidiness
from indicators.document import NoteKind

# R09: placeholders and untidy text

PLACEHOLDERS = parameter(
    "placeholders",
    (
        *("*", "**", "***", "x", "xx", "xxx", "×", "××", "×××", "?", "？", "/", "\\", "-", "--", "—", "——"),
        *("…", "……", "。", ".", "待定", "待填", "待补充", "待完善", "暂无", "无", "略", "测试", "测试数据"),
        *("test", "null", "none", "nan", "n/a", "undefined"),
    ),
    "整格只有这些文字即视为占位（不分大小写）",
)
_BLANK_VALUE = re.compile(
    r"[≥≤＞＜＝<>=]{0,2}\s*(?:[xX×＊*_]{1,5}|\?{1,3}|？{1,3}|待定|待填)\s*[%％\u4e00-\u9fff/]{0,5}"
)
_LONGEST_PLACEHOLDER = 12


@rule(
    "R09",
    "占位文字，标点、空格、全角半角不规范",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：依据绩效目标审核表“规范完整性”（填写规范）",
    advice="占位文字换成实际内容；标点各用一个，括号成对用全角，删去多余的空格。",
    example="每年组织开展机关团的工作。                  。",
    scopes=(Scope.TABLE, Scope.NARRATIVE),
)
def untidy_text(facts: TableFacts | BookletFacts) -> Iterator[Hit]:
    texts = [text.text.strip() for text in facts.texts]
    placeholders = frozenset(facts.policy.value(PLACEHOLDERS))
    for number, written in enumerate(texts):
        if len(written) <= _LONGEST_PLACEHOLDER and (
            written.casefold() in placeholders or _BLANK_VALUE.fullmatch(written)
        ):
            yield from _placeholder(facts.texts[number], written, placeholders)
    if may_be_untidy("\n".join(texts)):
        for text in facts.texts:
            yield from _untidy(text)
    if isinstance(facts, BookletFacts):
        yield from _numbering(facts)


def _placeholder(text: Text, written: str, placeholders: frozenset[str]) -> Iterator[Hit]:
    is_value = text.path.endswith("/value")
    if is_value and written == "无":  # 安全事故：无
        return
    if is_value or written.casefold() in placeholders:
        message = f"{text.place}只有占位文字{shown(written)}，没有实际内容。"
        yield Hit(text.path, message, written, text.row)


def _untidy(text: Text) -> Iterator[Hit]:
    found = untidiness(text.text)
    if not found:
        return
    by_fault: dict[str, list[str]] = {}
    for fault, evidence in found.faults:
        by_fault.setdefault(fault, []).append(evidence)
    told = "、".join(f"{fault}{listed(evidence[:5])}" for fault, evidence in by_fault.items())
    evidence = "、".join(letters for _, letters in found.faults[:5])
    fix = Fix(text.path, text.text, found.tidied) if found.tidied != text.text else None
    yield Hit(text.path, f"{text.place}中{told}。", evidence, text.row, fix=fix)


def _numbering(facts: BookletFacts) -> Iterator[Hit]:
    """Typed numbers of which some have half-width brackets; the layout numbers anew, so it is only told."""
    typed = [note.text.strip() for note in facts.booklet.notes if note.kind == NoteKind.NUMBERING]
    half = list(
        dict.fromkeys(number for number in typed if "(" in number or (")" in number and "（" in number))
    )
    if half and any("（" in number for number in typed):
        message = f"手写编号{listed(half[:5])}用了半角括号，其余用全角括号。"
        yield Hit("", message, "、".join(half[:5]), severity=Severity.HINT)
