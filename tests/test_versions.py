"""Versions: listed, read on paper, taken away in every format, compared; each stays what it was."""

import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from indicators.document import content_hash
from indicators.rows import load_table
from indicators.services import save_narrative, save_table
from indicators.services.adjustment import open_adjustment
from indicators.versions import kept_versions, version_in_force
from projects.models import Declaration, DepartmentYear
from reports.files import ALL_FORMATS
from tests.approved_tables import approve, moved, text_moved
from tests.queries import queries_of
from tests.sample_documents import seed_booklet
from workflow.models import Version
from workflow.transitions import PASS, RETURN, SUBMIT, WITHDRAW


@pytest.fixture
def adjusted(declaration, people) -> Declaration:
    """Return a table that was approved at 1.80 万元 and again, adjusted, at 2.50."""
    approve(declaration, **people)
    open_second(declaration, people["preparer"])
    save_budget(declaration, Decimal("25000"), people["preparer"])
    approve(declaration, **people)
    declaration.adjustments.update(outcome="approved")
    return declaration


def open_second(declaration, preparer):
    open_adjustment(
        reviewed=declaration,
        sorts=["budget"],
        reason="追加预算。",
        revision=declaration.revision,
        actor=preparer,
    )
    declaration.refresh_from_db()


def save_budget(declaration, budget, actor):
    table = replace(load_table(declaration), budget=budget)
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=actor)
    declaration.refresh_from_db()


def approvals_of(declaration):
    return list(Version.objects.filter(kind="declaration", object_id=declaration.pk, act="approve"))


# what is in force


def test_versions_say_what_became_of_them(adjusted):
    found = [(kept.version.number, kept.act, kept.standing, kept.differs) for kept in kept_versions(adjusted)]
    assert found == [
        (2, "批复", "现行", False),
        (2, "通过", "批复前", False),
        (2, "通过", "批复前", False),
        (2, "送审", "批复前", True),
        (2, "发起调整", "批复前", False),
        (1, "批复", "已被第2版替代", False),
        (1, "通过", "批复前", False),
        (1, "通过", "批复前", False),
        (1, "送审", "批复前", None),
    ]


def test_nothing_is_in_force_before_the_first_approval(declaration, preparer):
    moved(declaration, SUBMIT, preparer)
    assert version_in_force(declaration) is None
    assert [kept.standing for kept in kept_versions(declaration)] == ["未批复"]


def test_while_it_is_adjusted_the_former_version_stays_in_force(declaration, people):
    approved = approve(declaration, **people)
    open_second(declaration, people["preparer"])
    save_budget(declaration, Decimal("25000"), people["preparer"])
    assert version_in_force(declaration) == approved


# pages


@pytest.mark.parametrize("persona", ["preparer", "leader", "supervisor", "reviewer", "auditor"])
def test_whoever_sees_the_table_sees_its_versions(persona, adjusted, signed_in, request):
    client = signed_in(request.getfixturevalue(persona))
    version = approvals_of(adjusted)[0]
    for address in (
        reverse("versions", args=(adjusted.pk,)),
        reverse("version", args=(adjusted.pk, version.pk)),
        reverse("version-file", args=(adjusted.pk, version.pk, "json")),
        reverse("compare-versions", args=(adjusted.pk,)),
    ):
        assert client.get(address).status_code == 200


def test_an_outsider_finds_none_of_it(adjusted, outsider, signed_in):
    version = approvals_of(adjusted)[0]
    client = signed_in(outsider)
    for name, arguments in (
        ("versions", (adjusted.pk,)),
        ("version", (adjusted.pk, version.pk)),
        ("version-file", (adjusted.pk, version.pk, "pdf")),
        ("compare-versions", (adjusted.pk,)),
    ):
        assert client.get(reverse(name, args=arguments)).status_code == 404


