"""Project lists as the 一体化 system exports them, made with openpyxl, to be read and imported in tests."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook

from indicators.importers.project_list import guess_layout, likely_sheet
from indicators.importers.sheets import read_sheets
from indicators.project_lists import compare_list
from indicators.services.project_lists import KIND, keep_upload

HEADS = (
    "单位编码",
    "单位名称",
    "项目编码",
    "项目名称",
    "项目类别",
    "预算数",
    "财政资金",
    "其他资金",
    "控制数",
)
UNIT = ("286001", "曹妃甸区直机关工委")
# The two projects of the real booklet, as stored, in 元.
TEAM = (*UNIT, "13020924P00077210002M", "机关团工作活动经费", "", 18000, 18000, "", "")
PARTY = (*UNIT, "13020924P00077110001C", "]2024年度机关党组织活动经费", "", 297300, 297300, "", "")
NEW = (*UNIT, "13020924P00077310003A", "工会活动经费", "特定目标类", 50000, 50000, "", 50000)


def list_workbook(
    *rows: Sequence, heads: Sequence = HEADS, above: Iterable[Sequence] = (("2024年项目清单（单位：元）",),)
) -> bytes:
    """Return a workbook with a title, heads and these rows; codes and other texts are texts."""
    book = Workbook()
    sheet = book.active
    sheet.title = "项目清单"
    for row in (*above, heads, *rows):
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def uploaded(data: bytes, user, year: int = 2024):
    """Return the upload of a file as its guessed layout reads it."""
    sheets = read_sheets(data)
    payload = {
        "year": year,
        "sheets": [sheet.plain() for sheet in sheets],
        "layout": guess_layout(likely_sheet(sheets)).plain(),
    }
    return keep_upload(kind=KIND, file_name="清单.xlsx", payload=payload, actor=user)


def project_rows(number: int, start: int = 1) -> list[tuple]:
    """Return that many rows of new projects of the one unit."""
    return [
        (
            *UNIT,
            f"13020924P{place:06}10001A",
            f"第{place}个项目",
            "特定目标类",
            1000 * place,
            1000 * place,
            "",
            "",
        )
        for place in range(start, start + number)
    ]


def comparison_of(pending, user):
    """Return what importing an upload would do."""
    from indicators.services.project_lists import read_pending

    fiscal_year, listed = read_pending(pending)
    return compare_list(listed, fiscal_year, user)
