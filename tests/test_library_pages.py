"""The pages of the library: list, details, proposals, and the choice beside a table."""

import pytest
from django.urls import reverse

from indicators.models import LibraryIndicator, LibraryUse
from indicators.services.library import load_starter, propose_indicator, retire_indicator
from projects.models import Declaration
from tests.test_library_services import HEADCOUNT, PASS_RATE
from trail.models import Entry
from workflow.models import Status

COST = {
    "first_tier": "成本指标",
    "second_tier": "经济成本指标",
    "name": "人均培训成本",
    "explanation": "按培训人数平均的支出。",
    "formula": "培训支出÷培训人数",
    "expenditure_standard": "不高于规定的开支标准。",
}
Standing = LibraryIndicator.Standing


@pytest.fixture
def library(db):
    load_starter(rows=[PASS_RATE, HEADCOUNT, COST])
    return {one.name: one for one in LibraryIndicator.objects.all()}


@pytest.fixture
def proposal(declaration, preparer):
    return propose_indicator(
        declaration=declaration, values={**PASS_RATE, "name": "参训人员合格率"}, actor=preparer
    )


def post(client, address, /, *arguments, fetched=False, **fields):
    headers = {"X-Requested-With": "fetch"} if fetched else {}
    return client.post(reverse(address, args=arguments), fields, headers=headers)


def form_of(indicator, **changed):
    values = {**PASS_RATE, **changed}
    return {**values, "tier": f"{values['first_tier']}›{values['second_tier']}"}


# The list and one indicator


def test_the_list_says_what_to_do_where_nothing_is_found(library, preparer, signed_in):
    client = signed_in(preparer)
    assert "没有符合筛选条件的指标" in client.get(reverse("library"), {"q": "养老"}).text
    wrong = client.get(reverse("library"), {"tier": "没有"})
    assert "筛选条件有误" in wrong.text
    assert "没有二级指标“没有”" in wrong.text


def test_an_indicator_shows_who_used_it_as_far_as_one_sees(
    library, preparer, outsider, signed_in, declaration
):
    kept = library["培训人次"]
    LibraryUse.objects.create(indicator=kept, department=declaration.department_year.department, count=7)
    address = reverse("library-indicator", args=(kept.pk,))
    assert "286001" in signed_in(preparer).get(address).text
    assert "286001" not in signed_in(outsider).get(address).text


def test_what_is_retired_is_listed_as_such_only(library, reviewer, preparer, signed_in):
    retire_indicator(indicator=library["培训人次"], reason="口径已变", actor=reviewer)
    client = signed_in(preparer)
    assert "培训人次" not in client.get(reverse("library")).text
    assert "培训人次" in client.get(reverse("library"), {"standing": "retired"}).text


def test_retiring_needs_a_reason_on_the_page(library, reviewer, signed_in):
    kept = library["培训人次"]
    client = signed_in(reviewer)
    refused = post(client, "library-standing", kept.pk, act="retire", reason=" ")
    assert (refused.status_code, "没有填写理由" in refused.text) == (422, True)
    assert post(client, "library-standing", kept.pk, act="retire", reason="口径已变").status_code == 302
    kept.refresh_from_db()
    assert (kept.standing, kept.remark) == (Standing.RETIRED, "口径已变")
    again = post(client, "library-standing", kept.pk, act="retire", reason="口径已变")
    assert (again.status_code, "状态已是“已停用”" in again.text) == (422, True)


def test_rewording_is_recorded(library, reviewer, signed_in):
    kept = library["培训人员合格率"]
    response = post(signed_in(reviewer), "library-edit", kept.pk, **form_of(kept, unit="‰"))
    assert response.status_code == 302
    kept.refresh_from_db()
    assert kept.unit == "‰"
    assert [change["place"] for change in Entry.objects.latest("sequence").changes] == ["计量单位"]


# Proposals


def test_a_row_of_a_table_is_proposed_with_what_it_says(declaration, preparer, signed_in):
    row = declaration.indicators.get(name="正常运转率")  # ≥95百分比
    client = signed_in(preparer)
    address = reverse("library-propose", args=(declaration.pk, row.uid))
    form = client.get(address).context["form"]
    assert {name: form[name].value() for name in ("name", "explanation", "direction", "unit")} == {
        "name": row.name,
        "explanation": row.description,
        "direction": "≥",
        "unit": "%",
    }
    typed = {name: form[name].value() or "" for name in form.fields}
    proposed = client.post(address, {**typed, "name": "设备正常运转率"})
    assert proposed.url == reverse("edit-table", args=(declaration.pk,))
    proposal = LibraryIndicator.objects.get()
    assert (proposal.name, proposal.standing, proposal.proposed_by) == (
        "设备正常运转率",
        Standing.PROPOSED,
        preparer,
    )


def test_near_duplicates_are_shown_to_both(library, proposal, declaration, preparer, reviewer, signed_in):
    row = declaration.indicators.first()
    address = reverse("library-propose", args=(declaration.pk, row.uid))
    again = signed_in(preparer).post(address, form_of(None, explanation=""))
    assert again.status_code == 422
    decided = signed_in(reviewer).get(reverse("library-edit", args=(proposal.pk,)))
    assert [one.name for one in decided.context["alike"]] == ["培训人员合格率"]
    assert "核对是否重复" in decided.text


