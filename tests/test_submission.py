"""送审 and 撤回: what stands against it, who may, what the trail keeps, what is locked afterwards."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.document import content_hash, new_uid
from indicators.findings import open_obligations
from indicators.rows import load_narrative, load_table
from indicators.services import (
    create_declaration,
    explain,
    explain_narrative,
    refresh_department_findings,
    save_narrative,
    save_table,
)
from indicators.services.reviewing import move_narrative, move_tables
from indicators.services.submission import (
    CHANGED_SINCE,
    candidates_in,
    submit_declarations,
)
from projects.models import Category, Declaration, DepartmentYear, Project
from tests.sample_documents import team_table
from trail.models import Entry
from workflow.models import Status, Version
from workflow.services import TransitionError
from workflow.transitions import PASS

SUBMIT_PAGE, YEAR_PAGE = "/years/2024/departments/286001/submit/", "/years/2024/departments/286001/"
TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


@pytest.fixture
def party(department_year) -> Declaration:
    """Return the second table, which a stray bracket in its name keeps back."""
    return department_year.declarations.select_related("department_year__department").last()


@pytest.fixture
def ready(declaration, department_year, preparer) -> Declaration:
    """Return the first table with a 情况说明 for everything that asks for one."""
    refresh_department_findings(department_year=department_year)
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=preparer)
    return declaration


@pytest.fixture
def post(signed_in, preparer):
    """Return a function that posts to the page of submission: post(selected=[…]) -> response."""
    client = signed_in(preparer)

    def post(**data):
        return client.post(reverse("submit-tables", args=(2024, "286001")), data)

    return post


def named(candidates):
    return [candidate.declaration.name for candidate in candidates]


def shown(declaration):
    declaration.refresh_from_db()
    return f"{declaration.pk}:{declaration.revision}"


def status_of(declaration):
    return Declaration.objects.get(pk=declaration.pk).status


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]


# what stands against it


def test_what_has_no_obstacle_goes_and_the_others_stay(ready, party, department_year, preparer):
    entries = Entry.objects.count()
    done = submit_declarations(
        department_year=department_year, revisions={ready.pk: 0, party.pk: 0}, actor=preparer
    )
    assert (named(done.ready), named(done.held)) == ([ready.name], [party.name])
    assert (status_of(ready), status_of(party)) == (Status.SUBMITTED, Status.DRAFT)
    assert Entry.objects.count() == entries + 1


def test_errors_and_unexplained_warnings_are_named(ready, party, department_year):
    codes = [
        (obstacle.item.rule.code, obstacle.wants_reason)
        for obstacle in candidates_in(department_year.declarations.all()).held[0].obstacles
    ]
    assert ("R05", False) in codes
    assert ("R37", True) in codes


def test_an_explanation_that_lapsed_blocks_again(ready, department_year, preparer):
    table = load_table(ready)
    rows = (replace(table.indicators[3], value="≤1.80万元"), *table.indicators[:3], *table.indicators[4:])
    save_table(declaration=ready, table=replace(table, indicators=rows), revision=0, actor=preparer)
    done = submit_declarations(department_year=department_year, revisions={ready.pk: 1}, actor=preparer)
    assert named(done.held) == [ready.name]
    assert status_of(ready) == Status.DRAFT


def test_what_was_changed_since_it_was_shown_stays(ready, department_year, preparer):
    Declaration.objects.filter(pk=ready.pk).update(revision=5)
    done = submit_declarations(department_year=department_year, revisions={ready.pk: 4}, actor=preparer)
    assert [obstacle.message for obstacle in done.held[0].obstacles] == [CHANGED_SINCE]
    assert status_of(ready) == Status.DRAFT


@pytest.mark.parametrize(
    ("status", "words"),
    [(Status.SUBMITTED, "待单位审核，无须再次送审"), (Status.APPROVED, "已批复，无须再次送审")],
)
def test_what_is_on_its_way_is_not_sent_again(status, words, ready, department_year, preparer):
    Declaration.objects.filter(pk=ready.pk).update(status=status)
    done = submit_declarations(department_year=department_year, revisions={ready.pk: 0}, actor=preparer)
    assert words in done.held[0].obstacles[0].message
    assert status_of(ready) == status


def test_an_exempt_project_needs_no_submission(ready, department_year, preparer):
    Project.objects.filter(pk=ready.project_id).update(category=Category.STAFF)
    done = submit_declarations(department_year=department_year, revisions={ready.pk: 0}, actor=preparer)
    assert "人员类项目不填报绩效目标表" in done.held[0].obstacles[0].message


def test_many_go_in_one_batch_with_their_hashes(ready, department_year, preparer):
    second = create_declaration(
        department_year=department_year,
        table=replace(team_table(), uid=new_uid(), project_code="13020924P00077310001A"),
        actor=preparer,
    )
    refresh_department_findings(department_year=department_year)
    for each in (ready, second):
        for item in open_obligations(each):
            explain(rule=item.rule.code, declarations=[each], text=TEXT, actor=preparer)

    submit_declarations(
        department_year=department_year, revisions={ready.pk: 0, second.pk: 0}, actor=preparer
    )

    entries = list(Entry.objects.filter(action="submit"))
    assert len({entry.batch for entry in entries}) == 1
    assert {entry.changes[1]["after"] for entry in entries} == {
        content_hash(load_table(each)) for each in (ready, second)
    }


def test_looking_at_many_costs_the_queries_of_one(party, department_year, preparer):
    def count():
        with CaptureQueriesContext(connection) as captured:
            candidates_in(department_year.declarations.all())
        return len(captured)

    few = count()
    for _ in range(20):
        create_declaration(
            department_year=department_year,
            table=replace(team_table(), uid=new_uid(), project_code=""),
            actor=preparer,
        )
    assert count() == few


@pytest.mark.parametrize("persona", ["leader", "reviewer", "administrator", "outsider"])
def test_only_a_preparer_of_the_unit_submits(persona, request, ready, department_year):
    actor = request.getfixturevalue(persona)
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="送审由填报人办理"):
        submit_declarations(department_year=department_year, revisions={ready.pk: 0}, actor=actor)
    assert status_of(ready) == Status.DRAFT
    assert Entry.objects.count() == entries


# the page


def test_the_page_lists_both_before_anything_happens(post, ready, party):
    entries = Entry.objects.count()
    page = post(selected=[ready.pk, party.pk])
    assert page.status_code == 200
    assert "送审1个项目" in page.text
    assert re.search("R05.*不成对", page.text)
    assert shown(ready) in page.text
    assert Entry.objects.count() == entries
    assert status_of(ready) == Status.DRAFT


def test_a_reason_written_from_the_page_leads_back_to_it(post, signed_in, preparer, ready, party):
    page = post(selected=[ready.pk, party.pk])
    assert reverse("edit-table", args=(party.pk,)) + "#note-R05" in page.text
    address = unescape(re.search(r'href="([^"]*/explain/[^"]*)"', page.text)[1])
    client = signed_in(preparer)
    back = client.get(address).context["next"]
    answer = client.post(address, {"document": [str(party.pk)], "text": TEXT, "next": back})
    assert answer.url == back
    again = client.get(back)
    assert [each.declaration for each in (*again.context["ready"], *again.context["held"])] == [ready, party]


def test_a_reason_written_where_all_were_asked_for_leads_back_to_all(
    post, signed_in, preparer, department_year, ready, party
):
    page = post(scope="all", filed=department_year.pk, filter="sort=budget")
    address = unescape(re.search(r'href="([^"]*/explain/[^"]*)"', page.text)[1])
    client = signed_in(preparer)
    again = client.get(client.get(address).context["next"])
    assert {each.declaration for each in (*again.context["ready"], *again.context["held"])} == {ready, party}


def test_confirming_submits_and_says_so(post, ready):
    answer = post(confirmed=1, table=[shown(ready)])
    assert answer.url == reverse("department-year", args=(2024, "286001"))
    assert messages_of(answer) == ["已送审1个项目，等待单位负责人审核。"]
    assert status_of(ready) == Status.SUBMITTED


def test_what_changed_in_between_is_named(post, ready):
    before = shown(ready)
    Declaration.objects.filter(pk=ready.pk).update(revision=9)
    answer = post(confirmed=1, table=[before])
    assert messages_of(answer) == [f"“{ready}”没有送审：{CHANGED_SINCE}"]
    assert status_of(ready) == Status.DRAFT


def test_where_all_are_blocked_there_is_nothing_to_press(post, ready, party):
    page = post(selected=[party.pk])
    assert 'name="confirmed"' not in page.text
    assert "所选项目暂不能送审，原因见下" in page.text


def test_all_that_the_filter_finds_are_looked_at(post, ready, department_year):
    page = post(scope="all", filed=department_year.pk, filter="q=机关")
    assert (len(page.context["ready"]), len(page.context["held"])) == (1, 1)


@pytest.mark.parametrize(
    "data", [{}, {"selected": ["x"]}, {"confirmed": 1}, {"confirmed": 1, "table": ["x:y", ":"]}]
)
def test_nothing_ticked_is_said(post, data, declaration):
    answer = post(**data)
    assert answer.status_code == 302
    assert "没有选择任何项目" in messages_of(answer)[0]


def test_a_table_of_another_unit_cannot_be_slipped_in(post, other_department_year, preparer, declaration):
    foreign = other_department_year.declarations.first()
    answer = post(confirmed=1, table=[f"{foreign.pk}:0"])
    assert answer.status_code == 302
    assert status_of(foreign) == Status.DRAFT


def test_one_table_is_submitted_from_its_page(signed_in, preparer, leader, ready):
    address = reverse("submit-tables", args=(2024, "286001")) + f"?selected={ready.pk}"
    assert address in signed_in(preparer).get(reverse("table", args=(ready.pk,))).text
    assert "送审1个项目" in signed_in(preparer).get(address).text
    assert address not in signed_in(leader).get(reverse("table", args=(ready.pk,))).text


# afterwards


@pytest.fixture
def submitted(ready, department_year, preparer) -> Declaration:
    submit_declarations(department_year=department_year, revisions={ready.pk: 0}, actor=preparer)
    ready.refresh_from_db()
    return ready


@pytest.mark.parametrize("name", ["edit-project", "edit-table"])
def test_a_locked_page_says_why_since_when_by_whom_and_what_to_do(name, signed_in, preparer, submitted):
    page = signed_in(preparer).get(reverse(name, args=(submitted.pk,)))
    assert page.status_code == 409
    assert "待单位审核，不能修改" in page.text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d由张慧敏送审。需要修改时先撤回", page.text)


def test_the_table_page_offers_to_withdraw_to_preparers_alone(signed_in, preparer, leader, submitted):
    address = reverse("withdraw-table", args=(submitted.pk,))
    assert address in signed_in(preparer).get(reverse("table", args=(submitted.pk,))).text
    page = signed_in(leader).get(reverse("table", args=(submitted.pk,))).text
    assert address not in page
    assert "由本单位填报人在单位审核之前撤回" in page


def test_a_locked_page_does_not_speak_of_withdrawing_what_cannot_be_withdrawn(
    signed_in, preparer, leader, submitted
):
    move_tables(revisions={submitted.pk: submitted.revision}, act=PASS, actor=leader)
    page = signed_in(preparer).get(reverse("table", args=(submitted.pk,))).text
    assert "确需修改的，由审核人退回。" in page
    assert "撤回，或" not in page


def test_withdrawing_opens_the_table_again(signed_in, preparer, submitted):
    address = reverse("withdraw-table", args=(submitted.pk,))
    answer = signed_in(preparer).post(address, {"revision": submitted.revision, "reason": "补充依据"})
    assert answer.url == reverse("table", args=(submitted.pk,))
    assert status_of(submitted) == Status.DRAFT
    entry = Entry.objects.last()
    assert (entry.action, entry.reason, entry.actor) == ("withdraw", "补充依据", preparer)


@pytest.mark.parametrize(("status", "words"), [("approved", "已批复，不能撤回"), ("draft", "草稿，不能撤回")])
def test_what_the_next_level_acted_on_is_not_withdrawn(status, words, signed_in, preparer, submitted):
    Declaration.objects.filter(pk=submitted.pk).update(status=status)
    entries = Entry.objects.count()
    answer = signed_in(preparer).post(
        reverse("withdraw-table", args=(submitted.pk,)), {"revision": submitted.revision}
    )
    assert answer.status_code == 409
    assert words in answer.text
    assert status_of(submitted) == status
    assert Entry.objects.count() == entries


def test_a_stale_page_withdraws_nothing(signed_in, preparer, submitted):
    answer = signed_in(preparer).post(reverse("withdraw-table", args=(submitted.pk,)), {"revision": 0})
    assert answer.status_code == 409
    assert status_of(submitted) == Status.SUBMITTED


# 部门整体绩效目标


@pytest.fixture
def ready_text(department_year, preparer) -> DepartmentYear:
    """Return the department's year with a 情况说明 for everything its text asks for."""
    refresh_department_findings(department_year=department_year)
    for item in open_obligations(department_year):
        explain_narrative(rule=item.rule.code, department_year=department_year, text=TEXT, actor=preparer)
    department_year.refresh_from_db()
    return department_year


