"""A file → a booklet: what kind of file it is shows in its first bytes, not in its name."""

from pathlib import Path

from indicators.importers.booklet import read_rows
from indicators.importers.encoding import decode
from indicators.importers.outcome import WHAT_IS_READ, ImportRefused, Journal, Reading, refused
from indicators.importers.text_source import text_rows

LARGEST_FILE = 20 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF-", "PDF文件"),
    (b"{\\rtf", "RTF文件"),
    (b"Rar!", "RAR压缩文件"),
    (b"7z\xbc\xaf", "7z压缩文件"),
    (b"\x1f\x8b", "gzip压缩文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
)
_OLE_CONTENTS = (
    ("EncryptedPackage", "设有打开密码的Office文件，请先取消密码，再另存为xlsx或docx"),
    ("WordDocument", "旧版Word文档（doc），请另存为docx"),
    ("Workbook", "旧版Excel工作簿（xls），请另存为xlsx"),
    ("Book", "旧版Excel工作簿（xls），请另存为xlsx"),
)


def read_booklet(path: Path, *, year: int | None = None) -> Reading:
    """Return the booklet in a file: the text form, a workbook or a Word document.

    ``year`` overrides what the file says. Raises ImportRefused with every problem, each with its place.
    """
    return read_booklet_bytes(_bytes_of(path), year=year)


def read_booklet_bytes(data: bytes, *, year: int | None = None) -> Reading:
    """Return the booklet in the bytes of a file. Raises ImportRefused."""
    if len(data) > LARGEST_FILE:
        raise _too_large(len(data))
    if not data.strip():
        raise refused("全文", f"文件是空的。{WHAT_IS_READ}")
    if data.startswith(_ZIP):
        return _read_archive(data, year)
    if data.startswith(_OLE):
        raise refused("全文", f"这是{_ole_content(data)}后再导入。")
    for start, name in _OTHERS:
        if data.startswith(start):
            raise refused("全文", f"这是{name}，不能导入。{WHAT_IS_READ}")
    text, encoding = decode(data)
    journal = Journal()
    if encoding != "UTF-8":
        journal.tell(f"文件编码为{encoding}，已按此编码读取。")
    return _read_text(text, journal, year)


def read_booklet_text(text: str, *, year: int | None = None) -> Reading:
    """Return the booklet in the text form. Raises ImportRefused."""
    return _read_text(text, Journal(), year)


def _read_text(text: str, journal: Journal, year: int | None) -> Reading:
    if not text.endswith("\n"):
        last = text.count("\n") + 1
        journal.tell(f"文件在第{last}行没有换行就结束了，请核对最后一格是否完整。")
    return read_rows(text_rows(text, journal), journal, year)


def _read_archive(data: bytes, year: int | None) -> Reading:
    # What reads archives takes longer to import than a text takes to be read.
    from indicators.importers.word_guard import is_word
    from indicators.importers.word_source import word_rows
    from indicators.importers.workbook_source import workbook_rows

    journal = Journal()
    rows = word_rows if is_word(data) else workbook_rows
    return read_rows(rows(data, journal), journal, year)


def _bytes_of(path: Path) -> bytes:
    """Return the content of a file that is not too large; a larger one is not read."""
    try:
        if not path.is_file():
            raise refused(str(path), "没有这个文件，或它不是普通文件，请核对路径。")
        if path.stat().st_size > LARGEST_FILE:
            raise _too_large(path.stat().st_size)
        with path.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise refused(str(path), f"文件无法读取（{error.strerror}），请核对路径和权限。") from error


def _too_large(size: int) -> ImportRefused:
    limit, found = (f"{number / 1024 / 1024:.0f}MB" for number in (LARGEST_FILE, size))
    return refused("全文", f"文件大小为{found}，超过上限{limit}，请确认所选文件是一本绩效目标文本。")


def _ole_content(data: bytes) -> str:
    for stream, name in _OLE_CONTENTS:
        if stream.encode("utf-16-le") in data:
            return name
    return "旧版Office文件，请另存为docx或xlsx"
