"""The fonts of every printed page, and how both PDF engines are made to use them and no others.

Noto Serif SC (宋体 look) and Noto Sans SC (黑体 look) come from the package pylopdf-fonts-zh-cn. No font of
the machine is used: for one it cannot find fontconfig puts DejaVu or boxes and says nothing.

The package's files hold CFF outlines written as calls of shared subroutines. PlutoPrint copies all of them
into every PDF, so the faces are rewritten once without them (every character stays). Measured on a page of
190 cells with some 700 different characters: 486 → 174 kB and 52 → 31 ms. HarfBuzz (uharfbuzz) does it in
half a second for both faces, fontTools in 75 s. Leaving rare characters out as well gained nothing more.
"""

import importlib.metadata
import os
import shutil
import tempfile
import threading
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings

SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"

FONT_PACKAGE = "pylopdf-fonts-zh-cn"
# Part of the folder's name: raise it when the rewriting below changes.
REWRITING = 1
# Layout tables are of no use for horizontal Chinese, and ligatures would spoil the text taken out of a PDF.
DROPPED_TABLES = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")

# What a screen style sheet may name first, and what it stands for on paper.
ALIASES = {
    SERIF: ("serif", "SimSun", "宋体", "STSong", "FangSong", "仿宋", "FangSong_GB2312", "仿宋_GB2312"),
    SANS: ("sans-serif", "system-ui", "SimHei", "黑体", "Microsoft YaHei", "PingFang SC"),
}


class FontsMissingError(Exception):
    """The Chinese fonts cannot be found; the message is a Chinese sentence for the administrator."""


def package_faces() -> dict[str, Path]:
    """Family name → font file of the installed font package; raises FontsMissingError."""
    try:
        import pylopdf_fonts_zh_cn as package
    except ImportError as error:
        raise FontsMissingError(f"缺少中文字体包，请执行 pip install {FONT_PACKAGE}。") from error
    faces = {SERIF: package.serif_path(), SANS: package.sans_path()}
    for path in faces.values():
        if not path.is_file():
            raise FontsMissingError(f"中文字体包里没有字体文件 {path.name}，请重新安装 {FONT_PACKAGE}。")
    return faces


def without_subroutines(path: Path) -> bytes:
    """The font in `path` with all its characters, CFF subroutines written out, layout tables left out."""
    import uharfbuzz

    wish = uharfbuzz.SubsetInput()
    wish.keep_everything()
    wish.flags = uharfbuzz.SubsetFlags.DESUBROUTINIZE | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    dropped = wish.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG)
    for tag in DROPPED_TABLES:
        dropped.add(int.from_bytes(tag.encode(), "big"))
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    return uharfbuzz.subset(face, wish).blob.data


def prepare_fonts(var: Path) -> Path:
    """Make the font folder under `var` unless it is there, and return it: faces/, cache/ and fonts.conf.

    Two processes may start at once: each writes a folder of its own, the first to rename it wins.
    """
    package = package_faces()
    version = importlib.metadata.version(FONT_PACKAGE)
    folder = var / "fonts" / f"{version}-{REWRITING}"
    faces = folder / "faces"
    if not faces.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _write_faces(package, faces)
    _write_configuration(folder)
    return folder


def _write_faces(package: dict[str, Path], faces: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix="faces-", dir=faces.parent))
    unfinished.chmod(0o755)
    try:
        for path in package.values():
            (unfinished / path.name).write_bytes(without_subroutines(path))
        unfinished.rename(faces)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not faces.is_dir():
            raise


def _write_configuration(folder: Path) -> None:
    """Write fonts.conf, also when the folder was moved: it names absolute paths."""
    text = _configuration(folder)
    target = folder / "fonts.conf"
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    handle, unfinished = tempfile.mkstemp(prefix="fonts-", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(unfinished, 0o644)  # mkstemp makes it 0600; the server may be another user than the installer
    os.replace(unfinished, target)


def _configuration(folder: Path) -> str:
    aliases = "\n".join(
        f'  <alias binding="same"><family>{escape(name)}</family>'
        f"<prefer><family>{escape(family)}</family></prefer></alias>"
        for family, names in ALIASES.items()
        for name in names
    )
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{escape(str(folder / "faces"))}</dir>
  <cachedir>{escape(str(folder / "cache"))}</cachedir>
{aliases}
</fontconfig>
"""


_lock = threading.Lock()
_used: Path | None = None


def use_fonts(var: Path | None = None) -> Path:
    """Make both PDF engines of this process use our fonts only; call it before the first page is drawn.

    Both engines read FONTCONFIG_FILE, PlutoPrint once at its first book. Child processes inherit it. `var` is
    settings.VAR_DIR unless given. Raises FontsMissingError.
    """
    global _used
    with _lock:
        if _used is None:
            folder = prepare_fonts(Path(var or settings.VAR_DIR).resolve())
            os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
            _used = folder
    return _used