def text_status(department_year):
    return DepartmentYear.objects.values_list("status", flat=True).get(pk=department_year.pk)


def test_the_text_goes_with_the_last_tables(post, ready, party, ready_text, department_year):
    Declaration.objects.filter(pk=party.pk).update(status=Status.SUBMITTED)
    page = post(selected=[ready.pk])
    assert re.search(r'name="narrative" value="\d+" form="submit-tables" checked', page.text)
    answer = post(confirmed=1, table=[shown(ready)], narrative=department_year.revision)
    assert messages_of(answer) == ["已送审1个项目和部门整体绩效目标，等待单位负责人审核。"]
    assert text_status(department_year) == Status.SUBMITTED
    assert len(set(Entry.objects.filter(action="submit").values_list("batch", flat=True))) == 1
    assert Version.objects.filter(kind="department_year").get().number == 1


def test_the_text_stays_while_tables_stay(post, ready, party, ready_text, department_year):
    page = post(selected=[ready.pk])
    assert re.search(r'name="narrative" value="\d+" form="submit-tables">', page.text)
    post(confirmed=1, table=[shown(ready)])
    assert text_status(department_year) == Status.DRAFT


def test_the_text_goes_alone(signed_in, preparer, ready_text, department_year, post):
    page = signed_in(preparer).get(SUBMIT_PAGE, {"narrative": 1})
    assert "送审部门整体绩效目标" in page.text
    assert SUBMIT_PAGE + "?narrative=1" in signed_in(preparer).get(YEAR_PAGE).text
    answer = post(confirmed=1, narrative=department_year.revision)
    assert messages_of(answer) == ["已送审部门整体绩效目标，等待单位负责人审核。"]
    assert text_status(department_year) == Status.SUBMITTED


