"""What differs inside two texts is marked; the texts themselves stay whole."""

from hypothesis import given
from hypothesis import strategies as st

from indicators.document.marked_changes import marked
from tests.documents import texts


def _differing(runs) -> list[str]:
    return [run.text for run in runs if run.differs]


def test_only_what_differs_is_marked():
    before, after = marked("组织培训2次。", "精心组织培训12次。")
    assert (_differing(before), _differing(after)) == (["2"], ["精心", "12"])


def test_a_text_that_was_blank_is_not_marked():
    assert [run.differs for run in marked("", "新的")[1]] == [False]
    assert marked("", "新的")[0] == ()


def test_long_texts_are_compared_clause_by_clause():
    clauses = [f"第{number}项任务按期完成；" for number in range(400)]
    before, after = marked("".join(clauses), "".join([*clauses[:200], "新的任务；", *clauses[200:]]))
    assert (_differing(before), _differing(after)) == ([], ["新的任务；"])


@given(texts(), texts())
def test_runs_join_to_the_texts(before, after):
    left, right = marked(before, after)
    assert "".join(run.text for run in left) == before
    assert "".join(run.text for run in right) == after


@given(st.text(max_size=40))
def test_a_text_does_not_differ_from_itself(text):
    assert not any(run.differs for runs in marked(text, text) for run in runs)
