"""批复: the act of the finance bureau, its page, its document."""

import datetime
import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from docx import Document

from departments.models import Delegation, Department
from indicators.approvals import draft_text, scope_of
from indicators.checks import RULES
from indicators.document import content_hash
from indicators.layout.approval import WIDTHS, ApprovedTable, chinese_date, lay_out_approval
from indicators.layout.approval import Letter as PrintedLetter
from indicators.layout.table import PrintOptions
from indicators.models import RuleSetting
from indicators.rows import load_narrative, load_table
from indicators.services.approval import ApprovalError, Letter, approve_year
from indicators.services.findings import refresh_department_findings
from indicators.services.opinions import save_opinion
from indicators.services.reviewing import move_tables
from projects.models import Adjustment, Approval, Declaration, DepartmentYear
from tests.sample_documents import seed_booklet
from tests.test_review_sheet import POINTS
from trail.models import Entry
from workflow.models import Comment, Status, Version
from workflow.services import RevisionConflictError
from workflow.transitions import PASS

TODAY = timezone.localdate()
LETTER = Letter("某财预〔2024〕1号", TODAY, "某某区财政局", "同意。\n按规定公开。")
FIRST = Approval.Sort.ORIGINAL


def put_at(status, **which):
    """Put tables and narrative where the review would have led them."""
    Declaration.objects.filter(**which).update(status=status, moved_at=timezone.now())


@pytest.fixture
def ready(department_year):
    """Return 286001's year with both tables and its narrative at 待批复; no rule holds anything back."""
    put_at(Status.TO_APPROVE)
    DepartmentYear.objects.update(status=Status.TO_APPROVE)
    switch_rules_off(department_year)
    refresh_department_findings(department_year=department_year)
    return DepartmentYear.objects.select_related("department", "fiscal_year").get()


def switch_rules_off(department_year):
    RuleSetting.objects.bulk_create(
        RuleSetting(fiscal_year=department_year.fiscal_year, rule=code, enabled=False) for code in RULES
    )


def seen(ready, actor, adjustments=False):
    return scope_of(ready.department, ready.fiscal_year, actor, adjustments=adjustments).revisions


def issue(ready, actor, letter=LETTER, **other):
    given = {**seen(ready, actor, other.get("adjustments", False)), **other}
    return approve_year(
        department=ready.department, fiscal_year=ready.fiscal_year, letter=letter, actor=actor, **given
    )


def state():
    return (
        list(Declaration.objects.order_by("pk").values_list("status", "revision")),
        list(DepartmentYear.objects.order_by("pk").values_list("status", "revision")),
        Approval.objects.count(),
        Version.objects.count(),
        Entry.objects.count(),
    )


def refused(error, act, *args, **kwargs):
    """Assert that an act is refused and leaves nothing behind; return the refusal."""
    before = state()
    with pytest.raises(error) as refusal:
        act(*args, **kwargs)
    assert state() == before
    return refusal.value


def test_everything_at_hand_is_approved_as_one_act(ready, approver):
    approval = issue(ready, approver)
    assert set(Declaration.objects.values_list("status", flat=True)) == {Status.APPROVED}
    assert DepartmentYear.objects.get().status == Status.APPROVED
    versions = approval.versions.all()
    assert {version.batch for version in versions} == {approval.batch}
    assert sorted(version.kind for version in versions) == ["declaration", "declaration", "department_year"]
    hashes = {content_hash(load_table(each)) for each in Declaration.objects.all()}
    assert {each.document.content_hash for each in versions if each.kind == "declaration"} == hashes
    assert (approval.sort, approval.sequence) == (FIRST, 1)
    assert approval.publish_by == TODAY + datetime.timedelta(days=20)
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.object_id) == ("approve_year", "approval", str(approval.pk))
    assert (entry.actor, entry.capacity, entry.batch) == (approver, "财政审核人", approval.batch)
    assert Entry.objects.filter(batch=approval.batch, action="approve").count() == 3


