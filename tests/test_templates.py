"""All templates: they compile, and hold nothing a strict content security policy would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR, "templates")
TEMPLATES = sorted(str(file.relative_to(ROOT)) for file in ROOT.rglob("*.html"))
# The one file that is read without the site carries its style sheet inside.
FILES = {"indicators/publication_file.html"}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//""", re.IGNORECASE)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", sorted({*TEMPLATES} - FILES))
def test_it_holds_no_inline_script_or_style_and_asks_no_other_site(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert INLINE.findall(text) == []
    assert FOREIGN.findall(text) == []


@pytest.mark.parametrize("name", sorted({*TEMPLATES} - FILES))
def test_static_files_it_names_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"{% static '([^']+)'", text)
    assert [file for file in named if not finders.find(file)] == []


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name):
    page = get_template(name).render()
    assert '<html lang="zh-CN">' in page
    assert "回到我的部门" in page


@pytest.mark.parametrize("sheet", ["css/app.css", "css/paper.css"])
def test_style_sheets_ask_no_other_file(sheet):
    assert re.findall(r"url\(|@import", Path(finders.find(sheet)).read_text(encoding="utf-8")) == []
