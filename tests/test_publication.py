"""公开: choosing, what stands against it, publishing, and that what was published stays as it was."""

import dataclasses
import datetime
import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from indicators.disclosure import NOTHING_NEW, disclosure_of, latest_publication, published_booklet
from indicators.models import RuleSetting
from indicators.rows import load_table
from indicators.services import create_declaration, save_table
from indicators.services.publication import (
    Choice,
    PublicationError,
    RenderedFile,
    set_disclosure,
    update_portal_address,
)
from projects.models import Declaration, DepartmentYear, FiscalYear, Publication, PublishedFile
from tests.approved_tables import approve, moved
from tests.published import PUBLISHED_ON, approve_narrative, fresh, issue_approval, publish, withhold
from tests.queries import queries_of
from tests.sample_documents import team_table
from trail.models import Entry
from workflow.models import Status, Version
from workflow.services import RevisionConflictError, TransitionError
from workflow.transitions import ADJUST

MOBILE = "13932578816"
ADDRESS = "http://www.caofeidian.gov.cn/czyjs/2024.html"


def no_files(booklet, options):
    return [RenderedFile("pdf", b"%PDF-1.7")]


def said(refused) -> list[str]:
    return [f"{problem.place}：{problem.message}" for problem in refused.value.problems]


def everything():
    """Return what a refused act must leave as it was."""
    return (
        list(Declaration.objects.order_by("pk").values("status", "revision", "withheld_reason")),
        list(DepartmentYear.objects.order_by("pk").values("status", "revision")),
        Publication.objects.count(),
        PublishedFile.objects.count(),
        Version.objects.count(),
        Entry.objects.count(),
    )


def files_in(directory) -> list[str]:
    return [path.name for path in Path(directory).rglob("*") if path.is_file()]


# choosing


def test_a_preparer_withholds_a_project_with_a_reason(declaration, preparer):
    withhold(declaration, preparer, "other", "合同约定保密")
    assert (declaration.withheld_reason, declaration.withheld_note) == ("other", "合同约定保密")
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.object_id) == ("set_disclosure", str(declaration.pk))
    assert [(each["before"], each["after"]) for each in entry.changes] == [
        ("公开", "不公开（其他依法不公开）"),
        ("", "合同约定保密"),
    ]


def test_what_did_not_change_writes_nothing(declaration, preparer):
    entries = Entry.objects.count()
    withhold(declaration, preparer, "")
    assert (declaration.revision, Entry.objects.count()) == (0, entries)


def test_publishing_it_after_all_drops_the_note(declaration, preparer):
    withhold(declaration, preparer, "work_secret", "内部程序")
    withhold(declaration, preparer, "", "内部程序")
    assert (declaration.withheld_reason, declaration.withheld_note) == ("", "")


@pytest.mark.parametrize(
    ("reason", "note", "problem"),
    [
        ("other", " ", "其他依法不公开的，须在说明中写明依据。"),
        ("state_secret", "", "没有不公开原因“state_secret”，从列表中选择。"),
        ("privacy", "长" * 501, "不公开的说明有501字，最多500字。"),
    ],
)
def test_a_wrong_choice_is_refused(declaration, preparer, reason, note, problem):
    before = everything()
    with pytest.raises(PublicationError) as refused:
        withhold(declaration, preparer, reason, note)
    assert said(refused) == [f"{declaration}：{problem}"]
    assert everything() == before


def test_all_wrong_choices_are_told_at_once(department_year, preparer):
    choices = {each.pk: Choice(each.revision, "other") for each in department_year.declarations.all()}
    with pytest.raises(PublicationError) as refused:
        set_disclosure(department_year=department_year, choices=choices, actor=preparer)
    assert len(refused.value.problems) == 2


def test_a_choice_over_a_newer_one_is_refused(declaration, preparer):
    withhold(declaration, preparer, "privacy")
    before = everything()
    stale = {declaration.pk: Choice(0, "work_secret")}
    with pytest.raises(RevisionConflictError):
        set_disclosure(department_year=declaration.department_year, choices=stale, actor=preparer)
    assert everything() == before


def test_only_preparers_choose(declaration, leader):
    before = everything()
    with pytest.raises(PermissionDenied):
        withhold(declaration, leader, "privacy")
    assert everything() == before


def test_what_is_published_cannot_be_withheld(publication, declaration, preparer):
    declaration.refresh_from_db()
    with pytest.raises(PublicationError) as refused:
        withhold(declaration, preparer, "privacy")
    assert said(refused) == [f"{declaration}：已公开，不能再选择公开或不公开。"]


# what stands against it


