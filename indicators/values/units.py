"""Units of measure: what may be one, and which spellings mean the same."""

import re
from functools import lru_cache

from indicators.values.reading import WIDTH

#: Spellings that mean one unit (R25). Only sure ones: 人次 is not 次, 万元 is not 元.
SYNONYMS = {
    **dict.fromkeys(("百分比", "百分号", "百分之"), "%"),
    **dict.fromkeys(("千分比", "千分号", "千分之"), "‰"),
    "次数": "次",
}
_BRACKETED = re.compile(r"\(([^()]+)\)")

_WORD = r"(?:[A-Za-z\u4e00-\u9fff°²³µμΩ\u2100-\u214f\u3300-\u33ff]{1,6}(?:(?<=[mM])[23])?)"
# 人（次） is a unit, 次（预计） is a doubt.
_PART = rf"(?:[%‰‱]|\([%‰‱]\)|{_WORD}(?:\([\u4e00-\u9fff]\))?|\({_WORD}(?:[*·×]{_WORD})*\))"
_PER = rf"/(?:10+(?=[万亿千人户名]))?{_PART}"
_UNIT = re.compile(rf"(?:{_PART}|{_PER})(?:{_PER}|[*·×]{_PART})*")
_NOT_A_UNIT = re.compile(
    # the number would be vague or bounded
    r"[余多几约]|左右|上下|^[十百千万亿]*[来许]|以[上下内前后]|不|超[过出]|至[少多]|最[多少]|[大小多少高低]于|等于|\(含\)"
    # the text goes on to tell what happens, or holds a second number
    r"|之|的|了|完成|达[到标]|合格|提[高升]|增[长加强]|下降|降低|减少|改善|确保|控制|有效|显著|明显|持续|程度|定性"
    r"|[一二两三四五六七八九]"
    # the number is an ordinal or a piece of a date
    r"|[前后内底末至到第]$|^元月|^[季号]|^年级|等奖|A级"
)
_LONGEST = 20


def canonical_unit(unit: str) -> str:
    """Return the spelling to compare units by: plain width, no blanks, no brackets around, 百分比 as %.

    A unit without a synonym comes back otherwise unchanged. Applying it twice changes nothing.
    """
    plain = unit.translate(WIDTH).replace(" ", "")
    bracketed = _BRACKETED.fullmatch(plain)
    bare = bracketed[1] if bracketed else plain
    return SYNONYMS.get(bare, bare)


@lru_cache(maxsize=4096)
def is_unit(text: str) -> bool:
    """Whether ``text`` (plain width, no blanks) can be a unit: 人次, 元/人*月, (%), ㎡, /10万; or empty.

    The set of units is open (个行政村, 吨标准煤/万元), so this judges the shape: short words without digits,
    and no word that would make the number vague (余, 多, 左右), bound it or tell what happens (提升, 完成).
    """
    if not text:
        return True
    return len(text) <= _LONGEST and bool(_UNIT.fullmatch(text)) and not _NOT_A_UNIT.search(text)