def test_a_version_is_found_under_its_own_table_alone(adjusted, department_year, auditor, signed_in):
    other = department_year.declarations.last()
    version = approvals_of(adjusted)[0]
    client = signed_in(auditor)
    assert client.get(reverse("version", args=(other.pk, version.pk))).status_code == 404
    assert client.get(reverse("version-file", args=(other.pk, version.pk, "json"))).status_code == 404
    assert (
        client.get(reverse("compare-versions", args=(other.pk,)), {"before": version.pk}).status_code == 404
    )
    assert client.get(reverse("compare-versions", args=(other.pk,)), {"before": "x"}).status_code == 404


def test_the_list_names_who_when_why_and_what(adjusted, auditor, signed_in):
    text = signed_in(auditor).get(reverse("versions", args=(adjusted.pk,))).text
    version = approvals_of(adjusted)[1]
    for shown in (
        "张慧敏",
        "钱文华",
        "追加预算。",
        version.document.content_hash[:16],
        "已被第2版替代",
        "现行",
    ):
        assert shown in text


def test_a_table_that_was_never_submitted_has_no_version(declaration, auditor, signed_in):
    assert "还没有存档的版本" in signed_in(auditor).get(reverse("versions", args=(declaration.pk,))).text


def test_the_list_takes_as_many_queries_at_thirty_versions(declaration, preparer, auditor, signed_in):
    client, address = signed_in(auditor), reverse("versions", args=(declaration.pk,))

    def count():
        return queries_of(client, address)

    moved(declaration, SUBMIT, preparer)
    first = count()
    for _ in range(15):
        moved(declaration, WITHDRAW, preparer)
        moved(declaration, SUBMIT, preparer)
    assert count() == first


def test_an_old_version_is_shown_as_it_was_and_says_so(adjusted, auditor, signed_in):
    old, new = approvals_of(adjusted)
    client = signed_in(auditor)
    text = client.get(reverse("version", args=(adjusted.pk, old.pk))).text
    assert "第1版（已被第2版替代）" in text
    assert ">1.80</td>" in text
    assert ">2.50</td>" not in text
    text = client.get(reverse("version", args=(adjusted.pk, new.pk))).text
    assert ">2.50</td>" in text
    assert "本页是存档的" not in text


def test_reasons_and_names_are_escaped(declaration, people, auditor, signed_in):
    moved(declaration, SUBMIT, people["preparer"])
    version = moved(declaration, RETURN, people["leader"], '<b>口径</b>"不符')
    client = signed_in(auditor)
    for address in (
        reverse("versions", args=(declaration.pk,)),
        reverse("version", args=(declaration.pk, version.pk)),
    ):
        text = client.get(address).text
        assert "<b>口径" not in text
        assert "&lt;b&gt;口径&lt;/b&gt;&quot;不符" in text


# files


def test_the_json_is_the_stored_bytes(adjusted, auditor, signed_in):
    for version in Version.objects.filter(kind="declaration", object_id=adjusted.pk):
        response = signed_in(auditor).get(reverse("version-file", args=(adjusted.pk, version.pk, "json")))
        assert hashlib.sha256(response.content).hexdigest() == version.document_id


@pytest.mark.parametrize("extension", [each for each in ALL_FORMATS if each != "pdfa"])
def test_every_version_comes_in_every_format(extension, adjusted, auditor, signed_in):
    old = approvals_of(adjusted)[0]
    response = signed_in(auditor).get(reverse("version-file", args=(adjusted.pk, old.pk, extension)))
    assert response.status_code == 200
    assert response.content


def test_a_replaced_version_says_so_in_its_file(adjusted, auditor, signed_in):
    old, new = approvals_of(adjusted)
    client = signed_in(auditor)
    text = client.get(reverse("version-file", args=(adjusted.pk, old.pk, "html"))).text
    assert "第1版（已被第2版替代）" in text
    assert f"第1版 校验码 {old.document.content_hash[:16]}" in text
    text = client.get(reverse("version-file", args=(adjusted.pk, new.pk, "html"))).text
    assert "替代" not in text
    assert f"第2版 校验码 {new.document.content_hash[:16]}" in text