def test_the_days_to_publish_are_a_setting_of_the_year(ready, approver):
    ready.fiscal_year.publication_days = 5
    ready.fiscal_year.save()
    assert issue(ready, approver).publish_by == TODAY + datetime.timedelta(days=5)


@pytest.mark.parametrize("persona", ["preparer", "leader", "supervisor", "auditor", "administrator"])
def test_only_the_finance_bureau_approves(ready, approver, persona, request):
    user, revisions = request.getfixturevalue(persona), seen(ready, approver)
    refused(PermissionDenied, issue, ready, user, **revisions)


def test_who_passed_a_table_cannot_approve_it(ready, reviewer, approver):
    first = Declaration.objects.first()
    Declaration.objects.filter(pk=first.pk).update(status=Status.FINANCE_FIRST)
    give_opinion(first, reviewer)
    first.refresh_from_db()
    move_tables(revisions={first.pk: first.revision}, act=PASS, actor=reviewer)
    scope = scope_of(ready.department, ready.fiscal_year, reviewer, adjustments=False)
    assert [item.reviewed for item in scope.held] == [first]
    assert "不相容职务分离" in scope.held[0].reasons[0]
    refused(RevisionConflictError, issue, ready, reviewer, **seen(ready, approver))
    assert issue(ready, approver).versions.count() == 3


def give_opinion(declaration, actor):
    declaration.refresh_from_db()
    save_opinion(
        declaration=declaration, revision=declaration.revision, points=POINTS, text="同意。", actor=actor
    )


def test_an_open_remark_keeps_a_table_back(ready, approver):
    first = Declaration.objects.first()
    Comment.objects.create(
        kind="declaration", object_id=first.pk, version=1, sort="rectify", text="补充依据。",
        author=approver, at=timezone.now(),
    )  # fmt: skip
    scope = scope_of(ready.department, ready.fiscal_year, approver, adjustments=False)
    assert [item.reasons for item in scope.held] == [("须整改的批注没有销号：补充依据。",)]


def test_an_open_remark_keeps_the_narrative_back(ready, approver):
    Comment.objects.create(
        kind="department_year", object_id=ready.pk, version=1, sort="rectify", text="补充保障措施。",
        author=approver, at=timezone.now(),
    )  # fmt: skip
    scope = scope_of(ready.department, ready.fiscal_year, approver, adjustments=False)
    assert [(item.name, item.reasons) for item in scope.held] == [
        ("部门整体绩效目标", ("须整改的批注没有销号：补充保障措施。",))
    ]
    assert issue(ready, approver).versions.count() == 2


def test_projects_that_stay_behind_want_a_tick(ready, approver):
    put_at(Status.FINANCE_FIRST, pk=Declaration.objects.first().pk)
    refusal = refused(ApprovalError, issue, ready, approver)
    assert refusal.messages == (
        "有1个项目本次不能批复，先勾选“其余项目以后补充批复”，或等其具备条件后一并批复。",
    )
    assert issue(ready, approver, others_later=True).versions.count() == 2


def test_what_follows_is_a_counted_supplement(ready, approver):
    first, second = Declaration.objects.order_by("pk")
    put_at(Status.SUBMITTED, pk=second.pk)
    issue(ready, approver, others_later=True)
    put_at(Status.TO_APPROVE, pk=second.pk)
    approval = issue(ready, approver, replace(LETTER, document_number="某财预〔2024〕2号"))
    assert (approval.sort, approval.sequence) == (Approval.Sort.SUPPLEMENT, 1)
    assert approval.versions.get().object_id == second.pk
    put_at(Status.TO_APPROVE, pk=first.pk)
    third = issue(ready, approver, replace(LETTER, document_number="某财预〔2024〕3号"))
    assert (third.sort, third.sequence) == (Approval.Sort.SUPPLEMENT, 2)


