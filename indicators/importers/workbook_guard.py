"""What a workbook must pass before it is opened: an archive of bounded size, XML without entities.

openpyxl guards against entities only; a small file may still unpack to gigabytes, name a merged range of
sixteen thousand million cells, or put one cell at the far end of every row, which is padded up to it.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.utils import column_index_from_string, range_boundaries

from indicators.importers.outcome import WHAT_IS_READ, ImportRefused, refused

MOST_ENTRIES = 2_000
LARGEST_CONTENT = 100 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_ELEMENTS = 1_000_000
_XML = (".xml", ".rels")
_WORKBOOK = "xl/workbook.xml"
# What zipfile, its decompressors, the XML parsers and openpyxl raise for a file that is not what it says.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    SyntaxError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
)
Merge = tuple[int, int, int, int]


def inspect_workbook(data: bytes) -> dict[str, list[Merge]]:
    """Return the merged ranges (first column, first row, last column, last row) of each sheet's part.

    Raises ImportRefused where the file is no workbook, is damaged, or is not what an honest one looks like.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _inspect_entries(archive)
            return {name: _inspect_part(archive, name) for name in archive.namelist() if name.endswith(_XML)}
    except DefusedXmlException as error:
        raise refused("全文", "工作簿中含有XML实体或外部引用，出于安全考虑不予读取。") from error
    except BROKEN as error:
        raise damaged() from error
    except RuntimeError as error:  # what zipfile raises for an encrypted entry
        raise refused("全文", "工作簿设有密码，请先取消密码再导入。") from error


def damaged() -> ImportRefused:
    """Return the refusal of a workbook that cannot be opened."""
    return refused("全文", "工作簿已损坏，无法打开。请重新取得该文件，或用Excel打开后另存为xlsx再导入。")


def _inspect_entries(archive: zipfile.ZipFile) -> None:
    if _WORKBOOK not in archive.namelist():
        raise _no_workbook(archive.namelist())
    refuse_oversize(archive, "工作簿", "请只保留绩效目标表所在的工作表")


def refuse_oversize(archive: zipfile.ZipFile, kind: str, advice: str) -> None:
    """Raise ImportRefused for an archive that unpacks to too much; a part that is there twice is damage."""
    names = archive.namelist()
    if len(names) != len(set(names)):
        raise zipfile.BadZipFile
    size = sum(entry.file_size for entry in archive.infolist())
    if len(names) > MOST_ENTRIES or size > LARGEST_CONTENT:
        limit = LARGEST_CONTENT // 1024 // 1024
        raise refused(
            "全文",
            f"{kind}解压后有{len(names)}个文件、{size // 1024 // 1024}MB，"
            f"超过上限（{MOST_ENTRIES}个、{limit}MB），{advice}。",
        )


def _no_workbook(names: list[str]) -> ImportRefused:
    kind = "二进制格式的Excel工作簿（xlsb）" if "xl/workbook.bin" in names else "压缩文件"
    return refused("全文", f"这是{kind}，不能导入。{WHAT_IS_READ}")


def _inspect_part(archive: zipfile.ZipFile, name: str) -> list[Merge]:
    """Parse a part without keeping it; return the merged ranges it declares."""
    merges, weight, width = [], 0, 0
    with archive.open(name) as stream:
        for _, element in iterparse(stream, forbid_dtd=True):
            weight += 1
            match element.tag.rpartition("}")[2]:
                case "mergeCell":
                    merges.append(_merge(element.get("ref", ""), name))
                    weight += _area(merges[-1])
                case "c":
                    width = max(width, _column(element.get("r", "")))
                case "row":
                    weight, width = weight + width, 0
            if weight > MOST_ELEMENTS:
                raise refused("全文", f"工作簿的内容过多（{name}），请只保留绩效目标表所在的工作表。")
            element.clear()
    return merges


def _column(ref: str) -> int:
    """Return the column of a cell's reference, from 1; 0 where it has none."""
    letters = ref.rstrip("0123456789")
    return column_index_from_string(letters) if letters else 0


def _merge(ref: str, name: str) -> Merge:
    merge = range_boundaries(ref)
    if None in merge or merge[2] > MOST_COLUMNS or merge[3] > MOST_ROWS:
        raise refused(
            f"工作表（{name}）{ref}",
            f"合并单元格超出{MOST_ROWS}行、{MOST_COLUMNS}列的范围，请取消不需要的合并。",
        )
    return merge


def _area(merge: Merge) -> int:
    return (merge[2] - merge[0] + 1) * (merge[3] - merge[1] + 1)


def merged_cells(merges: list[Merge]) -> Iterator[tuple[int, int, Merge]]:
    """Yield (row, column, range) of every merged cell."""
    for merge in merges:
        for row in range(merge[1], merge[3] + 1):
            for column in range(merge[0], merge[2] + 1):
                yield row, column, merge