def test_a_format_that_is_not_known_is_not_there(adjusted, auditor, signed_in):
    old = approvals_of(adjusted)[0]
    address = reverse("version-file", args=(adjusted.pk, old.pk, "exe"))
    assert signed_in(auditor).get(address).status_code == 404


# comparison


def test_what_is_in_force_is_compared_with_what_is_written_now(declaration, people, auditor, signed_in):
    approve(declaration, **people)
    open_second(declaration, people["preparer"])
    save_budget(declaration, Decimal("25000"), people["preparer"])
    text = signed_in(auditor).get(reverse("compare-versions", args=(declaration.pk,))).text
    assert "改动1处" in text
    assert 'data-path="budget" data-differs><del>1.80</del></td>' in text
    assert 'data-path="budget" data-differs><ins>2.50</ins></td>' in text


def test_what_is_approved_is_compared_with_what_it_replaced(adjusted, auditor, signed_in):
    page = signed_in(auditor).get(reverse("compare-versions", args=(adjusted.pk,)))
    assert page.context["before"].document.budget == Decimal("18000.00")
    assert page.context["after"].document.budget == Decimal("25000.00")


def test_any_two_are_compared_in_either_order(adjusted, auditor, signed_in):
    old, new = approvals_of(adjusted)
    client, address = signed_in(auditor), reverse("compare-versions", args=(adjusted.pk,))
    text = client.get(address, {"before": new.pk, "after": old.pk}).text
    assert 'data-path="budget" data-differs><del>2.50</del></td>' in text
    assert "两个版本的内容一致" in client.get(address, {"before": old.pk, "after": old.pk}).text


# the department's text


@pytest.fixture
def narrated(department_year, preparer, leader) -> DepartmentYear:
    """Return a department's text that was submitted, returned and changed."""

    text_moved(department_year, SUBMIT, preparer)
    text_moved(department_year, RETURN, leader, "补充总体目标")
    booklet = seed_booklet()
    goals = (replace(booklet.overall_goals[0], text="换了总体目标"), *booklet.overall_goals[1:])
    save_narrative(
        department_year=department_year,
        booklet=replace(booklet, overall_goals=goals),
        revision=department_year.revision,
        actor=preparer,
    )
    text_moved(department_year, SUBMIT, preparer)
    text_moved(department_year, PASS, leader)
    return department_year


def test_versions_of_a_departments_text_are_listed_shown_and_compared(narrated, auditor, signed_in):
    client, year = signed_in(auditor), (2024, "286001")
    text = client.get(reverse("narrative-versions", args=year)).text
    assert "补充总体目标" in text
    first = Version.objects.filter(kind="department_year").order_by("pk").first()
    text = client.get(reverse("narrative-version", args=(*year, first.pk))).text
    assert "换了总体目标" not in text
    assert seed_booklet().overall_goals[0].text[:20] in text
    text = client.get(reverse("compare-narratives", args=year), {"before": first.pk}).text
    assert "总体绩效目标第1项" in text
    response = client.get(reverse("narrative-version-file", args=(*year, first.pk, "json")))
    assert hashlib.sha256(response.content).hexdigest() == first.document_id


def test_an_outsider_finds_no_version_of_a_departments_text(narrated, outsider, signed_in):
    first = Version.objects.filter(kind="department_year").order_by("pk").first()
    client, year = signed_in(outsider), (2024, "286001")
    for name, arguments in (
        ("narrative-versions", year),
        ("narrative-version", (*year, first.pk)),
        ("narrative-version-file", (*year, first.pk, "pdf")),
        ("compare-narratives", year),
    ):
        assert client.get(reverse(name, args=arguments)).status_code == 404


def test_the_hash_of_what_is_kept_is_that_of_the_document(adjusted):
    newest = kept_versions(adjusted)[0].version
    assert newest.document.content_hash == content_hash(load_table(adjusted))