@pytest.fixture
def adjusted(ready, approver, preparer):
    """Return the year with one approved table whose second version, a cancellation, waits for approval."""
    issue(ready, approver)
    first = Declaration.objects.order_by("pk").first()
    Declaration.objects.filter(pk=first.pk).update(status=Status.TO_APPROVE, version=2)
    Adjustment.objects.create(
        department_year=first.department_year, declaration=first, version=2, sorts=["cancel"],
        reason="不再实施", opened_by=preparer, opened_at=timezone.now(),
    )  # fmt: skip
    return ready


def test_a_cancellation_is_approved_as_an_adjustment(adjusted, approver):
    number = replace(LETTER, document_number="某财预〔2024〕9号")
    approval = issue(adjusted, approver, number, adjustments=True)
    assert approval.sort == Approval.Sort.ADJUSTMENT
    adjustment = Adjustment.objects.get()
    assert (adjustment.outcome, adjustment.closed_at is not None) == ("approved", True)
    assert adjustment.declaration.status == Status.CANCELLED
    version = approval.versions.get()
    assert (version.act, version.number) == ("approve_cancellation", 2)


def test_first_versions_and_adjustments_are_approved_apart(adjusted, approver):
    scope = scope_of(adjusted.department, adjusted.fiscal_year, approver, adjustments=False)
    assert (scope.ready, scope.waiting_otherwise) == ((), 1)
    number = replace(LETTER, document_number="某财预〔2024〕9号")
    assert "没有可以批复的内容" in refused(ApprovalError, issue, adjusted, approver, number).messages[0]


def test_a_department_is_approved_with_its_units(ready, approver, supervisor):
    parent = DepartmentYear.objects.get().department.parent
    scope = scope_of(parent, ready.fiscal_year, approver, adjustments=False)
    assert (len(scope.tables), len(scope.narratives), scope.name) == (2, 1, "曹妃甸区委")
    approval = approve_year(
        department=parent, fiscal_year=ready.fiscal_year, letter=LETTER, actor=approver, **scope.revisions
    )
    assert approval.department == parent
    put_at(Status.TO_APPROVE)
    unit = DepartmentYear.objects.get().department
    again = scope_of(unit, ready.fiscal_year, approver, adjustments=False)
    assert again.sort == Approval.Sort.SUPPLEMENT


def test_a_deputy_approves_in_the_name_of_another(ready, approver, leader):
    Delegation.objects.create(
        membership=approver.memberships.get(),
        deputy=leader,
        starts_on=TODAY,
        ends_on=TODAY,
        named_by=approver,
        named_at=timezone.now(),
    )
    approval = issue(ready, leader)
    entry = Entry.objects.last()
    assert (entry.actor_name, entry.capacity) == ("李国强（代钱文华）", "财政审核人")
    assert approval.by == "李国强（代钱文华）"


# what the letter must say


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"document_number": " "}, "填写文号。"),
        ({"issuer": ""}, "填写批复单位。"),
        ({"text": "\n"}, "填写批复意见。"),
        (
            {"approved_on": TODAY + datetime.timedelta(days=1)},
            f"批复日期{TODAY + datetime.timedelta(days=1)}晚于今天，填写当日或者以前的日期。",
        ),
        (
            {"approved_on": TODAY - datetime.timedelta(days=1)},
            f"批复日期{TODAY - datetime.timedelta(days=1)}早于审核通过的日期{TODAY}，填写其后的日期。",
        ),
    ],
)
def test_a_letter_that_lacks_something_is_refused(ready, approver, changes, message):
    refusal = refused(ApprovalError, issue, ready, approver, replace(LETTER, **changes))
    assert refusal.messages == (message,)


def test_a_number_is_used_once_by_an_issuer(ready, approver):
    put_at(Status.SUBMITTED, pk=Declaration.objects.last().pk)
    issue(ready, approver, others_later=True)
    put_at(Status.TO_APPROVE, pk=Declaration.objects.last().pk)
    spaced = replace(LETTER, document_number=" 某财预〔2024〕1号 ")
    assert "已用于" in refused(ApprovalError, issue, ready, approver, spaced).messages[0]


