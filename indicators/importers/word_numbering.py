"""The numbers Word draws before paragraphs (自动编号): people see them, the text does not hold them."""

from collections import defaultdict
from dataclasses import dataclass

from indicators.importers.word_guard import Tree, WordParts, attribute, child, local_name
from perfbudget.lib.text import chinese_number

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "ideographDigital",
        "chineseLegalSimplified",
    }
)
_WITHOUT_NUMBER = frozenset({"bullet", "none"})
_MOST_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    pattern: str  # （%1）
    start: int


class Numbering:
    """Counts along the paragraphs of one document, in their order."""

    def __init__(self, parts: WordParts) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._of_style = _numbered_styles(parts.styles)
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        for element in parts.numbering if parts.numbering is not None else ():
            if local_name(element) == "abstractNum":
                self._levels[attribute(element, "abstractNumId")] = _levels(element)
            elif local_name(element) == "num":
                self._read_list(element)

    def lead(self, paragraph: Tree) -> str:
        """Return the number that is drawn before the paragraph, '' where none is."""
        properties = child(paragraph, "pPr")
        own = child(properties, "numPr")
        style = attribute(child(properties, "pStyle"), "val")
        number, depth = _reference(own) if own is not None else self._of_style.get(style, ("", 0))
        levels = self._levels.get(self._lists.get(number, ""), {})
        if depth not in levels:
            return ""
        self._count(number, depth, levels)
        return self._drawn(number, depth, levels)

    def _read_list(self, element: Tree) -> None:
        number = attribute(element, "numId")
        self._lists[number] = attribute(child(element, "abstractNumId"), "val")
        self._restarts[number] = {
            _integer(attribute(part, "ilvl")): _integer(attribute(child(part, "startOverride"), "val"), 1)
            for part in element
            if local_name(part) == "lvlOverride" and child(part, "startOverride") is not None
        }

    def _count(self, number: str, depth: int, levels: dict[int, _Level]) -> None:
        """Count one more at the depth; what lies below it begins again."""
        counts = self._counts[self._lists[number]]
        restart = self._restarts[number].pop(depth, None)
        begun = counts.get(depth)
        if restart is not None or begun is None:
            counts[depth] = levels[depth].start if restart is None else restart
        else:
            counts[depth] = begun + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]

    def _drawn(self, number: str, depth: int, levels: dict[int, _Level]) -> str:
        text = levels[depth].pattern
        if levels[depth].style in _WITHOUT_NUMBER:
            return ""
        counts = self._counts[self._lists[number]]
        for place in range(_MOST_LEVELS):
            level = levels.get(place)
            if level and f"%{place + 1}" in text:
                text = text.replace(f"%{place + 1}", _spelled(counts.get(place, level.start), level.style))
        return text


def _levels(element: Tree) -> dict[int, _Level]:
    return {
        _integer(attribute(level, "ilvl")): _Level(
            attribute(child(level, "numFmt"), "val"),
            attribute(child(level, "lvlText"), "val"),
            _integer(attribute(child(level, "start"), "val"), 1),
        )
        for level in element
        if local_name(level) == "lvl"
    }


def _numbered_styles(styles: Tree | None) -> dict[str, tuple[str, int]]:
    found = {}
    for style in styles if styles is not None else ():
        own = child(style, "pPr", "numPr")
        if own is not None:
            found[attribute(style, "styleId")] = _reference(own)
    return found


def _reference(own: Tree) -> tuple[str, int]:
    return attribute(child(own, "numId"), "val"), _integer(attribute(child(own, "ilvl"), "val"))


def _integer(text: str, otherwise: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _spelled(number: int, style: str) -> str:
    if style in _CHINESE:
        return chinese_number(number)
    if style.startswith("decimalEnclosedCircle") and 0 < number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    if style in ("lowerLetter", "upperLetter") and 0 < number <= 26:
        return chr((ord("a") if style == "lowerLetter" else ord("A")) + number - 1)
    return str(number)