def test_the_queue_is_the_bureaus_and_ones_own(proposal, reviewer, preparer, outsider, signed_in):
    for person, sees in ((reviewer, True), (preparer, True), (outsider, False)):
        response = signed_in(person).get(reverse("library-proposals"))
        assert ("参训人员合格率" in response.text) is sees
        address = reverse("library-indicator", args=(proposal.pk,))
        assert signed_in(person).get(address).status_code == (200 if sees else 404)


def test_a_decision_on_the_page(proposal, reviewer, signed_in):
    client = signed_in(reviewer)
    typed = form_of(proposal, name="参训人员考核合格率", remark="写明考核")
    assert post(client, "library-edit", proposal.pk, **typed).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.standing, proposal.name) == (Standing.APPROVED, "参训人员考核合格率")
    assert "写明考核" in client.get(reverse("library-proposals")).text


def test_a_proposal_is_refused_with_a_reason(proposal, reviewer, preparer, signed_in):
    response = post(signed_in(reviewer), "library-standing", proposal.pk, act="reject", reason="与已有重复")
    assert response.status_code == 302
    assert "与已有重复" in signed_in(preparer).get(reverse("library-proposals")).text


# Beside a table


def test_a_search_shows_where_an_indicator_would_stand(library, declaration, preparer, signed_in):
    address = reverse("library-search")
    response = signed_in(preparer).get(address, {"q": "成本", "declaration": declaration.pk})
    (result,) = response.context["results"]
    assert (result.fit.first_tier, result.fit.second_tier) == ("产出指标", "成本指标")
    answer = response.json()
    assert answer["total"] == 1
    assert "列入“产出指标”下的“成本指标”" in answer["found"]
    assert "不高于规定的开支标准" in answer["found"]


def test_a_search_beside_a_table_out_of_sight_is_not_found(library, declaration, outsider, signed_in):
    response = signed_in(outsider).get(reverse("library-search"), {"declaration": declaration.pk})
    assert response.status_code == 404


def test_what_is_ticked_is_inserted_under_its_tier(library, declaration, preparer, signed_in):
    before = declaration.indicators.count()
    wanted = [library["人均培训成本"].pk, library["培训人次"].pk]
    response = post(signed_in(preparer), "library-insert", declaration.pk, indicator=wanted)
    assert response.status_code == 302
    assert declaration.indicators.count() == before + 2
    cost = declaration.indicators.get(name="人均培训成本")
    assert (cost.first_tier, cost.second_tier, cost.value) == ("产出指标", "成本指标", "")
    assert cost.description == "按培训人数平均的支出。\n计算公式：培训支出÷培训人数"
    rows = list(declaration.indicators.order_by("position"))
    assert {row.second_tier for row in (rows[rows.index(cost) - 1], cost)} == {"成本指标"}
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.kind) == ("insert_library", "declaration")


def test_every_insertion_counts(library, declaration, preparer, signed_in):
    kept = library["培训人次"]
    for _ in range(2):
        post(signed_in(preparer), "library-insert", declaration.pk, indicator=[kept.pk])
    kept.refresh_from_db()
    assert kept.usage_count == 2
    assert LibraryUse.objects.get(indicator=kept).count == 2
    assert LibraryUse.objects.get().department == declaration.department_year.department


def test_the_editor_gets_the_rows_and_how_to_undo(library, declaration, preparer, signed_in):
    kept = library["培训人次"]
    answer = post(
        signed_in(preparer), "library-insert", declaration.pk, fetched=True, indicator=[kept.pk]
    ).json()
    uid = declaration.indicators.get(name="培训人次").uid
    assert answer["undo"] == {"act": "remove", "uids": uid}
    assert answer["focus"] == f"indicators/{uid}/value"
    assert answer["revision"] == Declaration.objects.get(pk=declaration.pk).revision
    assert uid in answer["rows"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [([], "没有选中指标"), (["x"], "不完整"), ([999], "有1条已停用")],
)
def test_a_refused_insertion_changes_nothing(wanted, message, library, declaration, preparer, signed_in):
    revision, entries = declaration.revision, Entry.objects.count()
    response = post(signed_in(preparer), "library-insert", declaration.pk, fetched=True, indicator=wanted)
    assert response.status_code == 422
    assert message in response.json()["problem"]
    declaration.refresh_from_db()
    assert (declaration.revision, Entry.objects.count()) == (revision, entries)


def test_nothing_goes_into_a_table_that_left_the_preparers_hands(library, declaration, preparer, signed_in):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    kept = library["培训人次"]
    response = post(signed_in(preparer), "library-insert", declaration.pk, fetched=True, indicator=[kept.pk])
    assert (response.status_code, list(response.json())) == (409, ["locked"])
    kept.refresh_from_db()
    assert kept.usage_count == 0
    assert not declaration.indicators.filter(name="培训人次").exists()