def test_what_changed_since_it_was_shown_is_not_approved(ready, approver):
    revisions = seen(ready, approver)
    Declaration.objects.filter(pk=Declaration.objects.first().pk).update(revision=7)
    refused(RevisionConflictError, issue, ready, approver, **revisions)


def test_the_draft_says_what_is_approved_and_until_when_it_is_published(ready, approver):
    scope = scope_of(ready.department, ready.fiscal_year, approver, adjustments=False)
    text = draft_text(scope)
    assert "同意2024年度项目支出绩效目标2项，预算数合计31.53万元，并同意部门整体绩效目标。" in text
    assert "20日内将绩效目标随部门预算向社会公开" in text


# the pages


def typed(page, **changes):
    form, scope = page.context["form"], page.context["scope"]
    begun = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    revisions = {
        f"{kind}-{pk}": revision for kind, found in scope.revisions.items() for pk, revision in found.items()
    }
    return {**begun, **revisions, **changes}


def address(ready, group=""):
    return reverse("approve-year", args=(2024, ready.department.code)) + (f"?group={group}" if group else "")


def test_the_page_shows_what_is_ready_and_approves_it(ready, approver, signed_in):
    client = signed_in(approver)
    page = client.get(address(ready))
    assert page.context["scope"].ready[0].name == "部门整体绩效目标"
    sent = typed(page, document_number="某财预〔2024〕1号", issuer="某某区财政局")
    answer = client.post(address(ready), sent, follow=True)
    assert "绩效目标已锁定" in answer.text
    assert "20日后到期" in answer.text
    assert "31.53" in answer.text
    assert Approval.objects.get().text == draft_text_of(page)


def draft_text_of(page):
    return page.context["form"].initial["text"]


def test_the_letter_is_written_above_the_list(ready, approver, signed_in):
    client = signed_in(approver)
    page = client.get(address(ready))
    assert page.text.index("确认批复") < page.text.index('id="ready"')
    refused = client.post(address(ready), typed(page, issuer="", document_number=""))
    problems = [problem.message for problem in refused.context["problems"]]
    assert problems == ["填写批复单位。", "填写文号。"]


def test_the_page_says_what_is_not_ready_and_why(ready, approver, signed_in):
    held = Declaration.objects.first()
    put_at(Status.RETURNED, pk=held.pk)
    client = signed_in(approver)
    page = client.get(address(ready))
    assert "被退回，没有到批复环节。" in page.text
    sent = typed(page, document_number="某财预〔2024〕1号", issuer="某某区财政局")
    before = state()
    answer = client.post(address(ready), sent)
    assert answer.status_code == 422
    assert "先勾选“其余项目以后补充批复”" in answer.text
    assert state() == before
    client.post(address(ready), {**sent, "others_later": "on"})
    assert Approval.objects.count() == 1


def test_the_page_tells_of_a_change_meanwhile(ready, approver, signed_in):
    client = signed_in(approver)
    sent = typed(client.get(address(ready)), document_number="某财预〔2024〕1号", issuer="某某区财政局")
    Declaration.objects.update(revision=9)
    before = state()
    answer = client.post(address(ready), sent)
    assert answer.status_code == 409
    assert "待批复的内容已有变动" in answer.text
    assert state() == before


def test_a_page_with_adjustments_alone_leads_to_them(adjusted, approver, signed_in):
    page = signed_in(approver).get(address(adjusted), follow=True)
    assert page.context["adjustments"]
    assert "取消项目" in page.text
    sent = typed(page, group="adjustment", document_number="某财预〔2024〕9号")
    signed_in(approver).post(address(adjusted), sent)
    assert Approval.objects.filter(sort="adjustment").exists()


def test_a_page_without_anything_ready_says_so(department_year, approver, signed_in):
    page = signed_in(approver).get(address(department_year))
    assert "没有可以批复的内容" in page.text


def test_the_list_shows_what_waits_and_what_is_due(ready, approver, preparer, signed_in):
    page = signed_in(approver).get(reverse("approvals"))
    assert [(each.department, each.tables) for each in page.context["waiting"]] == [(ready.department, 2)]
    approval = issue(ready, approver)
    page = signed_in(preparer).get(reverse("approvals"))
    assert page.context["waiting"] == []
    assert approval.document_number in page.text
    assert "20日后到期" in page.text


