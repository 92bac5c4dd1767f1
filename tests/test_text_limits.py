"""No text is longer than a page can show: what is too long is refused with its length, nothing is changed."""

import pytest
from django.urls import reverse

from indicators.forms.fields import LONGEST_LETTER, LONGEST_TEXT
from indicators.models import Explanation
from projects.models import Declaration
from tests.test_urls_matrix import arguments  # noqa: F401 - a fixture
from trail.models import Entry
from workflow.models import Status

# address: who, the arguments (see tests/test_urls_matrix.py), the field, its name, how long it may be
TEXTS = {
    "explain": ("preparer", "rule", "text", "情况说明", 2000),
    "hand-over": ("preparer", (), "reason", "原因", LONGEST_TEXT),
    "save-opinion": ("reviewer", "table", "text", "总体意见", LONGEST_TEXT),
    "department-opinion": ("reviewer", "year", "text", "审核意见", LONGEST_LETTER),
    "approve-year": ("approver", "year", "text", "批复意见", LONGEST_LETTER),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_too_long_is_refused_with_its_length(name, arguments, request, signed_in):  # noqa: F811
    persona, of, field, label, most = TEXTS[name]
    client = signed_in(request.getfixturevalue(persona))
    if name == "save-opinion":
        Declaration.objects.update(status=Status.FINANCE_FIRST)
    entries = Entry.objects.count()
    typed = {field: "长" * (most + 1), "confirmed": "1", "source": "none"}
    answer = client.post(reverse(name, args=arguments[of]), typed)
    assert f"{label}有{most + 1}个字，最多{most}个字，缩短后再提交。" in answer.text
    assert (answer.status_code, Entry.objects.count()) == (422, entries)
    fits = client.post(reverse(name, args=arguments[of]), {**typed, field: "长" * most})
    assert "缩短后再提交" not in fits.text


def test_a_remark_too_long_is_refused_with_its_length(arguments, leader, signed_in):  # noqa: F811
    explanation = Explanation.objects.get()
    typed = {"verdict": Explanation.Verdict.REJECTED, "remark": "长" * 501}
    address = reverse("judge-explanation", args=(explanation.pk,))
    answer = signed_in(leader).post(address, typed, follow=True)
    assert "意见有501个字，最多500个字，缩短后再提交。" in answer.text
    explanation.refresh_from_db()
    assert (explanation.judge, explanation.remark) == (None, "")
