"""Rules of the house about the trail: nothing is written past it, and people can read all that is in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from trail.labels import ACTIONS, KINDS, Sort, label_of, sort_of
from workflow.transitions import ACTS

ROOT = Path(__file__).parent.parent
APPS = ("departments", "workflow", "projects", "indicators", "reports")
SERVICES = [
    path
    for app in APPS
    for pattern in ("services.py", "services/*.py")
    for path in sorted((ROOT / app).glob(pattern))
]
# Public services with an actor that record nothing themselves, and why.
WAITS = "one's own upload that waits to be confirmed; what it becomes is recorded"
RECORDS_ELSEWHERE = {
    **dict.fromkeys(
        ("keep_upload", "keep_booklet", "drop_booklet", "keep_library_file", "choose_layout"), WAITS
    ),
    "kept_library_file": "reads",
    "be_present": "says who has a page open, for some minutes",
    **dict.fromkeys(("mark_read", "mark_done"), "messages about what is recorded"),
    **dict.fromkeys(
        ("tell_of_moves", "tell_rejected", "tell_finished"), "leaves messages about what is recorded"
    ),
}
RAW = re.compile(r"\bcursor\.(execute|executemany)\(|\.raw\(|\.extra\(")
RAW_ALLOWED = re.compile(r"/migrations/|^trail/(triggers|services)\.py")
# Writing past the services, in any spelling of a manager or related manager.
PAST_THE_SERVICES = re.compile(r"\.(bulk_create|bulk_update|update_or_create|get_or_create)\(|\.save\(\)")
WRITERS = re.compile(r"/services(/|\.py)|/storage\.py|/migrations/|^trail/")


def sources() -> Iterator[tuple[str, str]]:
    for app in ("perfbudget", "trail", *APPS):
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def _found(pattern: re.Pattern, allowed: re.Pattern) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in sources()
        if not allowed.search(name)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_sql_is_written_by_hand():
    reading = {name for name in _found(RAW, RAW_ALLOWED) if _reads_only(name)}
    assert [name for name in _found(RAW, RAW_ALLOWED) if name not in reading] == []


def _reads_only(place: str) -> bool:
    name, _, number = place.partition(":")
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    said = "\n".join(lines[int(number) - 1 : int(number) + 3])
    return not re.search(r"\b(INSERT|UPDATE|DELETE|TRUNCATE|DROP|ALTER)\b", said)


def test_no_row_is_written_past_the_services():
    assert _found(PAST_THE_SERVICES, WRITERS) == []


def test_these_rules_can_fail():
    assert PAST_THE_SERVICES.search("filed.declarations.bulk_create(rows)")
    assert PAST_THE_SERVICES.search("declaration.save()")
    assert RAW.search('cursor.execute("UPDATE trail_entry SET label = 1")')


# every act is recorded


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in SERVICES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield str(path.relative_to(ROOT)), node


def _calls(node: ast.AST) -> set[str]:
    """Return the names of what is called in a function, or handed on in it."""
    named = {child.attr for child in ast.walk(node) if isinstance(child, ast.Attribute)}
    return named | {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


def _recording() -> set[str]:
    """Return the functions of services that come to record(), by way of whatever they call."""
    calls: dict[str, set[str]] = {}
    for path in SERVICES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                calls.setdefault(node.name, set()).update(_calls(node))
    recording = {"record"}
    while more := {name for name, called in calls.items() if called & recording} - recording:
        recording |= more
    return recording


def test_every_service_with_an_actor_comes_to_record():
    recording = _recording()
    silent = {
        f"{path}: {node.name}"
        for path, node in _functions()
        if not node.name.startswith("_")
        and "actor" in {argument.arg for argument in node.args.kwonlyargs}
        and node.name not in recording
        and node.name not in RECORDS_ELSEWHERE
    }
    assert silent == set()


# every action has a word


def _strings(node: ast.AST | None) -> set[str]:
    if node is None:
        return set()
    found = (child.value for child in ast.walk(node) if isinstance(child, ast.Constant))
    return {value for value in found if isinstance(value, str) and re.fullmatch("[a-z_]+", value)}


def _actions() -> set[str]:
    """Return every action that some service names: given as ``action``, by default, or to a ``_record``."""
    actions = {act.name for act in ACTS}
    for path in SERVICES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                for keyword in node.keywords:
                    if keyword.arg == "action":
                        actions |= _strings(keyword.value)
                if name.startswith(("_record", "record")):
                    for argument in node.args:
                        if isinstance(argument, ast.Constant):
                            actions |= _strings(argument)
            elif isinstance(node, ast.FunctionDef):
                arguments = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                for argument, default in arguments:
                    if argument.arg == "action":
                        actions |= _strings(default)
    return actions


def test_every_action_has_a_word():
    assert sorted(action for action in _actions() if sort_of(action) is None) == []


def test_every_kind_of_object_has_a_word():
    kinds = {
        match
        for path in SERVICES
        for match in re.findall(r'\bkind="([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert sorted(kinds - KINDS.keys()) == []


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_move_is_called_what_its_button_says(act):
    assert label_of(act.name) == act.label
    assert sort_of(act.name) == Sort.MOVE


def test_an_action_is_of_one_sort():
    names = [name for actions in ACTIONS.values() for name in actions]
    assert len(names) == len(set(names))
