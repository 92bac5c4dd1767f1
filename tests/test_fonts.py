"""The prepared fonts: complete, made once, used by both engines instead of whatever the machine has."""

import os
import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont

from reports import pdf
from reports.fonts import SANS, SERIF, FontsMissingError, package_faces, prepare_fonts


@pytest.fixture(scope="module")
def font_folder(tmp_path_factory):
    return prepare_fonts(tmp_path_factory.mktemp("var"))


@pytest.mark.parametrize("family", [SERIF, SANS])
def test_prepared_face_keeps_every_character_and_loses_the_subroutines(font_folder, family):
    original = package_faces()[family]
    prepared = TTFont(font_folder / "faces" / original.name)
    assert prepared.getBestCmap() == TTFont(original).getBestCmap()
    assert len(prepared["CFF "].cff.GlobalSubrs) == 0
    assert prepared["name"].getDebugName(1) == family


def test_fonts_are_prepared_once(font_folder):
    files = [path for path in font_folder.rglob("*") if path.is_file()]
    before = {path: path.stat().st_mtime_ns for path in files}
    assert prepare_fonts(font_folder.parent.parent) == font_folder
    assert {path: path.stat().st_mtime_ns for path in files} == before


def test_two_processes_may_prepare_the_fonts_at_once(tmp_path):
    code = "import pathlib, sys, reports.fonts; reports.fonts.prepare_fonts(pathlib.Path(sys.argv[1]))"
    started = [subprocess.Popen([sys.executable, "-c", code, tmp_path]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in started] == [0, 0]
    (folder,) = (tmp_path / "fonts").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["faces", "fonts.conf"]
    assert len(list((folder / "faces").iterdir())) == 2


def test_moved_folder_gets_a_new_configuration(tmp_path):
    folder = prepare_fonts(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    moved = prepare_fonts(tmp_path / "new")
    assert moved.name == folder.name
    text = (moved / "fonts.conf").read_text(encoding="utf-8")
    assert str(tmp_path / "new") in text
    assert str(tmp_path / "old") not in text


def test_missing_font_package_is_told_in_chinese(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    with pytest.raises(FontsMissingError, match="缺少中文字体包"):
        package_faces()


@pytest.mark.parametrize("archive", [False, True], ids=["plutoprint", "weasyprint"])
@pytest.mark.parametrize(
    ("families", "used"),
    [
        ('SimSun, "Noto Serif SC"', {"NotoSerifSC"}),
        ("SimSun", {"NotoSerifSC"}),
        ("serif", {"NotoSerifSC"}),
        ('"Noto Sans SC"', {"NotoSansSC"}),
        ("SimHei", {"NotoSansSC"}),
    ],
)
def test_screen_font_names_lead_to_the_prepared_fonts(families, used, archive):
    html = f"<html><body style='font-family: {families}'><p>日月目用工 abc 123</p></body></html>"
    names = pdf.fonts_in(pdf.render_pdf(html, archive=archive))
    assert {name.replace("-", "").removesuffix("Regular") for name in names} == used


def test_environment_names_our_configuration_once_a_page_was_drawn():
    pdf.render_pdf("<html><body>一</body></html>")
    assert os.environ["FONTCONFIG_FILE"].endswith("fonts.conf")
    assert "perfbudget" in os.environ["FONTCONFIG_FILE"]