def test_an_empty_text_is_not_submitted(department_year, preparer, post, signed_in):
    empty = replace(load_narrative(department_year), overall_goals=(), sub_goals=(), safeguards=())
    save_narrative(
        department_year=department_year, booklet=empty, revision=department_year.revision, actor=preparer
    )
    department_year.refresh_from_db()
    before = snapshot(department_year)
    assert "没有填写部门整体绩效目标" in signed_in(preparer).get(SUBMIT_PAGE, {"narrative": 1}).text
    answer = post(confirmed=1, narrative=department_year.revision)
    assert messages_of(answer) == ["部门整体绩效目标没有送审：没有填写部门整体绩效目标。"]
    assert snapshot(department_year) == before


def test_a_text_with_an_error_is_not_submitted(department_year, preparer, post, signed_in):
    text = load_narrative(department_year)
    goal = replace(text.overall_goals[0], text="完成（培训。")
    booklet = replace(text, overall_goals=(goal, *text.overall_goals[1:]))
    save_narrative(
        department_year=department_year, booklet=booklet, revision=department_year.revision, actor=preparer
    )
    department_year.refresh_from_db()
    page = signed_in(preparer).get(SUBMIT_PAGE, {"narrative": 1})
    assert "部门整体绩效目标暂不能送审" in page.text
    assert 'name="confirmed"' not in page.text
    before = snapshot(department_year)
    post(confirmed=1, narrative=department_year.revision)
    assert snapshot(department_year) == before


