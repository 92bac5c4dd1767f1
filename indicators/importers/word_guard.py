"""What a Word document must pass before it is read: an archive of bounded size, XML without entities.

The tree is made by defusedxml, which knows no network and no file but the one it is given.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree.ElementTree import Element  # the type alone: defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from indicators.importers.outcome import ImportRefused, refused
from indicators.importers.workbook_guard import BROKEN, MOST_ELEMENTS, refuse_oversize

Tree: TypeAlias = Element
_FOLDER = "word/"
_MAIN_PART = "word/document.xml"
_MAIN_RELATION = "/officeDocument"


@dataclass(frozen=True, slots=True)
class WordParts:
    """The parts of a document that its text is made of; those it lacks are None."""

    body: Tree
    styles: Tree | None
    numbering: Tree | None


def is_word(data: bytes) -> bool:
    """Return whether an archive says of itself that it is a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.startswith(_FOLDER) for name in archive.namelist())
    except BROKEN:
        return False


def open_word(data: bytes) -> WordParts:
    """Return the parts of a DOCX file.

    Raises ImportRefused where it is damaged, or is not what an honest one looks like.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_oversize(archive, "Word文档", "请删去图片等与绩效目标无关的内容")
            return _parts(archive)
    except DefusedXmlException as error:
        raise refused("全文", "Word文档中含有XML实体或外部引用，出于安全考虑不予读取。") from error
    except (*BROKEN, RecursionError) as error:
        raise damaged_word() from error
    except RuntimeError as error:  # what zipfile raises for an encrypted entry
        raise refused("全文", "Word文档设有密码，请先取消密码再导入。") from error


def damaged_word() -> ImportRefused:
    """Return the refusal of a document that cannot be opened."""
    return refused("全文", "Word文档已损坏，无法打开。请重新取得该文件，或用Word打开后另存为docx再导入。")


def local_name(element: Tree) -> str:
    """Return the element's name without its namespace: the strict and the usual form differ in it alone."""
    return element.tag.rpartition("}")[2]


def attribute(element: Tree | None, name: str) -> str:
    """Return an attribute by its local name, '' where there is none."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Tree | None, *names: str) -> Tree | None:
    """Return what lies under the element by a path of local names, None where nothing does."""
    for name in names:
        if element is None:
            return None
        element = next((part for part in element if local_name(part) == name), None)
    return element


def _parts(archive: zipfile.ZipFile) -> WordParts:
    main = _main_part(archive)
    folder = main.rpartition("/")[0]
    body = child(_tree(archive, main), "body")
    if body is None:
        raise damaged_word()
    return WordParts(body, _tree(archive, f"{folder}/styles.xml"), _tree(archive, f"{folder}/numbering.xml"))


def _main_part(archive: zipfile.ZipFile) -> str:
    """Return the name of the part with the text: some programs call it word/document2.xml."""
    relations = _tree(archive, "_rels/.rels")
    for relation in relations if relations is not None else ():
        if relation.get("Type", "").endswith(_MAIN_RELATION):
            return relation.get("Target", "").lstrip("/")
    return _MAIN_PART


def _tree(archive: zipfile.ZipFile, name: str) -> Tree | None:
    """Return a part as a tree, its elements counted before any is kept; None where there is no such part."""
    if name not in archive.namelist():
        return None
    content = archive.read(name)
    for count, (_, element) in enumerate(iterparse(io.BytesIO(content), forbid_dtd=True), start=1):
        element.clear()
        if count > MOST_ELEMENTS:
            raise refused("全文", f"Word文档的内容过多（{name}），请只保留绩效目标文本。")
    return fromstring(content, forbid_dtd=True)
