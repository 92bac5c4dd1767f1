"""A defect planted in a well-made table is found by its rule, at its place, and by no other rule."""

import pytest

from indicators.checks import Severity, State, check_table
from indicators.checks.model import Scope
from indicators.checks.running import rules_of
from tests.fixture_tables import planted_defects, well_made_table

DEFECTS = planted_defects()
FEWEST_DEFECTS = 60
#: Defects that their rule is known to miss, or that others cry about. Empty when all is well.
KNOWN: set[str] = set()

each_defect = pytest.mark.parametrize("name", sorted(DEFECTS.keys() - KNOWN))


def hits(outcomes, code):
    """Return path, row and severity of each hit of a rule."""
    return [
        (hit.path, hit.row, hit.severity or outcome.severity)
        for outcome in outcomes
        if outcome.rule.code == code and outcome.state == State.FOUND
        for hit in outcome.hits
    ]


def found_after(defect):
    return hits(check_table(defect.table, defect.context), defect.rule)


def graver_than_hints(outcomes):
    return {
        outcome.rule.code
        for outcome in outcomes
        if outcome.state == State.FOUND and outcome.severity != Severity.HINT
    }


def new_rules(defect):
    """Return the rules that warn of the table with the defect and not of the table without it."""
    before = graver_than_hints(check_table(well_made_table(defect.base)))
    return graver_than_hints(check_table(defect.table, defect.context)) - before


@each_defect
def test_the_rule_finds_the_defect_at_its_place(name):
    defect = DEFECTS[name]
    assert (*defect.place, defect.severity) in found_after(defect)


@each_defect
def test_the_rule_finds_nothing_there_without_the_defect(name):
    defect = DEFECTS[name]
    path, _ = defect.place
    assert path not in [found[0] for found in hits(check_table(well_made_table(defect.base)), defect.rule)]


@each_defect
def test_no_other_rule_warns_of_it(name):
    defect = DEFECTS[name]
    assert new_rules(defect) <= {defect.rule, *defect.also}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_is_known_to_be_wrong_still_is(name):
    defect = DEFECTS[name]
    found = (*defect.place, defect.severity) in found_after(defect)
    assert not found or not new_rules(defect) <= {defect.rule, *defect.also}


def test_every_rule_about_tables_has_a_planted_defect():
    assert len(DEFECTS) >= FEWEST_DEFECTS
    rules = {rule.code for rule in rules_of(Scope.TABLE, Scope.ACROSS)}
    assert rules - {defect.rule for defect in DEFECTS.values()} == set()
