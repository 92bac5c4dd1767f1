"""Punctuation, blanks and brackets in Chinese text: what is untidy, and the text put right where sure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_BLANK = r"[\ \t\xa0\u3000]"
_MARKS = "，。；：、！？"
_LONGEST_EVIDENCE = 40

# ？！ and ！？ are one mark, ... and …… are ellipses.
_DOUBLED = re.compile(
    rf"(?![！？]{{2,3}}(?![{_MARKS}]))[{_MARKS}](?:{_BLANK}*[{_MARKS},;]|{_BLANK}*\.(?!\.))+"
    rf"|(?<=[{_HAN}])[,;.]{_BLANK}*[{_MARKS}](?:{_BLANK}*[{_MARKS}])*|,{_BLANK}*,|;{_BLANK}*;"
)
_BLANK_RUN = re.compile(rf"(?<=\S){_BLANK}{{3,}}(?=\S)")
_MIXED_ROUND = re.compile(r"（([^（()）\n]{0,60})\)|\(([^（()）\n]{0,60})）")
_MIXED_ANGLE = re.compile(r"<([^<>〈〉《》\n]{1,60})〉|〈([^<>〈〉《》\n]{1,60})>")
_HALF_MARK = re.compile(rf"(?<=[{_HAN}”》）])[,;:](?=[{_HAN}“《（])")
_HALF_STOP = re.compile(rf"(?<=[{_HAN}”》）])\.(?={_BLANK}*(?:\n|\Z))")
_MIXED_DIGITS = re.compile("[0-9][０-９]+|[０-９]+[0-9]")
# One pass over a whole table. It begins with a plain set, which the engine looks for many times faster than
# for anything else; what must stand before is asked afterwards.
_SIGN = re.compile(
    rf"""
    [{_MARKS},;:.０-９\ \t\xa0\u3000]
    (?: (?<=[{_MARKS}])[{_MARKS},;.\ \t\xa0\u3000]
      | (?<=[{_HAN}”》）][,;:.])(?=[{_HAN}{_MARKS}“《（\s]|\Z)
      | (?<=[,;]){_BLANK}*[,;]
      | (?<={_BLANK}){_BLANK}{{2}}
      | (?<=[０-９])
    )
    """,
    re.VERBOSE,
)
_FULL = str.maketrans(",;:", "，；：")

_CLOSERS = {"）": "（", "》": "《", "]": "[", "”": "“", "〕": "〔", "】": "【"}
_OPENERS = frozenset(_CLOSERS.values())
_SAME = str.maketrans("()［］", "（）[]")
_ANY_BRACKET = re.compile("[()（）《》［］\\[\\]“”〔〕【】]")


@dataclass(frozen=True, slots=True)
class Untidiness:
    """What is wrong with a text: pairs of a Chinese word for the fault and the letters that show it."""

    faults: tuple[tuple[str, str], ...]
    tidied: str


def may_be_untidy(text: str) -> bool:
    """Return quickly whether any line of a long text can be untidy; True may turn out to be wrong."""
    if _SIGN.search(text):
        return True
    if ("(" in text or ")" in text) and _MIXED_ROUND.search(text):
        return True
    return ("〈" in text or "〉" in text) and _MIXED_ANGLE.search(text) is not None


def untidiness(text: str) -> Untidiness | None:
    """Return what is untidy in a text people wrote, None where nothing is.

    Doubled punctuation (。。 ；。), a run of three blanks, brackets or digits of mixed width （一);
    a mark of half width between Chinese letters only where the same text has that mark in full width, and
    a full stop “.” after a Chinese letter at the end. ``tidied`` differs where putting it right leaves no
    choice; digits are never touched.
    """
    faults = tuple(dict.fromkeys(_faults(text)))
    return Untidiness(faults, _tidied(text)) if faults else None


def _faults(text: str) -> Iterator[tuple[str, str]]:
    doubled = [found.span() for found in _DOUBLED.finditer(text)]
    for start, end in doubled:
        yield "标点重复", text[start:end][:_LONGEST_EVIDENCE]
    for found in _BLANK_RUN.finditer(text):
        if not any(start <= found.start() and found.end() <= end for start, end in doubled):
            yield "连续空格", text[found.start() - 1 : found.end() + 1][:_LONGEST_EVIDENCE]
    for pattern in (_MIXED_ROUND, _MIXED_ANGLE):
        for found in pattern.finditer(text):
            yield "括号全角半角混用", found[0]
    for found in _HALF_MARK.finditer(text):
        if found[0].translate(_FULL) in text:
            yield "标点全角半角混用", text[found.start() - 1 : found.end() + 1]
    for found in _HALF_STOP.finditer(text):
        yield "句号误用半角点", text[found.start() - 1 : found.end()]
    for found in _MIXED_DIGITS.finditer(text):
        yield "数字全角半角混用", found[0]


def _tidied(text: str) -> str:
    text = _DOUBLED.sub(_one_mark, text)
    text = _BLANK_RUN.sub(_one_blank, text)
    text = _MIXED_ROUND.sub(lambda found: f"（{found[1] or found[2] or ''}）", text)
    text = _MIXED_ANGLE.sub(lambda found: f"〈{found[1] or found[2]}〉", text)
    full_marks = frozenset(text)
    text = _HALF_MARK.sub(
        lambda found: mark if (mark := found[0].translate(_FULL)) in full_marks else found[0], text
    )
    return _HALF_STOP.sub("。", text)


def _one_mark(found: re.Match[str]) -> str:
    """Return the one mark meant: all are the same, or the last one ends the sentence; else leave them."""
    marks = "".join(found[0].split()).replace("\u3000", "")
    full = {mark.translate(_FULL) for mark in marks}
    if len(full) == 1:
        return marks[0] if len(set(marks)) == 1 else marks[0].translate(_FULL)
    if marks[-1] in "。." and not full & {"！", "？"}:
        return "。"
    return found[0]


def _one_blank(found: re.Match[str]) -> str:
    """Return one blank; beside Chinese punctuation, none."""
    text = found.string
    beside = text[found.start() - 1], text[found.end()]
    return "" if any(mark in _MARKS for mark in beside) else " "


def unpaired_brackets(text: str) -> tuple[int, ...]:
    """Return the places of brackets without a partner: （） 《》 [] “” 〔〕 【】, each kind by itself.

    Half-width round brackets count as full-width ones; 〈〉 and <> are left alone, since < is also a sign.
    """
    if not _ANY_BRACKET.search(text):
        return ()
    open_places: dict[str, list[int]] = {}
    unpaired = []
    for place, character in enumerate(text.translate(_SAME)):
        if character in _OPENERS:
            open_places.setdefault(character, []).append(place)
        elif opener := _CLOSERS.get(character):
            waiting = open_places.get(opener)
            if waiting:
                waiting.pop()
            else:
                unpaired.append(place)
    for places in open_places.values():
        unpaired += places
    return tuple(sorted(unpaired))