def test_the_list_asks_as_much_for_many_as_for_one(
    ready, approver, signed_in, django_assert_num_queries, django_assert_max_num_queries
):
    first = issue(ready, approver)
    client = signed_in(approver)
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("approvals"))
    for number in range(2, 31):
        first.pk, first.sequence, first.document_number = None, number, f"某财预〔2024〕{number}号"
        first.save(force_insert=True)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(reverse("approvals"))


def test_the_home_of_a_unit_counts_the_days(ready, approver, preparer, signed_in):
    issue(ready, approver)
    home = signed_in(preparer).get(reverse("home")).text
    assert "20日后到期" in home
    Approval.objects.update(publish_by=TODAY - datetime.timedelta(days=3))
    assert "已逾期3日" in signed_in(preparer).get(reverse("home")).text
    page = signed_in(preparer).get(reverse("department-year", args=(2024, "286001")))
    assert "已逾期3日" in page.text
    Declaration.objects.update(status=Status.PUBLISHED)
    assert "已逾期" not in signed_in(preparer).get(reverse("home")).text


# the document


def file_of(client, approval, extension):
    return client.get(reverse("approval-file", args=(approval.pk, extension)))


def test_the_document_stays_as_it_was_issued(ready, approver, auditor, signed_in):
    approval = issue(ready, approver)
    client = signed_in(auditor)
    before = file_of(client, approval, "html").content
    table = load_table(Declaration.objects.first())
    Declaration.objects.update(name="改过的名称", goal="改过的目标", budget=1)
    DepartmentYear.objects.update(name="改过的单位")
    load_narrative(ready)
    assert file_of(client, approval, "html").content == before
    assert table.name in before.decode()
    page = client.get(reverse("approval", args=(approval.pk,))).text
    assert "改过的名称" not in page


def test_the_document_names_each_table_with_its_hash(ready, approver, auditor, signed_in):
    approval = issue(ready, approver)
    text = file_of(signed_in(auditor), approval, "html").text
    for declaration in Declaration.objects.all():
        assert content_hash(load_table(declaration))[:16] in text
    assert "某某区财政局文件" in text
    assert "关于批复曹妃甸区直机关工委2024年度部门预算绩效目标的通知" in text
    assert chinese_date(TODAY) in text
    assert "草稿" not in text


@pytest.mark.parametrize("extension", ["pdf", "docx", "html"])
def test_the_document_can_be_taken_away(ready, approver, auditor, signed_in, extension):
    approval = issue(ready, approver)
    answer = file_of(signed_in(auditor), approval, extension)
    assert answer.status_code == 200
    if extension == "pdf":
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            assert len(pdf.pages) >= 4
    if extension == "docx":
        texts = [paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs]
        assert texts[:3] == [
            "某某区财政局文件",
            "某财预〔2024〕1号",
            "关于批复曹妃甸区直机关工委\n2024年度部门预算绩效目标的通知",
        ]


def test_who_does_not_see_the_department_finds_no_approval(ready, approver, outsider, signed_in):
    approval = issue(ready, approver)
    for name, args in (("approval", (approval.pk,)), ("approval-file", (approval.pk, "pdf"))):
        assert signed_in(outsider).get(reverse(name, args=args)).status_code == 404
    assert approval.document_number not in signed_in(outsider).get(reverse("approvals")).text


@pytest.fixture
def shared(ready, other_department_year, approver, supervisor, signed_in):
    """Return an approval of the 主管部门 of two units, 286001 with two tables and 387001 with one."""
    parent = DepartmentYear.objects.get(pk=ready.pk).department.parent
    Department.objects.filter(code="387001").update(parent=parent)
    put_at(Status.TO_APPROVE)
    DepartmentYear.objects.update(status=Status.TO_APPROVE)
    for year in DepartmentYear.objects.all():
        refresh_department_findings(department_year=year)
    scope = scope_of(parent, ready.fiscal_year, approver, adjustments=False)
    return approve_year(
        department=parent,
        fiscal_year=ready.fiscal_year,
        letter=LETTER,
        actor=approver,
        others_later=True,
        **scope.revisions,
    )


