"""No rule cries wolf: a table as a good finance officer writes it has no error and two warnings at most."""

import re
from dataclasses import replace

import pytest

from indicators.checks import Context, Severity, State, check_table
from indicators.document.model import new_uid
from tests.fixture_tables import well_made_names, well_made_table

MOST_WARNINGS = 2
FEWEST_TABLES = 40
#: Rules known to be wrong about a table, by its name. They are no leave to stay so: empty when all is well.
KNOWN: dict[str, set[str]] = {}


_NUMERALS = "零一二三四五六七八九"
_NUMBERED = re.compile(r"(?m)^([1-9])[、.](?!\d)\s*")


def with_values(*pairs):
    """Return a change of every value of a table: each pattern by its replacement."""

    def change(table):
        rows = []
        for row in table.indicators:
            value = row.value
            for pattern, replacement in pairs:
                value = re.sub(pattern, replacement, value)
            rows.append(replace(row, value=value))
        return replace(table, indicators=tuple(rows))

    return change


def with_numbering(numbering):
    """Return a change of how the goal's tasks are numbered."""
    return lambda table: replace(
        table, goal=_NUMBERED.sub(lambda found: numbering(int(found[1])), table.goal)
    )


#: The same table as other people would type it.
OTHER_HANDS = {
    "words for signs": with_values(("≥", "不低于"), ("≤", "不超过"), ("＝", "")),
    "signs of the keyboard": with_values(("≥", ">="), ("≤", "<="), ("＝", "=")),
    "full-width signs": with_values(("%", "％"), ("≥", "≧")),
    "months without a year": with_values((r"20\d\d年(\d+)月\d*日?底?前", r"\1月底前")),
    "days in digits": with_values((r"(20\d\d)年(\d+)月(\d+)日前", r"≤\1-\2-\3")),
    "a blank after the sign": with_values(("^([≥≤＝])", r"\1 ")),
    "（一）": with_numbering(lambda number: f"（{_NUMERALS[number]}）"),
    "目标1：": with_numbering(lambda number: f"目标{number}："),
    "一是": with_numbering(lambda number: f"{_NUMERALS[number]}是"),
    "no numbers": with_numbering(lambda number: ""),
    "one line": lambda table: replace(table, goal=table.goal.replace("\n", "")),
    "the class of the standard alone": lambda table: replace(
        table,
        indicators=tuple(replace(row, basis=row.basis.partition("：")[0]) for row in table.indicators),
    ),
}


def context_of(name):
    """Return what lets most rules run: other projects of the unit, and the same table of the year before."""
    table = well_made_table(name)
    siblings = tuple(well_made_table(other) for other in well_made_names() if other != name)
    return Context(siblings=siblings, last_year=replace(table, year=table.year - 1, uid=new_uid()))


def findings(name, change=lambda table: table):
    """Return severity, rule, row and message of each hit that is more than a hint."""
    return [
        (hit.severity or outcome.severity, outcome.rule.code, hit.row, hit.message)
        for outcome in check_table(change(well_made_table(name)), context_of(name))
        if outcome.state == State.FOUND
        for hit in outcome.hits
        if (hit.severity or outcome.severity) != Severity.HINT
    ]


def told(found):
    return "\n".join(
        f"{code} {severity} 第{row or '-'}行 {message}" for severity, code, row, message in found
    )


@pytest.mark.parametrize("name", well_made_names())
def test_a_well_made_table_has_no_error_and_two_warnings_at_most(name):
    found = [each for each in findings(name) if each[1] not in KNOWN.get(name, ())]
    errors = [each for each in found if each[0] == Severity.ERROR]
    assert not errors, told(errors)
    assert len(found) <= MOST_WARNINGS, told(found)


@pytest.mark.parametrize("hand", OTHER_HANDS)
def test_other_ways_of_typing_the_same_bring_nothing_new(hand):
    for name in well_made_names():
        usual = {each[:3] for each in findings(name)}
        found = [each for each in findings(name, OTHER_HANDS[hand]) if each[:3] not in usual]
        assert not found, f"{name}\n{told(found)}"


def test_what_is_known_to_be_wrong_still_is():
    mended = {
        (name, code) for name, codes in KNOWN.items() for code in codes - {each[1] for each in findings(name)}
    }
    assert mended == set()


def test_there_are_enough_tables_of_both_frames_and_all_sizes():
    tables = [well_made_table(name) for name in well_made_names()]
    assert len(tables) >= FEWEST_TABLES
    assert {table.frame for table in tables} == {"2015", "2021"}
    assert (
        min(table.budget for table in tables) < 100_000 < 10_000_000 < max(table.budget for table in tables)
    )
    assert len({table.project_code for table in tables}) == len(tables)
