"""What a sharp reviewer finds on the real booklet: each finding at its place, with its severity, and no more.

T1 is 机关团工作活动经费, T2 机关党组织活动经费, D the department's own text. A place is an indicator's row
number or the beginning of a path.
"""

import pytest

from indicators.checks import Context, Severity, State, check_narrative, check_table
from indicators.importers import read_booklet
from tests.sample_documents import SEED

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
MUST = [
    ("R05", "T2", E, "name"),
    ("R13", "T1", W, "milestones/10"),
    ("R20", "T2", W, ""),
    *(("R25", table, W, row) for table in ("T1", "T2") for row in (2, 5, 6)),
    ("R26", "T1", W, 3),
    ("R26", "T2", W, 1),
    ("R26", "T2", W, 3),
    ("R27", "T1", W, 3),
    ("R27", "T2", W, 3),
    ("R33", "T2", W, "goal"),
    ("R33", "D", W, "sub_goals/"),
    *((code, table, W, row) for table in ("T1", "T2") for code, row in (("R37", 4), ("R38", 4))),
    *((code, table, W, row) for table in ("T1", "T2") for code, row in (("R41", 5), ("R42", 5), ("R44", 6))),
    ("R45", "T1", W, 6),
    ("R45", "T2", W, 1),
    ("R45", "T2", W, 6),
    ("R47", "T1", W, ""),
    ("R47", "T2", W, ""),
    ("R51", "T1", W, "purpose"),
    ("R52", "D", W, ""),
    ("R53", "D", W, ""),
    ("R57", "T1", W, ""),
    ("R57", "T2", W, ""),
    ("R03", "T1", H, "other_funding"),
    ("R03", "T2", H, "other_funding"),
    ("R07", "T2", H, ""),
    ("R08", "D", W, ""),
    ("R09", "D", W, ""),
    ("R14", "T1", H, "milestones/6"),
    ("R14", "T2", H, "milestones/6"),
    ("R32", "T1", H, ""),
    ("R32", "T2", H, ""),
    ("R48", "T1", H, 1),
    ("R48", "T1", H, 2),
    ("R48", "T2", H, 2),
    ("R50", "T2", H, "purpose"),
    ("R55", "T1", H, ""),
    ("R58", "D", H, "sub_goals/"),
    ("R61", "T1", H, 2),
    ("R61", "T2", H, 2),
    ("R62", "T2", H, 1),
]
NOT_RUN = ("R15", "R23", "R28", "R35", "R40", "R56")
PASSED = ("R02", "R04", "R12", "R21", "R29", "R36", "R49")
MOST_OTHER_WARNINGS = 3


@pytest.fixture(scope="module")
def outcomes():
    booklet = read_booklet(SEED).booklet
    first, second = booklet.tables
    return {
        "T1": check_table(first, Context(booklet=booklet, siblings=(second,), region_code="130209")),
        "T2": check_table(second, Context(booklet=booklet, siblings=(first,), region_code="130209")),
        "D": check_narrative(booklet, Context(booklet=booklet)),
    }


def _outcome(outcomes, document, code):
    return next((found for found in outcomes[document] if found.rule.code == code), None)


def _is_at(hit, place):
    return hit.row == place if isinstance(place, int) else hit.path.startswith(place)


@pytest.mark.parametrize(("code", "document", "severity", "place"), MUST)
def test_the_finding_is_there(outcomes, code, document, severity, place):
    outcome = _outcome(outcomes, document, code)
    assert outcome.state == State.FOUND
    assert [
        hit for hit in outcome.hits if _is_at(hit, place) and (hit.severity or outcome.severity) == severity
    ]


def test_there_is_no_other_error_and_there_are_few_other_warnings(outcomes):
    musts = {(code, document) for code, document, *_ in MUST}
    others = [
        (outcome.rule.code, document, outcome.severity, [hit.message for hit in outcome.hits])
        for document, found in outcomes.items()
        for outcome in found
        if outcome.state == State.FOUND and (outcome.rule.code, document) not in musts
    ]
    assert [other for other in others if other[2] == E] == []
    assert len([other for other in others if other[2] == W]) <= MOST_OTHER_WARNINGS


@pytest.mark.parametrize("document", ["T1", "T2"])
@pytest.mark.parametrize("code", NOT_RUN)
def test_what_cannot_be_run_says_why(outcomes, document, code):
    outcome = _outcome(outcomes, document, code)
    assert outcome.state == State.NOT_RUN
    assert outcome.reason.endswith("。")


@pytest.mark.parametrize("document", ["T1", "T2"])
@pytest.mark.parametrize("code", PASSED)
def test_what_is_close_but_right_passes(outcomes, document, code):
    assert _outcome(outcomes, document, code).state == State.PASSED