def test_a_text_changed_since_stays(post, ready_text, department_year):
    DepartmentYear.objects.filter(pk=department_year.pk).update(revision=3)
    answer = post(confirmed=1, narrative=2)
    assert messages_of(answer) == [f"部门整体绩效目标没有送审：{CHANGED_SINCE}"]
    assert text_status(department_year) == Status.DRAFT


def test_a_submitted_text_is_locked_and_can_be_taken_back(
    signed_in, preparer, leader, ready_text, department_year
):
    submit_text(department_year, preparer)
    department_year.refresh_from_db()
    address = reverse("withdraw-narrative", args=(2024, "286001"))
    assert address in signed_in(preparer).get(YEAR_PAGE).text
    assert address not in signed_in(leader).get(YEAR_PAGE).text
    assert signed_in(preparer).get(reverse("edit-narrative", args=(2024, "286001"))).status_code == 409
    answer = signed_in(preparer).post(address, {"revision": department_year.revision})
    assert messages_of(answer) == ["已撤回部门整体绩效目标，可以修改；改好后重新送审。"]
    assert text_status(department_year) == Status.DRAFT


def test_a_text_the_leader_passed_is_not_taken_back(signed_in, preparer, leader, ready_text):
    submit_text(ready_text, preparer)
    ready_text.refresh_from_db()
    move_narrative(department_year=ready_text, revision=ready_text.revision, act=PASS, actor=leader)
    ready_text.refresh_from_db()
    before = snapshot(ready_text)
    answer = signed_in(preparer).post(
        reverse("withdraw-narrative", args=(2024, "286001")), {"revision": ready_text.revision}
    )
    assert answer.status_code == 409
    assert "不能撤回" in answer.text
    assert snapshot(ready_text) == before


def submit_text(department_year, actor):
    revision = department_year.revision
    submit_declarations(department_year=department_year, revisions={}, narrative=revision, actor=actor)


def snapshot(department_year):
    kept = DepartmentYear.objects.values_list("status", "revision", "version").get(pk=department_year.pk)
    return (*kept, Version.objects.count(), Entry.objects.count())
