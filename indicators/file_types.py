"""What kind of file some bytes are, told from the content; the name is only compared with it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

import filetype
import pikepdf
from PIL import Image

LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 5_000
LARGEST_PIXELS = 200_000_000  # an A3 page at 600 dpi has 70 million


class FileTypeError(ValueError):
    """The file is not of a kind that is taken; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: the endings its name may have, and the media type it is handed out as."""

    label: str
    endings: tuple[str, ...]
    media_type: str


PDF = FileType("PDF", ("pdf",), "application/pdf")
WORD = FileType(
    "Word文档",
    ("docx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
WORKBOOK = FileType(
    "Excel工作簿", ("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
JPEG = FileType("JPG图片", ("jpg", "jpeg"), "image/jpeg")
PNG = FileType("PNG图片", ("png",), "image/png")
TAKEN = (PDF, WORD, WORKBOOK, JPEG, PNG)
ENDINGS = tuple(ending for kind in TAKEN for ending in kind.endings)


def type_of(name: str, data: bytes) -> FileType:
    """Return the kind of a file, its content read through. Raises FileTypeError.

    The content decides; a name that says otherwise is refused, since nobody could open the file by it.
    """
    found = _by_content(data)
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if found is None:
        raise FileTypeError(f"不是可以接收的文件，只接收{'、'.join(kind.label for kind in TAKEN)}。")
    if ending not in found.endings:
        raise FileTypeError(
            f"内容是{found.label}，文件名却以“.{ending}”结尾，将文件名改为以“.{found.endings[0]}”结尾再上传。"
        )
    return found


def _by_content(data: bytes) -> FileType | None:
    guessed = filetype.guess_mime(data) or ""
    if guessed == PDF.media_type:
        _read_pdf(data)
        return PDF
    if guessed in (JPEG.media_type, PNG.media_type):
        _read_image(data)
        return JPEG if guessed == JPEG.media_type else PNG
    return _office_type(data) if data.startswith(b"PK") else None


def _read_pdf(data: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError as error:
        raise FileTypeError("PDF设有打开密码，取消密码后再上传。") from error
    except pikepdf.PdfError as error:
        raise FileTypeError("PDF已损坏，无法打开，重新扫描或导出后再上传。") from error
    if not pages:
        raise FileTypeError("PDF没有任何页面。")


def _read_image(data: bytes) -> None:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            pixels = image.width * image.height
            image.verify()
    # What Pillow raises for a picture that is not what it says.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileTypeError("图片已损坏，无法打开，重新扫描后再上传。") from error
    if pixels > LARGEST_PIXELS:
        raise FileTypeError("图片尺寸过大，将扫描分辨率降到300dpi以内再上传。")


def _office_type(data: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileTypeError("文件已损坏，无法打开，另存一份再上传。") from error
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise FileTypeError("文件解压后过大，删去不需要的图片或工作表再上传。")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileTypeError("文件含有宏，另存为不含宏的docx或xlsx再上传。")
    if "word/document.xml" in names:
        return WORD
    return WORKBOOK if "xl/workbook.xml" in names else None
