"""移交 of drafts, and 无项目申报确认."""

import dataclasses
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Role
from departments.services import create_user, grant_role
from indicators.document import new_uid
from indicators.document.carrying import Part
from indicators.project_list_changes import Group
from indicators.rows import load_table
from indicators.services import create_declaration, import_booklet, save_table
from indicators.services.carrying import YearChoices, copy_year, plan_of
from indicators.services.handover import HandoverError, hand_over
from indicators.services.project_lists import import_project_list
from projects.models import Category, Declaration, DepartmentYear, Project
from projects.services import NoProjectsError, confirm_no_projects, take_back_no_projects
from tests.project_list_files import NEW, comparison_of, list_workbook, uploaded
from tests.sample_documents import seed_booklet
from trail.models import Entry
from workflow.models import Status


@pytest.fixture
def successor(department_year):
    user = create_user(
        username="wangfang", full_name="王芳", password="一个够长的密码", office_phone="8850119", actor=None
    )
    grant_role(user=user, role=Role.PREPARER, department=department_year.department, actor=None)
    return user


@pytest.fixture
def mine(declaration, preparer) -> Declaration:
    Declaration.objects.filter(pk=declaration.pk).update(assignee=preparer)
    return declaration


def hand(declarations, successor, actor, *, reason="工作调整", reprints=True):
    return hand_over(
        declarations=declarations, successor=successor, reason=reason, reprints=reprints, actor=actor
    )


def of(user):
    return Declaration.objects.filter(assignee=user)


@pytest.mark.parametrize("persona", ["preparer", "leader", "administrator"])
def test_who_may_hands_all_drafts_over_in_one_batch(
    persona, request, mine, preparer, successor, department_year
):
    Declaration.objects.update(assignee=preparer)
    actor = request.getfixturevalue(persona)
    done = hand(of(preparer), successor, actor)
    assert (len(done.handed), done.kept) == (2, ())
    assert of(successor).count() == 2
    entries = Entry.objects.filter(action="hand_over")
    assert {(entry.actor, entry.reason) for entry in entries} == {(actor, "工作调整")}
    assert (entries.count(), len({entry.batch for entry in entries})) == (2, 1)


def test_the_printed_preparer_follows_where_ticked(mine, preparer, successor):
    hand(of(preparer), successor, preparer)
    mine.refresh_from_db()
    assert (mine.assignee, mine.preparer, mine.preparer_phone) == (successor, "王芳", "8850119")
    assert [change["place"] for change in Entry.objects.last().changes] == ["经办人", "填报人", "联系电话"]


def test_the_printed_preparer_stays_where_not_ticked(mine, preparer, successor):
    before = (mine.preparer, mine.preparer_phone)
    hand(of(preparer), successor, preparer, reprints=False)
    mine.refresh_from_db()
    assert (mine.assignee, mine.preparer, mine.preparer_phone) == (successor, *before)


@pytest.mark.parametrize("persona", ["supervisor", "reviewer", "auditor", "outsider"])
def test_who_may_not_changes_nothing(persona, request, mine, preparer, successor):
    actor = request.getfixturevalue(persona)
    entries = Entry.objects.count()
    with pytest.raises(PermissionDenied):
        hand(of(preparer), successor, actor)
    assert of(successor).count() == 0
    assert Entry.objects.count() == entries


def test_only_drafts_go(mine, preparer, successor):
    Declaration.objects.update(assignee=preparer)
    Declaration.objects.filter(pk=mine.pk).update(status=Status.SUBMITTED)
    done = hand(of(preparer), successor, preparer)
    assert [each.pk for each in done.kept] == [mine.pk]
    assert of(preparer).get() == mine


@pytest.mark.parametrize("status", [Status.RETURNED, Status.ADJUSTING])
def test_what_came_back_or_is_adjusted_goes_too(status, mine, preparer, successor):
    Declaration.objects.filter(pk=mine.pk).update(status=status)
    done = hand(of(preparer), successor, preparer)
    assert [each.pk for each in done.handed] == [mine.pk]
    held = of(successor).get()
    assert (held.status, held.preparer) == (status, "王芳")


def test_only_units_the_successor_fills_in_go(
    mine, preparer, successor, administrator, other_department_year
):
    other_department_year.declarations.update(assignee=preparer)
    done = hand(of(preparer), successor, administrator)
    assert ([each.pk for each in done.handed], len(done.kept)) == ([mine.pk], 1)
    assert of(preparer).count() == 1


