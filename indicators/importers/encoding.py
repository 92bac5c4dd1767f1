"""Bytes → text: UTF-8 and GB18030 are read, every other encoding is refused by its name."""

import codecs
import re

from indicators.importers.outcome import refused

ADVICE = "请在编辑软件中另存为UTF-8编码的文本后再导入。"
_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LABELS = re.compile("项目编码|绩效目标|绩效指标|一级指标")
_SAMPLE = 200_000


def decode(data: bytes) -> tuple[str, str]:
    """Return the text, its lines ended by \\n, and the name of its encoding. Raises ImportRefused."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            raise _foreign(name)
    if b"\x00" in data:
        raise _with_nul(data)
    try:
        text, name = data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        text, name = _decode_without_utf8(data, error)
    return text.replace("\r\n", "\n").replace("\r", "\n"), name


def _decode_without_utf8(data: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    if _LABELS.search(data.decode("utf-8", errors="replace")):
        raise _damaged(data, error, "UTF-8")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as gb_error:
        if _LABELS.search(data.decode("gb18030", errors="replace")):
            raise _damaged(data, gb_error, "GB18030") from gb_error
        text = ""
    if _LABELS.search(text):
        return text, "GB18030"
    for name, codec, script in _FOREIGN:
        if _makes_sense(_sample(data, codec), script):
            raise _foreign(name) from error
    raise refused("全文", f"文件编码无法识别，本系统只读UTF-8和GB18030编码的文本。{ADVICE}") from error


def _sample(data: bytes, codec: str) -> str:
    return data[:_SAMPLE].decode(codec, errors="replace")


# What such a file says in any of these scripts, also where characters were lost when it was saved.
_WORDS = re.compile("第一部分|年度|预算|預算|予算|项目|項目|目標|績效|指標")
_KANA = re.compile("[ぁ-ヶ]")
_HANGUL = re.compile("[가-힣]")
_FOREIGN = (
    ("Big5", "big5hkscs", None),
    ("Shift_JIS", "cp932", _KANA),
    ("EUC-JP", "euc_jp", _KANA),
    ("EUC-KR", "cp949", _HANGUL),
)


def _makes_sense(text: str, script: re.Pattern[str] | None) -> bool:
    """Return whether nearly all is readable, and words or enough of the script's own letters show."""
    if text.count("\ufffd") * 50 > len(text):
        return False
    if _WORDS.search(text):
        return True
    return script is not None and len(script.findall(text)) * 5 >= len(text)


def _with_nul(data: bytes) -> Exception:
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        if _LABELS.search(_sample(data, codec)):
            return _foreign(codec[:6].upper())
    line = data.count(b"\n", 0, data.index(b"\x00")) + 1
    return refused(f"第{line}行", "含有空字节，这是二进制文件，不是文本。请选择绩效目标文本或Excel工作簿。")


def _foreign(name: str) -> Exception:
    return refused("全文", f"文件编码是{name}，本系统只读UTF-8和GB18030编码的文本。{ADVICE}")


def _damaged(data: bytes, error: UnicodeDecodeError, name: str) -> Exception:
    line = data.count(b"\n", 0, error.start) + 1
    bad = data[error.start : error.end].hex(" ").upper()
    return refused(
        f"第{line}行", f"字节“{bad}”不是{name}编码，文件可能已损坏，请重新取得该文件或另存后再导入。"
    )