def test_a_year_in_hand_has_all_that_is_missing_named(department_year):
    found = disclosure_of(department_year)
    assert [problem.message for problem in found.problems] == [
        "没有可以公开的内容：没有已批复的绩效目标表和部门整体绩效目标。",
    ]


def test_what_waits_for_a_later_approval_keeps_nothing_back(approved_year, preparer, leader):
    later = dataclasses.replace(team_table(), uid="later", project_code="", name="追加的培训经费")
    create_declaration(department_year=approved_year, table=later, actor=preparer)
    found = disclosure_of(approved_year)
    assert (found.problems, found.notes) == ((), ("“追加的培训经费”现为草稿，批复后再公开。",))
    publish(approved_year, leader, render=no_files)
    assert len(published_booklet(latest_publication(approved_year)).tables) == 2


def test_an_approved_year_has_nothing_against_it(approved_year):
    found = disclosure_of(approved_year)
    assert (found.problems, found.notes, len(found.shown)) == ((), (), 2)


def test_without_an_approval_nothing_is_published(approved_year, leader):
    approved_year.fiscal_year.approvals.all().delete()
    before = everything()
    with pytest.raises(PublicationError) as refused:
        publish(approved_year, leader, render=no_files)
    assert said(refused) == [f"{approved_year}：还没有批复文件；批复后公开。"]
    assert everything() == before


def test_personal_numbers_and_blank_names_are_found_in_what_was_approved(department_year, people):
    for place, declaration in enumerate(department_year.declarations.order_by("position")):
        texts = {"goal": f"联系李某{MOBILE}"} if place else {"name": "", "purpose": f"电话{MOBILE}"}
        Declaration.objects.filter(pk=declaration.pk).update(**texts)
        approve(declaration, **people)
    department_year.overall_goals.filter(position=0).update(text=f"办公手机{MOBILE}")
    department_year.overall_goals.filter(position=1).update(text=f"办公手机{MOBILE}")
    approve_narrative(department_year, people)
    issue_approval(department_year, people["approver"])
    # What the rows say since does not matter.
    Declaration.objects.update(purpose="", goal="")
    found = disclosure_of(fresh(department_year))
    first, second = (line.declaration for line in found.lines)
    told = [(problem.pk, problem.path, problem.message) for problem in found.problems]
    narrative = [each for each in told if each[0] is None]
    tables = [each for each in told if each[0] is not None]
    assert [message for _, _, message in narrative][-1].endswith("中有手机号码“139****8816”，不得公开。")
    assert tables == [
        (first.pk, "name", "项目名称没有填写。"),
        (first.pk, "purpose", "资金用途中有手机号码“139****8816”，不得公开。"),
        (second.pk, "goal", "绩效目标中有手机号码“139****8816”，不得公开。"),
    ]


def test_switching_r59_off_does_not_publish_a_number(department_year, people, declaration):
    RuleSetting.objects.create(fiscal_year=department_year.fiscal_year, rule="R59", enabled=False)
    Declaration.objects.filter(pk=declaration.pk).update(goal=MOBILE)
    approve(declaration, **people)
    assert "手机号码" in "".join(problem.message for problem in disclosure_of(department_year).problems)


def test_the_telephone_of_the_preparer_is_no_obstacle(approved_year):
    Declaration.objects.update(preparer_phone=MOBILE)
    assert disclosure_of(approved_year).problems == ()


def test_a_withheld_project_is_named_nowhere(approved_year, preparer):
    party = approved_year.declarations.last()
    Declaration.objects.filter(pk=party.pk).update(withheld_reason="privacy")
    found = disclosure_of(approved_year)
    name, code = found.withheld[0].name, found.withheld[0].declaration.project.code
    told = str(found.booklet)
    assert code not in told
    mentions = [problem for problem in found.problems if "不公开的项目" in problem.message]
    assert (name in "".join(told.split())) == bool(mentions)


def test_a_sub_goal_of_a_withheld_project_alone_stays_out(department_year, people):
    alone = department_year.sub_goals.get()
    shared = department_year.sub_goals.create(uid="shared", position=2, title="两个项目共同的目标")
    first, second = department_year.declarations.select_related("project")
    alone.declarations.set([first])
    shared.declarations.set([first, second])
    approve_narrative(department_year, people)
    Declaration.objects.filter(pk=first.pk).update(withheld_reason="privacy")
    found = disclosure_of(fresh(department_year))
    codes = {part.uid: part.project_codes for part in found.booklet.sub_goals}
    assert alone.uid not in codes
    assert codes[shared.uid] == (second.project.code,)
    assert found.notes[0] == "只对应不公开项目的1项分项绩效目标不公开。"