@pytest.mark.parametrize(
    ("reason", "words"), [("  ", "移交须写明原因"), ("调整", "没有可以移交给王芳的草稿")]
)
def test_a_handover_needs_a_reason_and_a_draft(reason, words, mine, preparer, successor):
    found = of(preparer) if not reason.strip() else Declaration.objects.none()
    with pytest.raises(HandoverError, match=words):
        hand(found, successor, preparer, reason=reason)
    assert of(successor).count() == 0


# its page


@pytest.fixture
def post(signed_in, leader):
    client = signed_in(leader)
    return lambda **data: client.post(reverse("hand-over"), data)


def test_the_page_hands_one_persons_drafts_over(post, mine, preparer, successor, leader):
    answer = post(confirmed=1, source=preparer.pk, successor=successor.pk, reason="调岗", reprints="on")
    assert answer.url == reverse("home")
    assert of(successor).get() == mine
    assert Entry.objects.last().actor == leader


def test_the_page_hands_what_nobody_has_over(post, declaration, successor):
    post(confirmed=1, source="none", successor=successor.pk, reason="分工")
    assert of(successor).count() == 2


def test_the_page_hands_what_was_ticked_over(post, mine, successor, preparer):
    asked = post(selected=mine.pk)
    assert asked.status_code == 200
    assert "移交下列1个项目中的草稿" in asked.text
    assert of(successor).count() == 0
    post(confirmed=1, selected=mine.pk, successor=successor.pk, reason="分工")
    assert of(successor).get() == mine


def test_the_page_says_all_that_is_missing_at_once(post, mine, successor):
    page = post(confirmed=1)
    assert page.status_code == 422
    assert "有3处须改正" in page.text
    assert "选择接手的填报人" in page.text


def test_nobody_else_can_be_named_as_successor(post, mine, preparer, auditor, outsider):
    for other in (auditor, outsider):
        page = post(confirmed=1, source=preparer.pk, successor=other.pk, reason="调岗")
        assert page.status_code == 422
    assert of(preparer).get() == mine


def test_a_preparer_of_the_department_above_can_take_over(post, mine, preparer, department_year):
    parent = Department.objects.create(code="286", name="区委")
    Department.objects.filter(pk=department_year.department_id).update(parent=parent)
    above = create_user(username="above", full_name="周敏", password="一个够长的密码", actor=None)
    grant_role(user=above, role=Role.PREPARER, department=parent, actor=None)
    assert post(confirmed=1, source=preparer.pk, successor=above.pk, reason="代填").status_code == 302
    assert of(above).get() == mine


def test_ticks_beyond_ones_rights_are_refused(signed_in, outsider, mine, declaration, other_department_year):
    client = signed_in(outsider)
    answer = client.post(reverse("hand-over"), {"selected": mine.pk, "confirmed": 1})
    assert answer.status_code == 302
    assert "选择了0个项目" in next(str(message) for message in answer.wsgi_request._messages)


def test_who_creates_a_project_is_its_assignee(signed_in, preparer, department_year):
    signed_in(preparer).post(
        reverse("new-project", args=(2024, "286001")),
        {"name": "新的项目", "beneficiaries": "undecided", "revision": 0},
    )
    assert Declaration.objects.get(name="新的项目").assignee == preparer


# no projects


@pytest.fixture
def empty_year(department_year, next_year) -> DepartmentYear:
    return DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=next_year, name=department_year.name
    )


def test_a_unit_confirms_that_it_has_no_projects_and_takes_it_back(empty_year, preparer):
    confirm_no_projects(department_year=empty_year, actor=preparer)
    empty_year.refresh_from_db()
    assert empty_year.no_projects_confirmed_by == preparer
    assert timezone.now() - empty_year.no_projects_confirmed_at < timedelta(minutes=1)
    confirm_no_projects(department_year=empty_year, actor=preparer)

    take_back_no_projects(department_year=empty_year, actor=preparer)
    take_back_no_projects(department_year=empty_year, actor=preparer)
    empty_year.refresh_from_db()
    assert (empty_year.no_projects_confirmed_by, empty_year.no_projects_confirmed_at) == (None, None)
    actions = list(
        Entry.objects.filter(kind="department_year", object_id=str(empty_year.pk))
        .order_by("sequence")
        .values_list("action", flat=True)
    )
    assert actions == ["confirm_no_projects", "take_back_no_projects"]


def test_it_is_refused_where_there_are_projects(department_year, preparer):
    with pytest.raises(NoProjectsError, match="有2个项目，不能确认无项目申报"):
        confirm_no_projects(department_year=department_year, actor=preparer)
    department_year.refresh_from_db()
    assert department_year.no_projects_confirmed_at is None


