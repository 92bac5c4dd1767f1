"""通过所选 and 退回所选: what goes, what stays and why, one transaction, one batch."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Role
from departments.services import grant_role
from indicators.demo_data.generator import generate_booklets
from indicators.findings import findings_of, open_obligations
from indicators.models import Opinion
from indicators.services import explain, import_booklet, refresh_department_findings
from indicators.services.batches import CHANGED_SINCE, TO_BE_APPROVED, Seen, act_on_batch, batch_of
from projects.models import Declaration, DepartmentYear
from trail.models import Entry
from workflow.models import Comment, Status, Version
from workflow.services import TransitionError
from workflow.transitions import PASS, RETURN, RETURN_ONE

TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


def stand(status, *declarations):
    Declaration.objects.filter(pk__in=[each.pk for each in declarations]).update(
        status=status, moved_at=timezone.now()
    )


def status_of(declaration):
    return Declaration.objects.get(pk=declaration.pk).status


def all_of(act, actor):
    return batch_of(Declaration.objects.all(), DepartmentYear.objects.none(), act, actor)


def names(candidates):
    return [each.declaration.name for each in candidates]


def seen(*declarations):
    return Seen(
        dict(
            Declaration.objects.filter(pk__in=[each.pk for each in declarations]).values_list(
                "pk", "revision"
            )
        ),
        {},
    )


@pytest.fixture
def team(department_year, preparer):
    """Return the first table, explained, so that no finding stands against it."""
    declaration = department_year.declarations.select_related(
        "project", "department_year__department"
    ).first()
    refresh_department_findings(department_year=department_year)
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=preparer)
    return declaration


@pytest.fixture
def party(department_year):
    """Return the second table, which a stray bracket in its name keeps back."""
    return department_year.declarations.select_related("department_year__department").last()


@pytest.fixture
def post(signed_in, leader):
    """Return a function that posts to the page as the leader: post(selected=[…]) -> response."""
    client = signed_in(leader)
    return lambda **data: client.post(reverse("review-batch"), data)


# what goes and what stays


def test_what_nothing_stands_against_goes_and_the_other_is_named(team, party, leader):
    stand(Status.SUBMITTED, team, party)
    batch = all_of(PASS, leader)
    assert (names(batch.ready), names(batch.held)) == ([team.name], [party.name])
    assert "有待处理的审核提示：R05" in batch.held[0].obstacles[0]


def test_a_return_needs_nothing_but_its_reason(team, party, leader):
    stand(Status.SUBMITTED, team, party)
    assert len(all_of(RETURN, leader).ready) == 2


def test_a_remark_to_rectify_keeps_a_table_back(team, leader, reviewer):
    stand(Status.SUBMITTED, team)
    Comment.objects.create(
        kind="declaration",
        object_id=team.pk,
        version=1,
        sort=Comment.Sort.RECTIFY,
        text="目标值偏低",
        author=reviewer,
        at=timezone.now(),
    )
    (held,) = [each for each in all_of(PASS, leader).held if each.declaration == team]
    assert held.obstacles == ("须整改的批注没有销号：目标值偏低",)


def test_the_steps_refuse_what_is_not_the_persons_turn(team, party, leader):
    stand(Status.FINANCE_FIRST, team)
    batch = all_of(PASS, leader)
    assert not batch.ready
    assert "通过由财政审核人办理" in " ".join(batch.held[0].obstacles)


def test_what_is_to_be_approved_goes_elsewhere(team, reviewer):
    stand(Status.TO_APPROVE, team)
    (held,) = [each for each in all_of(PASS, reviewer).held if each.declaration == team]
    assert held.obstacles == (TO_BE_APPROVED,)


# the act


def test_all_go_in_one_batch_with_one_event_each(team, party, leader):
    stand(Status.SUBMITTED, team, party)
    entries = Entry.objects.count()
    done = act_on_batch(seen=seen(team, party), act=RETURN, actor=leader, reason="口径不一致，核对后重报。")
    assert len(done.ready) == 2
    moves = Version.objects.filter(act="return")
    assert Entry.objects.count() == entries + 2
    assert len({move.batch for move in moves}) == 1
    assert moves[0].batch
    assert [move.reason for move in moves] == ["口径不一致，核对后重报。"] * 2
    assert [status_of(team), status_of(party)] == [Status.RETURNED] * 2


def test_a_return_without_a_reason_is_refused_and_changes_nothing(team, leader):
    stand(Status.SUBMITTED, team)
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="退回填报人须写明原因"):
        act_on_batch(seen=seen(team), act=RETURN, actor=leader, reason="  ")
    assert (status_of(team), Entry.objects.count()) == (Status.SUBMITTED, entries)


def test_what_changed_since_it_was_shown_stays_and_the_rest_goes(team, party, leader):
    stand(Status.SUBMITTED, team, party)
    shown = seen(team, party)
    Declaration.objects.filter(pk=party.pk).update(revision=9)
    done = act_on_batch(seen=shown, act=RETURN, actor=leader, reason="核对后重报。")
    assert (names(done.ready), names(done.held)) == ([team.name], [party.name])
    assert done.held[0].obstacles == (CHANGED_SINCE,)
    assert (status_of(team), status_of(party)) == (Status.RETURNED, Status.SUBMITTED)


def test_somebody_else_moved_it_meanwhile(team, leader):
    stand(Status.SUBMITTED, team)
    shown = seen(team)
    act_on_batch(seen=shown, act=RETURN, actor=leader, reason="核对后重报。")
    done = act_on_batch(seen=shown, act=RETURN, actor=leader, reason="核对后重报。")
    assert not done.ready
    assert Version.objects.filter(act="return").count() == 1


def test_what_is_of_another_department_stays(team, outsider):
    stand(Status.SUBMITTED, team)
    done = act_on_batch(seen=seen(team), act=RETURN, actor=outsider, reason="核对后重报。")
    assert not done.ready
    assert status_of(team) == Status.SUBMITTED


def test_the_text_of_a_department_goes_in_the_same_batch(team, department_year, leader):
    stand(Status.SUBMITTED, team)
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    both = Seen(seen(team).tables, {department_year.pk: department_year.revision})
    done = act_on_batch(seen=both, act=RETURN, actor=leader, reason="核对后重报。")
    assert len(done.ready) == 2
    assert len(set(Version.objects.values_list("batch", flat=True))) == 1
    department_year.refresh_from_db()
    assert department_year.status == Status.RETURNED


# the 绩效目标审核表


@pytest.fixture
def good(db):
    """Return a made-up table without a defect, at the finance bureau."""
    (booklet,) = generate_booklets(1, 6, seed=5)
    import_booklet(booklet=booklet, actor=None)
    filed = DepartmentYear.objects.get(department__code=booklet.department_code)
    refresh_department_findings(department_year=filed)
    declaration = next(each for each in filed.declarations.all() if not findings_of(each))
    stand(Status.FINANCE_FIRST, declaration)
    return declaration


def test_a_missing_review_sheet_is_offered_and_nothing_is_adopted_unasked(good, reviewer):
    (offered,) = all_of(PASS, reviewer).offered
    assert offered.declaration == good
    assert offered.draft.overall.label == "优"
    done = act_on_batch(seen=seen(good), act=PASS, actor=reviewer)
    assert not done.ready
    assert (status_of(good), Opinion.objects.count()) == (Status.FINANCE_FIRST, 0)


def test_the_drafted_review_sheet_is_saved_as_the_reviewers_own(good, reviewer):
    done = act_on_batch(seen=seen(good), act=PASS, actor=reviewer, adopts_drafts=True)
    assert names(done.ready) == [good.name]
    opinion = Opinion.objects.get()
    assert (opinion.declaration, opinion.author) == (good, reviewer)
    assert opinion.text
    assert status_of(good) == Status.TO_APPROVE


def test_a_draft_that_is_not_good_enough_is_never_adopted(party, reviewer):
    stand(Status.FINANCE_FIRST, party)
    (held,) = [each for each in all_of(PASS, reviewer).held if each.declaration == party]
    assert not held.is_offered
    act_on_batch(seen=seen(party), act=PASS, actor=reviewer, adopts_drafts=True)
    assert (status_of(party), Opinion.objects.count()) == (Status.FINANCE_FIRST, 0)


# many


@pytest.fixture
def forty(db, leader):
    """Return the year of a unit with forty made-up tables, some of them with defects, all submitted."""
    (booklet,) = generate_booklets(1, 40, seed=5)
    import_booklet(booklet=booklet, actor=None)
    filed = DepartmentYear.objects.get(department__code=booklet.department_code)
    grant_role(user=leader, role=Role.LEADER, department=filed.department, actor=None)
    filed.declarations.update(status=Status.SUBMITTED, moved_at=timezone.now())
    return filed


def test_forty_at_once(forty, leader):
    shown = Seen(dict(forty.declarations.values_list("pk", "revision")), {})
    done = act_on_batch(seen=shown, act=PASS, actor=leader)
    assert done.ready
    assert len(done.ready) + len(done.held) == 40
    assert all(each.obstacles for each in done.held)
    moved = forty.declarations.exclude(status=Status.SUBMITTED)
    assert set(moved.values_list("pk", flat=True)) == {each.reviewed.pk for each in done.ready}
    assert Version.objects.filter(act="pass").count() == len(done.ready)
    assert len(set(Version.objects.filter(act="pass").values_list("batch", flat=True))) == 1


def test_drafted_sheets_are_stored_together_with_an_entry_each_in_the_batch(forty, reviewer):
    forty.declarations.update(status=Status.FINANCE_FIRST)
    offered = [each.declaration for each in all_of(PASS, reviewer).offered]
    few, many = offered[:2], offered[2:14]

    def queries(declarations):
        with CaptureQueriesContext(connection) as captured:
            done = act_on_batch(seen=seen(*declarations), act=PASS, actor=reviewer, adopts_drafts=True)
        assert len(done.ready) == len(declarations)
        return len(captured)

    queries(few)  # the first time finds nothing in the caches
    entries = Entry.objects.count()
    # For each table: a sheet's entry, a move and its entry; PostgreSQL locks the trail too.
    assert queries(many[:10]) - queries(many[10:]) <= 8 * 9
    for action in ("save_opinion", "pass"):
        assert Entry.objects.filter(sequence__gt=entries, action=action).count() == 12
    assert Entry.objects.filter(sequence__gt=entries).values("batch").distinct().count() == 2
    assert Opinion.objects.filter(author=reviewer, overall__in=("excellent", "good")).count() == 14


def test_what_is_asked_before_an_act_does_not_grow_with_the_tables(forty, leader):
    all_of(PASS, leader)

    def queries(number):
        some = Declaration.objects.filter(pk__in=forty.declarations.values("pk")[:number])
        with CaptureQueriesContext(connection) as captured:
            batch_of(some, DepartmentYear.objects.none(), PASS, leader)
        return len(captured)

    assert queries(30) == queries(1)


# the page


def test_the_page_names_what_goes_and_what_blocks_and_changes_nothing(team, party, post):
    stand(Status.SUBMITTED, team, party)
    entries = Entry.objects.count()
    page = post(act="pass", selected=[team.pk, party.pk])
    assert page.status_code == 200
    assert "可以通过的1项" in page.text
    assert "暂不能通过的1项" in page.text
    assert f'value="{team.pk}:0"' in page.text
    assert Entry.objects.count() == entries


def test_a_confirmed_batch_goes_and_leads_back(team, post):
    stand(Status.SUBMITTED, team)
    answer = post(act="pass", confirmed=1, table=f"{team.pk}:0", next=reverse("queue", args=("done",)))
    assert (answer.status_code, answer.url) == (302, reverse("queue", args=("done",)))
    assert status_of(team) == Status.FINANCE_FIRST


def test_a_page_of_another_site_is_no_way_back(team, post):
    stand(Status.SUBMITTED, team)
    answer = post(act="pass", confirmed=1, table=f"{team.pk}:0", next="//example.org/")
    assert answer.url == reverse("queue", args=("todo",))


def test_a_return_without_a_reason_is_asked_for_one(team, post):
    stand(Status.SUBMITTED, team)
    page = post(act="return", confirmed=1, table=f"{team.pk}:0", reason=" ")
    assert page.status_code == 422
    assert "退回填报人须写明原因" in page.text
    assert status_of(team) == Status.SUBMITTED


@pytest.mark.parametrize(
    ("status", "persona"), [(Status.SUBMITTED, "leader"), (Status.FINANCE_FIRST, "reviewer")]
)
def test_a_return_one_level_up_is_offered_where_there_is_one(status, persona, team, signed_in, request):
    stand(status, team)
    client = signed_in(request.getfixturevalue(persona))
    page = client.post(reverse("review-batch"), {"act": "return", "selected": team.pk})
    assert ("退回上一级" in page.text) == (status != Status.SUBMITTED)
    assert 'name="act" value="return"' in page.text


def test_a_reason_that_is_too_long_is_kept_and_refused(team, post):
    stand(Status.SUBMITTED, team)
    page = post(act="return", confirmed=1, table=f"{team.pk}:0", reason="长" * 1001)
    assert page.status_code == 422
    assert "原因有1001个字，最多1000个字" in page.text
    assert "长" * 1001 in page.text


def test_back_to_the_level_before(team, signed_in, reviewer):
    stand(Status.FINANCE_FIRST, team)
    answer = signed_in(reviewer).post(
        reverse("review-batch"),
        {"act": RETURN_ONE.name, "confirmed": 1, "table": f"{team.pk}:0", "reason": "单位先核对预算数。"},
    )
    assert answer.status_code == 302
    assert status_of(team) == Status.SUBMITTED


def test_all_that_the_filter_asks_for(team, party, post):
    stand(Status.SUBMITTED, team, party)
    page = post(act="return", scope="all", queue="todo", filter=f"q={team.name}")
    assert [each.declaration for each in page.context["batch"].ready] == [team]


def test_what_is_out_of_sight_is_not_shown(team, signed_in, outsider, other_department_year):
    grant_role(user=outsider, role=Role.LEADER, department=other_department_year.department, actor=None)
    stand(Status.SUBMITTED, team)
    client = signed_in(outsider)
    shown = client.post(reverse("review-batch"), {"act": "return", "selected": [team.pk]}, follow=True)
    assert "没有选择任何项目" in shown.text
    client.post(
        reverse("review-batch"),
        {"act": "return", "confirmed": 1, "table": f"{team.pk}:0", "reason": "核对后重报。"},
    )
    assert status_of(team) == Status.SUBMITTED


@pytest.mark.parametrize("act", ["approve", "submit", ""])
def test_only_the_acts_of_the_page(act, team, post):
    stand(Status.SUBMITTED, team)
    answer = post(act=act, confirmed=1, table=f"{team.pk}:0")
    assert answer.status_code == 302
    assert status_of(team) == Status.SUBMITTED


def test_more_than_the_limit_is_refused(team, post, monkeypatch):
    monkeypatch.setattr("indicators.views.batches.MOST_AT_ONCE", 1)
    stand(Status.SUBMITTED, *Declaration.objects.all())
    keys = list(Declaration.objects.values_list("pk", flat=True))
    answer = post(act="return", selected=keys)
    assert answer.status_code == 302
    assert "一次最多办理1项" in str(next(iter(answer.wsgi_request._messages)))