# publishing


def test_what_was_approved_is_published_with_its_files(approved_year, leader, settings):
    publication = publish(approved_year, leader, portal_address=ADDRESS)
    booklet = published_booklet(publication)
    assert [table.name for table in booklet.tables] == [
        line.name for line in disclosure_of(approved_year).shown
    ]
    assert {table.preparer_phone + table.preparer for table in booklet.tables} == {""}
    assert set(Declaration.objects.values_list("status", flat=True)) == {Status.PUBLISHED}
    assert fresh(approved_year).status == Status.PUBLISHED
    stored = {file.extension: file for file in publication.files.all()}
    assert list(stored) == ["pdf", "docx", "xlsx"]
    for file in stored.values():
        content = file.file.read()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert stored["pdf"].file.open().read(5) == b"%PDF-"
    assert all(zipfile.is_zipfile(io.BytesIO(stored[name].file.open().read())) for name in ("docx", "xlsx"))
    assert len(files_in(settings.MEDIA_ROOT)) == 3


def test_publishing_is_one_batch_and_ends_in_the_trail(approved_year, leader):
    publication = publish(approved_year, leader, portal_address=ADDRESS, render=no_files)
    entries = Entry.objects.filter(batch=publication.batch).order_by("sequence")
    assert [(entry.action, entry.kind) for entry in entries] == [
        ("publish", "department_year"),
        ("publish", "declaration"),
        ("publish", "declaration"),
        ("publish", "publication"),
    ]
    last = entries.last()
    assert (last.capacity, last.department_code) == ("单位负责人", "286001")
    told = {change["place"]: change["after"] for change in last.changes}
    assert (told["公开日期"], told["公开网址"], told["公开的项目数"]) == ("2024-02-01", ADDRESS, "2")
    assert Version.objects.filter(batch=publication.batch, act="publish").count() == 3


def test_withheld_tables_stay_approved(approved_year, withheld, leader):
    if problems := disclosure_of(fresh(approved_year)).problems:
        pytest.fail(str(problems))
    publication = publish(approved_year, leader, render=no_files)
    withheld.refresh_from_db()
    assert (withheld.status, publication.number_withheld) == (Status.APPROVED, 1)
    assert withheld.name not in [table.name for table in published_booklet(publication).tables]


@pytest.mark.parametrize("name", ["preparer", "reviewer", "auditor", "outsider"])
def test_only_the_leader_publishes(name, approved_year, request):
    actor = request.getfixturevalue(name)
    before = everything()
    with pytest.raises(TransitionError):
        publish(approved_year, actor, render=no_files)
    assert everything() == before


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"published_on": datetime.date(2024, 1, 19)}, "公开日期2024-01-19早于批复日期2024-01-20"),
        ({"published_on": timezone.localdate() + datetime.timedelta(1)}, "还没有到"),
        ({"portal_address": "javascript:alert(1)"}, "不是网址"),
    ],
)
def test_a_wrong_date_or_address_is_refused(given, problem, approved_year, leader):
    before = everything()
    with pytest.raises(PublicationError) as refused:
        publish(approved_year, leader, render=no_files, **given)
    assert problem in said(refused)[0]
    assert everything() == before


def test_where_drawing_fails_nothing_is_published(approved_year, leader, settings):
    def fails(booklet, options):
        raise OSError("no space left")

    before = everything()
    with pytest.raises(OSError, match="no space left"):
        publish(approved_year, leader, render=fails)
    assert (everything(), files_in(settings.MEDIA_ROOT)) == (before, [])


def test_where_a_row_is_refused_its_files_are_removed(approved_year, leader, settings):
    def twice(booklet, options):
        return [RenderedFile("pdf", b"%PDF-1.7"), RenderedFile("pdf", b"%PDF-1.6")]

    before = everything()
    with pytest.raises(Exception, match=r"(?i)unique"):
        publish(approved_year, leader, render=twice)
    assert (everything(), files_in(settings.MEDIA_ROOT)) == (before, [])


def test_what_changes_while_the_files_are_drawn_is_not_published(approved_year, leader, preparer, settings):
    declaration = approved_year.declarations.first()

    def meanwhile(booklet, options):
        withhold(declaration, preparer, "privacy")
        return no_files(booklet, options)

    with pytest.raises(RevisionConflictError):
        publish(approved_year, leader, render=meanwhile)
    assert (Publication.objects.count(), files_in(settings.MEDIA_ROOT)) == (0, [])