def test_exempt_projects_do_not_count(department_year, preparer):
    Project.objects.update(category=Category.STAFF)
    confirm_no_projects(department_year=department_year, actor=preparer)
    department_year.refresh_from_db()
    assert department_year.no_projects_confirmed_at


def file_one(year, actor):
    table = dataclasses.replace(seed_booklet().tables[0], year=2025, uid=new_uid())
    create_declaration(department_year=year, table=table, actor=actor)


def file_booklet(year, actor):
    table = dataclasses.replace(seed_booklet().tables[0], year=2025, uid=new_uid())
    booklet = dataclasses.replace(seed_booklet(), year=2025, tables=(table,), sub_goals=())
    import_booklet(booklet=booklet, actor=actor)


def file_copies(year, actor):
    source = DepartmentYear.objects.get(fiscal_year__year=2024)
    plan = plan_of(year, source)
    choices = YearChoices([pair.source.uid for pair in plan.pairs], tuple(Part), ())
    copy_year(department_year=year, source_year=source, choices=choices, seen=plan.seen, actor=actor)


def file_list(year, actor):
    pending = uploaded(list_workbook(NEW), actor, 2025)
    fingerprint = comparison_of(pending, actor).fingerprint()
    import_project_list(pending=pending, groups=tuple(Group), fingerprint=fingerprint, actor=actor)


@pytest.mark.parametrize("file", [file_one, file_booklet, file_copies, file_list])
def test_whatever_files_a_project_takes_the_confirmation_back(file, empty_year, preparer):
    confirm_no_projects(department_year=empty_year, actor=preparer)
    entries = Entry.objects.count()

    file(empty_year, preparer)

    empty_year.refresh_from_db()
    assert empty_year.declarations.exists()
    assert (empty_year.no_projects_confirmed_by, empty_year.no_projects_confirmed_at) == (None, None)
    (entry,) = Entry.objects.filter(action="take_back_no_projects", sequence__gt=entries)
    assert (entry.actor_name, entry.reason) == ("张慧敏", "已有项目申报")


def test_a_category_that_asks_for_a_table_takes_the_confirmation_back(department_year, declaration, preparer):
    Project.objects.update(category=Category.STAFF)
    confirm_no_projects(department_year=department_year, actor=preparer)
    table = load_table(declaration)

    save_table(
        declaration=declaration,
        table=dataclasses.replace(table, category=Category.SPECIFIC.label),
        revision=declaration.revision,
        actor=preparer,
    )

    department_year.refresh_from_db()
    assert department_year.no_projects_confirmed_at is None


def test_an_exempt_project_leaves_the_confirmation(empty_year, preparer):
    confirm_no_projects(department_year=empty_year, actor=preparer)
    table = dataclasses.replace(
        seed_booklet().tables[0], year=2025, uid=new_uid(), category=Category.STAFF.label
    )
    create_declaration(department_year=empty_year, table=table, actor=preparer)
    empty_year.refresh_from_db()
    assert empty_year.no_projects_confirmed_at


def test_an_approved_year_is_not_confirmed_and_not_taken_back(signed_in, empty_year, preparer):
    client, here = signed_in(preparer), (2025, "286001")
    DepartmentYear.objects.filter(pk=empty_year.pk).update(status=Status.APPROVED)
    entries = Entry.objects.count()
    answer = client.post(reverse("confirm-no-projects", args=here), follow=True)
    assert "已批复，不能修改" in answer.text

    DepartmentYear.objects.filter(pk=empty_year.pk).update(no_projects_confirmed_at=timezone.now())
    client.post(reverse("take-back-no-projects", args=here))
    empty_year.refresh_from_db()
    assert empty_year.no_projects_confirmed_at
    assert Entry.objects.count() == entries


def test_the_pages_say_it(signed_in, preparer, empty_year):
    client = signed_in(preparer)
    address = reverse("department-year", args=(2025, "286001"))
    answer = client.post(reverse("confirm-no-projects", args=(2025, "286001")), follow=True)
    assert "已确认2025年度无项目申报（张慧敏" in answer.text
    assert "撤销确认" in answer.text
    assert "无项目" in client.get(reverse("home"), {"year": 2025}).text
    booklet = client.get(reverse("booklet-file", args=(2025, "286001", "html")))
    assert "本年度无预算项目绩效目标" in booklet.text

    client.post(reverse("take-back-no-projects", args=(2025, "286001")))
    assert "确认无项目申报" in client.get(address).text


def test_a_refused_confirmation_says_why(signed_in, preparer, department_year):
    answer = signed_in(preparer).post(reverse("confirm-no-projects", args=(2024, "286001")), follow=True)
    assert "有2个项目，不能确认无项目申报" in answer.text
