"""No document makes a rule raise, and every rule has an outcome on it: the ledger has no gaps."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.checks import Context, State, check_narrative, check_table
from indicators.checks.model import Scope
from indicators.checks.running import rules_of
from tests.documents import booklets, target_tables
from tests.fixture_tables import well_made_names, well_made_table
from tests.sample_documents import blank_table, hostile_table, long_table

ANY_TABLE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROWS = st.sampled_from(well_made_names()).map(lambda name: well_made_table(name).indicators)


def assert_every_rule_has_an_outcome(outcomes, *scopes):
    assert [outcome.rule.code for outcome in outcomes] == [rule.code for rule in rules_of(*scopes)]
    for outcome in outcomes:
        assert bool(outcome.hits) == (outcome.state == State.FOUND)
        assert bool(outcome.reason) == (outcome.state == State.NOT_RUN)
        assert all(hit.message for hit in outcome.hits)


def assert_places_exist(outcomes, table):
    """Every hit is at a field of the table, at a node of its plan or in a cell of the row it names."""
    rows = {indicator.uid: number for number, indicator in enumerate(table.indicators, start=1)}
    for hit in (hit for outcome in outcomes for hit in outcome.hits):
        first, _, rest = hit.path.partition("/")
        if first == "indicators" and rest:
            assert rows[rest.partition("/")[0]] == hit.row
        else:
            assert first == "" or hasattr(table, first)


@ANY_TABLE
@given(target_tables(), st.lists(target_tables(), max_size=3), st.none() | target_tables(), st.booleans())
def test_no_table_raises(table, siblings, last_year, has_weights):
    context = Context(
        siblings=tuple(siblings), last_year=last_year, has_weights=has_weights, region_code="130209"
    )
    outcomes = check_table(table, context)
    assert_every_rule_has_an_outcome(outcomes, Scope.TABLE, Scope.ACROSS)
    assert_places_exist(outcomes, table)


@ANY_TABLE
@given(booklets())
def test_no_narrative_raises(booklet):
    assert_every_rule_has_an_outcome(check_narrative(booklet, Context(booklet=booklet)), Scope.NARRATIVE)


@ANY_TABLE
@given(target_tables(), ROWS, st.data())
def test_no_half_edited_table_raises(strange, rows, data):
    """A well-made table with strange cells here and there: rules get deeper into these than into noise."""
    cells = st.sampled_from(("first_tier", "second_tier", "name", "description", "value", "basis"))
    texts = [text for row in strange.indicators for text in (row.name, row.description, row.value)] or [""]
    edited = list(rows)
    for number in data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=4, unique=True)):
        change = {data.draw(cells): data.draw(st.sampled_from(texts))}
        edited[number] = replace(edited[number], **change)
    table = replace(strange, indicators=tuple(edited))
    assert_places_exist(check_table(table, Context(last_year=strange)), table)


@pytest.mark.parametrize(
    "table",
    [
        blank_table(),
        hostile_table(),
        long_table(),
        replace(long_table(), budget=Decimal("-0.01"), milestones=()),
        replace(hostile_table(), indicators=()),
    ],
)
def test_no_extreme_table_raises(table):
    outcomes = check_table(table, Context(siblings=(table,), last_year=table, has_weights=True))
    assert_every_rule_has_an_outcome(outcomes, Scope.TABLE, Scope.ACROSS)
    assert_places_exist(outcomes, table)