def test_publishing_the_same_twice_is_refused(publication, approved_year, leader):
    before = everything()
    with pytest.raises(PublicationError) as refused:
        publish(approved_year, leader, render=no_files)
    assert said(refused) == [f"{approved_year}：{NOTHING_NEW}"]
    assert everything() == before


# what was published stays


def test_no_later_change_reaches_what_was_published(publication):
    before = publication.document.text
    files = [(file.pk, file.file.read()) for file in publication.files.all()]
    Declaration.objects.update(name="改后的名称", goal="改后的目标")
    DepartmentYear.objects.update(name="改后的单位")
    FiscalYear.objects.update(has_weights=True, prints_foot_line=True)
    kept = Publication.objects.get(pk=publication.pk)
    assert kept.document.text == before
    assert [(file.pk, file.file.read()) for file in kept.files.all()] == files


def test_an_adjusted_table_is_published_by_another_publication(publication, approved_year, leader, people):
    declaration = approved_year.declarations.first()
    assert [each.message for each in disclosure_of(fresh(approved_year)).problems] == [NOTHING_NEW]
    preparer = people["preparer"]
    moved(declaration, ADJUST, preparer, reason="年中追减预算")
    table = dataclasses.replace(load_table(declaration), goal="调整后的绩效目标")
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=preparer)
    declaration.refresh_from_db()
    meanwhile = disclosure_of(fresh(approved_year))
    assert meanwhile.booklet == published_booklet(publication)
    assert meanwhile.notes == (f"“{declaration}”现为调整中，本次公开已批复的第1版。",)

    approve(declaration, **people)
    issue_approval(approved_year, people["approver"], document_number="曹财预〔2024〕2号", sequence=2)
    second = publish(approved_year, leader, render=no_files)
    assert published_booklet(second).tables[0].goal == "调整后的绩效目标"
    assert published_booklet(Publication.objects.get(pk=publication.pk)).tables[0].goal != "调整后的绩效目标"
    assert latest_publication(approved_year) == second


# where it is read


def test_the_address_on_the_portal_is_told_afterwards(publication, leader):
    update_portal_address(publication=publication, portal_address=ADDRESS, actor=leader)
    publication.refresh_from_db()
    assert publication.portal_address == ADDRESS
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.changes[0]["before"], entry.changes[0]["after"]) == (
        "update_portal_address",
        "",
        ADDRESS,
    )


def test_a_wrong_address_and_a_wrong_person_change_nothing(publication, leader, preparer):
    before = everything()
    with pytest.raises(PublicationError):
        update_portal_address(publication=publication, portal_address="门户网站", actor=leader)
    with pytest.raises(TransitionError):
        update_portal_address(publication=publication, portal_address=ADDRESS, actor=preparer)
    publication.refresh_from_db()
    assert (publication.portal_address, everything()) == ("", before)


# the pages


def page(name="publication"):
    return reverse(name, args=(2024, "286001"))


def test_a_preparer_chooses_on_the_page(declaration, preparer, signed_in):
    data = {
        "table": f"{declaration.pk}:{declaration.revision}",
        f"reason-{declaration.pk}": "privacy",
        f"note-{declaration.pk}": "涉及受助人",
    }
    response = signed_in(preparer).post(page(), data, follow=True)
    assert "已保存1个项目的公开选择。" in response.text
    declaration.refresh_from_db()
    assert (declaration.withheld_reason, declaration.withheld_note) == ("privacy", "涉及受助人")


def test_all_that_is_ticked_is_set_at_once(department_year, preparer, signed_in):
    tables = list(department_year.declarations.all())
    data = {
        "table": [f"{each.pk}:{each.revision}" for each in tables],
        "selected": [each.pk for each in tables],
        "bulk": "1",
        "bulk-reason": "work_secret",
        "bulk-note": "内部程序",
    }
    signed_in(preparer).post(page(), data)
    assert (
        list(Declaration.objects.values_list("withheld_reason", "withheld_note"))
        == [("work_secret", "内部程序")] * 2
    )


def test_a_refused_choice_stays_on_the_page(declaration, preparer, signed_in):
    data = {"table": f"{declaration.pk}:0", f"reason-{declaration.pk}": "other", f"note-{declaration.pk}": ""}
    response = signed_in(preparer).post(page(), data)
    assert response.status_code == 422
    assert "须在说明中写明依据" in response.text
    assert '<option value="other" selected>' in response.text


def numbers(client) -> tuple[int, int, int]:
    """Return how many projects the page counts as 已公开, 拟公开 and 不公开."""
    text = client.get(page()).text
    found = [re.search(f"<span>{label} <b>(\\d+)</b>", text) for label in ("已公开", "拟公开", "不公开")]
    return tuple(int(each.group(1)) if each else 0 for each in found)


