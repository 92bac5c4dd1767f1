"""Text as people type it in Chinese offices: what is cleaned on the way in, how lists are numbered."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DIGITS = "零一二三四五六七八九"


def clean_text(text: str) -> str:
    """Return ``text`` without the characters that crash writers of files, lines ended by \\n, ends stripped.

    Control characters and lone surrogates go, a tab becomes a blank; every other character stays.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return without_control_characters(lines).strip()


def without_control_characters(text: str) -> str:
    """Return ``text`` without what no file format can carry: control characters, halves of characters."""
    return _CONTROL.sub("", text)


def chinese_number(number: int) -> str:
    """Return 1 to 99 as Chinese numerals (十三), larger numbers in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def file_name(*parts: str, extension: str) -> str:
    """Return the parts joined by underscores as a name that Windows and Linux both accept, ≤ 180 bytes."""
    kept = [re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f\s]+', "", part) for part in parts]
    joined = "_".join(part for part in kept if part).strip(". ") or "未命名"
    return joined.encode()[:180].decode(errors="ignore") + "." + extension