def test_a_unit_reads_its_part_of_what_its_supervisor_was_told(shared, preparer, signed_in):
    client = signed_in(preparer)
    for query in ({}, {"department": "286001"}):
        page = client.get(reverse("approvals"), query)
        assert [(row[0], row[0].tables) for row in page.context["rows"]] == [(shared, 2)]
    page = client.get(reverse("approval", args=(shared.pk,))).text
    assert "只列本单位的内容" in page
    assert "机关团工作活动经费" in page
    assert "图书馆" not in page
    text = file_of(client, shared, "html").text
    assert "（本件为节选，附件只列本单位的内容。）" in text
    assert "机关党组织活动经费" in text
    assert "图书馆" not in text


def test_a_unit_that_alone_was_approved_reads_all_of_it(ready, approver, supervisor, preparer, signed_in):
    parent = DepartmentYear.objects.get().department.parent
    seen_now = scope_of(parent, ready.fiscal_year, approver, adjustments=False).revisions
    approval = approve_year(
        department=parent, fiscal_year=ready.fiscal_year, letter=LETTER, actor=approver, **seen_now
    )
    text = file_of(signed_in(preparer), approval, "html").text
    assert "机关党组织活动经费" in text
    assert "节选" not in text


def test_who_it_is_addressed_to_reads_it_all(shared, supervisor, outsider, signed_in):
    client = signed_in(supervisor)
    assert client.get(reverse("approvals")).context["rows"][0][0].tables == 3
    for text in (
        client.get(reverse("approval", args=(shared.pk,))).text,
        file_of(client, shared, "html").text,
    ):
        assert "图书馆" in text
        assert "节选" not in text
    own = signed_in(outsider).get(reverse("approval", args=(shared.pk,))).text
    assert ("图书馆" in own, "286001" in own) == (True, False)


def test_office_opens_the_document(ready, approver, auditor, signed_in, office_to_pdf, tmp_path):
    document = tmp_path / "approval.docx"
    document.write_bytes(file_of(signed_in(auditor), issue(ready, approver), "docx").content)
    with pikepdf.open(office_to_pdf(document)) as pdf:
        assert len(pdf.pages) >= 4


def test_the_style_sheet_knows_the_columns_of_the_annex():
    rule = r"\.grid-approved col:nth-child\((\d+)\) { width: ([\d.]+)mm; }"
    css = (Path(settings.BASE_DIR) / "static/css/paper.css").read_text()
    found = {int(number): float(width) for number, width in re.findall(rule, css)}
    assert found == dict(enumerate(WIDTHS, start=1))
    assert sum(WIDTHS) == 180


def test_the_annex_sums_by_unit_and_leaves_out_what_is_cancelled():
    first, second = seed_booklet().tables
    other = replace(first, department_code="286002", department_name="另一单位")
    tables = [ApprovedTable(first), ApprovedTable(second, is_cancelled=True), ApprovedTable(other)]
    letter = PrintedLetter("某某区财政局", "1号", "标题", "曹妃甸区委", "同意。", TODAY)
    sheets = list(lay_out_approval(letter, (), tables, PrintOptions()).sheets())
    rows = [[cell.text for cell in row.cells] for row in sheets[0].grid.rows[3:]]
    assert [[row[0], *row[-3:]] for row in rows] == [
        ["286001曹妃甸区直机关工委", "1.80", "", ""],
        ["1", "1.80", content_hash(first)[:16], ""],
        ["2", "29.73", content_hash(second)[:16], "取消"],
        ["286002另一单位", "1.80", "", ""],
        ["3", "1.80", content_hash(other)[:16], ""],
        ["合计", "3.60", "", ""],
    ]
    assert len(sheets) == 3
