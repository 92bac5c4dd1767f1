"""Numbers that belong to a person: 身份证, mobile and bank card numbers in running text.

Numbers with a check digit are told by it, so that project codes, document numbers and amounts are not taken
for them.
"""

import re
from collections.abc import Iterator

_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])",
    re.ASCII,
)
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![0-9A-Za-z.%％]|[元万亿])", re.ASCII
)
_CARD = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\d{4}[ -]){3}\d{4}(?:[ -]?\d{1,3})?|\d{16,19})(?![0-9A-Za-z.])", re.ASCII
)
_CARD_CONTEXT = re.compile("卡号|账号|帐号|账户|帐户|银行|开户")
_CODE_CONTEXT = re.compile("编号|文号|编码|代码|单号|合同号|批号|序号|条码|专利")
_LONG_DIGITS = re.compile("[0-9][0-9 -]{9,}[0-9Xx]")
_GAPS = re.compile("[- ]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def may_hold_a_number(text: str) -> bool:
    """True where a text holds digits enough for any personal number: a quick first look."""
    return bool(_LONG_DIGITS.search(text))


def personal_numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield what kind of personal number the text holds, and the number with its middle hidden."""
    for found in _ID_NUMBER.finditer(text):
        if _is_identity_number(found[0]):
            yield "身份证号码", _masked(found[0])
    for found in _MOBILE.finditer(text):
        if not _CODE_CONTEXT.search(text[max(0, found.start() - 6) : found.start()]):
            yield "手机号码", _masked(_GAPS.sub("", found[1]))
    for found in _CARD.finditer(text):
        digits = _GAPS.sub("", found[0])
        named = _CARD_CONTEXT.search(text[max(0, found.start() - 12) : found.start()])
        if (named or digits.startswith("62")) and _passes_luhn(digits):
            yield "银行卡号", _masked(digits)


def _is_identity_number(number: str) -> bool:
    """The check character of an 18-digit 公民身份号码 (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[-1].upper()


def _passes_luhn(digits: str) -> bool:
    """The check digit of a bank card (ISO/IEC 7812)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _masked(number: str) -> str:
    """A finding must not publish what it warns of."""
    return f"{number[:3]}****{number[-4:]}"
