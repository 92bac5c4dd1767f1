"""项目编码, the code of a project: 21 characters in the library of projects. Nothing here imports Django.

Read from printed codes, since no official text was found: 1–6 行政区划, 7–8 the year the project entered the
library (not always the budget year), 9 a class letter (Hebei and Tianjin print P; Sichuan R, Y or T for the
classes 人员类, 运转类, 特定目标类), 10–15 a serial that may hold letters, 16–20 a sub-serial, 21 a check
character.
"""

import re

PROJECT_CODE_LENGTH = 21
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CHECKED = PROJECT_CODE_LENGTH - 1
_CLASS_LETTER = 8
_UNCHECKED_CLASSES = frozenset("RYT")
_PLACES = {character: place for place, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(_CHECKED))
_SHAPE = re.compile(r"[0-9]{8}(?:[A-Z][0-9A-Z]{6}[0-9]{5}[0-9A-Z]|[RYT][0-9]{12})")


def is_project_code(text: str) -> bool:
    """True where the text has the shape of a project code; its check character is not looked at."""
    return _SHAPE.fullmatch(text) is not None


def region_of(code: str) -> str:
    """Return the 行政区划 of a project code: 130209 is 曹妃甸区, 130000 the province."""
    return code[:6]


def library_year(code: str) -> int:
    """Return the year in which the project entered the library."""
    return 2000 + int(code[6:8])


def check_character(code: str) -> str | None:
    """Return the 21st character that the first 20 of a code call for; None where that is not known.

    GB 32100's way (统一社会信用代码): an alphabet without I, O, S, V, Z, weights of powers of 3 modulo 31 and
    another closing constant: fitted on three published codes (13020924P00077210002M,
    13020924P00077110001C, 12000022P10000210006W), it foretold four others (12000023P02DLNB10017K,
    12000022P67371310001B, 12000021P34569010001A, 12000022P37006910001D). All are of Hebei and Tianjin, so it
    is a reason to look again, never to refuse. Classes R, Y and T bear no check character.
    """
    body = code[:_CHECKED]
    if len(body) < _CHECKED or body[_CLASS_LETTER] in _UNCHECKED_CLASSES:
        return None
    try:
        total = sum(_PLACES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    except KeyError:
        return None
    return _ALPHABET[30 - total % 31]