def test_what_is_published_is_counted_apart_from_what_is_to_be(approved_year, people, withheld, signed_in):
    client = signed_in(people["leader"])
    assert numbers(client) == (0, 1, 1)
    publish(approved_year, people["leader"])
    assert numbers(client) == (1, 0, 1)
    withhold(withheld, people["preparer"], "")
    assert numbers(client) == (1, 1, 0)
    shown = approved_year.declarations.last()
    moved(shown, ADJUST, people["preparer"], "核减预算。")
    assert numbers(client) == (1, 1, 0)


def test_a_leader_publishes_on_the_page(approved_year, leader, signed_in):
    client = signed_in(leader)
    shown = client.get(page("publish"))
    assert "公开的2个项目" in shown.text
    found = disclosure_of(approved_year)
    data = {
        "published_on": PUBLISHED_ON.isoformat(),
        "portal_address": "",
        "narrative": approved_year.revision,
        "table": [f"{pk}:{revision}" for pk, revision in found.revisions.items()],
    }
    response = client.post(page("publish"), data, follow=True)
    assert "已公开，共3个文件" in response.text
    file = PublishedFile.objects.get(extension="pdf")
    assert file.sha256 in response.text


def test_publishing_what_was_not_seen_is_a_conflict(approved_year, leader, signed_in):
    data = {"published_on": PUBLISHED_ON.isoformat(), "narrative": 0, "table": []}
    before = everything()
    response = signed_in(leader).post(page("publish"), data)
    assert (response.status_code, everything()) == (409, before)


def test_the_preview_is_the_pdf(approved_year, preparer, outsider, signed_in):
    response = signed_in(preparer).get(page("publication-preview"))
    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")
    assert signed_in(outsider).get(page("publication-preview")).status_code == 404


def test_files_are_handed_out_to_those_who_see_the_unit(publication, auditor, outsider, signed_in):
    address = reverse("published-file", args=(publication.pk, "pdf"))
    response = signed_in(auditor).get(address)
    content = b"".join(response.streaming_content)
    assert hashlib.sha256(content).hexdigest() == publication.files.get(extension="pdf").sha256
    assert "attachment" in response["Content-Disposition"]
    assert signed_in(outsider).get(address).status_code == 404
    assert signed_in(auditor).get(reverse("published-file", args=(publication.pk, "html"))).status_code == 404


def test_the_address_is_changed_on_the_page_by_the_leader_alone(
    publication, leader, preparer, outsider, signed_in
):
    address = reverse("portal-address", args=(publication.pk,))
    statuses = [
        signed_in(user).post(address, {"portal_address": ADDRESS}).status_code
        for user in (preparer, outsider)
    ]
    publication.refresh_from_db()
    assert (statuses, publication.portal_address) == ([403, 404], "")
    assert signed_in(leader).post(address, {"portal_address": "门户"}).status_code == 422
    assert signed_in(leader).post(address, {"portal_address": ADDRESS}).status_code == 302
    publication.refresh_from_db()
    assert publication.portal_address == ADDRESS


def test_an_overdue_publication_says_so(approved_year, auditor, signed_in):
    assert "已逾期" in signed_in(auditor).get(page()).text


def test_the_pages_cost_the_same_at_any_length(department_year, people, preparer, leader, signed_in):
    approve(department_year.declarations.first(), **people)

    def cost(user, name):
        client = signed_in(user)
        client.get(page(name))
        return queries_of(client, page(name))

    few = [cost(preparer, "publication"), cost(leader, "publish")]
    for number in range(28):
        table = dataclasses.replace(team_table(), uid=f"project-{number}", project_code="")
        added = create_declaration(department_year=department_year, table=table, actor=None)
        if number < 3:
            approve(added, **people)
    assert [cost(preparer, "publication"), cost(leader, "publish")] == few


MARK = "\"'><img src=x onerror=alert(1)>"


def test_what_people_type_reaches_the_pages_as_text(approved_year, preparer, leader, signed_in):
    declaration = approved_year.declarations.first()
    Declaration.objects.update(name=MARK, withheld_note=MARK, withheld_reason="other")
    DepartmentYear.objects.update(name=MARK)
    leader.full_name = MARK
    leader.save()
    for user, name in ((preparer, "publication"), (leader, "publish")):
        text = signed_in(user).get(page(name)).text
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text
    data = {"table": f"{declaration.pk}:0", f"reason-{declaration.pk}": MARK, f"note-{declaration.pk}": MARK}
    assert "<img src=x" not in signed_in(preparer).post(page(), data).text
