"""Rules of the house that no single test of a feature would notice."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

ROOT = Path(__file__).parent.parent
APPS = ("perfbudget", "trail", "departments", "workflow", "projects", "indicators", "reports")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
# Where rows are written: acts, the storage they share, and what the trail itself appends.
WRITERS = re.compile(r"/services(/|\.py)|/storage\.py|/migrations/|^trail/")
WRITING = re.compile(
    r"objects[\w.()=, ]*\.(create|get_or_create|update_or_create|bulk_create|bulk_update|update|delete)\("
    r"|\b(?!form\b|pdf\b)\w+\.save\((update_fields|force_insert)"
)
FORBIDDEN_NAMES = ("common", "core", "utils", "base", "helpers", "dashboard")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_readme_names_every_command():
    ours = [name for name, app in get_commands().items() if app in APPS]
    assert [name for name in ours if name not in README] == []


def test_readme_names_every_setting_of_the_environment():
    settings = (ROOT / "perfbudget" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"PERFBUDGET_[A-Z_]+[A-Z]", settings)) | {"DATABASE_URL"}
    secrets = {f"PERFBUDGET_{name}" for name in re.findall(r'_secret\("(\w+)"\)', settings)}
    assert sorted(name for name in names | secrets if name not in README) == []


def test_rows_are_written_by_services_alone():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        if not WRITERS.search(str(path.relative_to(ROOT)))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if WRITING.search(line)
    ]
    assert found == []


def test_the_rule_about_writing_can_fail():
    assert WRITING.search("Declaration.objects.filter(pk=1).update(goal='')")
    assert WRITING.search("declaration.save(update_fields=('goal',))")


def test_no_module_is_named_after_nothing():
    names = {part for path in SOURCES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert sorted(names & set(FORBIDDEN_NAMES)) == []


def test_templates_hold_no_script_and_no_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", re.IGNORECASE)
    allowed = {"publication_file.html"}  # a file that is taken away carries its style sheet
    found = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if path.name not in allowed and inline.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_nothing_refers_to_another_site():
    served = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.*")]
    pattern = re.compile(r"(?<!xmlns=\")(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
    found = [
        (path.name, match.group())
        for path in served
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
        if "www.w3.org" not in match.group()
    ]
    assert found == []


# The oldest browser served is Chromium 86 (360 and 奇安信 browsers): what came later stays out.
TOO_NEW_IN_CSS = re.compile(
    r":(has|is|where)\(|@container|@layer|@scope|(^|[\s;{])(inset|aspect-ratio|accent-color|translate|rotate"
    r"|scale)\s*:|\boverflow[\w-]*:\s*clip|\d[sdl]v[hw]\b|color-mix\(|^\s*&"
    r"|\((width|height)\s*[<>]",
    re.MULTILINE,
)
TOO_NEW_IN_SCRIPTS = re.compile(
    r"randomUUID|structuredClone|\.at\(|Object\.hasOwn\b|\.(findLast|toSorted|toReversed|showPopover"
    r"|groupBy)\(|AbortSignal\.(timeout|any)|scrollend|^await\b|static \{|CSS\.highlights|navigation\.",
    re.MULTILINE,
)


def test_browsers_of_2020_understand_scripts_and_styles():
    found = [
        f"{path.relative_to(ROOT)}: {match.group().strip()}"
        for pattern, kind in ((TOO_NEW_IN_CSS, "css"), (TOO_NEW_IN_SCRIPTS, "js"))
        for path in sorted((ROOT / "static").rglob(f"*.{kind}"))
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_rule_about_browsers_can_fail():
    assert TOO_NEW_IN_CSS.search("tr:has(input) { inset: 0 }")
    assert TOO_NEW_IN_SCRIPTS.search("const id = crypto.randomUUID();")
