"""The pages everybody may read: off by default, frozen, without a session and without anybody's name."""

import hashlib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department
from projects.models import Declaration, DepartmentYear, FiscalYear, Publication
from tests.approved_tables import approve
from tests.published import publish
from tests.test_publication import MARK, no_files

BOOKLET = ("public-booklet", (2024, "286001"))
PDF = ("public-file", (2024, "286001", "pdf"))


@pytest.fixture
def public(settings):
    """Let the site have its public pages."""
    settings.PUBLIC_PAGES = True


@pytest.fixture
def anybody(client, public):
    """Return a function that asks for a public page without signing in: anybody(name, args) -> response."""
    return lambda name, args=(), **data: client.get(reverse(name, args=args), data)


@pytest.mark.parametrize(("name", "args"), [("public-list", ()), BOOKLET, PDF])
def test_they_are_off_by_default(name, args, client, publication, auditor, signed_in):
    assert client.get(reverse(name, args=args)).status_code == 404
    assert signed_in(auditor).get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize(("name", "args"), [("public-list", ()), BOOKLET, PDF])
def test_they_know_no_session_and_may_be_kept(name, args, anybody, publication, client, auditor):
    client.force_login(auditor)
    with CaptureQueriesContext(connection) as captured:
        response = anybody(name, args)
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert not [query for query in captured if "django_session" in query["sql"]]


@pytest.mark.parametrize(("name", "args"), [("public-list", ()), BOOKLET, PDF])
def test_they_are_read_only(name, args, public, publication):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse(name, args=args)).status_code in (403, 405)


def test_what_is_not_published_is_not_there(anybody, approved_year):
    assert anybody(*BOOKLET).status_code == 404
    assert anybody(*PDF).status_code == 404
    assert "还没有公开的部门预算绩效目标" in anybody("public-list").text


def test_a_booklet_is_shown_with_its_contents_and_files(anybody, publication):
    text = anybody(*BOOKLET).text
    assert "1.2024年度机关团工作活动经费绩效目标表" in text
    assert "第一部分 部门整体绩效目标" in text
    assert "2024年2月1日" in text
    assert publication.document.content_hash[:16] in text
    assert [extension for extension in ("pdf", "docx", "xlsx") if f"booklet.{extension}" in text] == [
        "pdf",
        "docx",
        "xlsx",
    ]


def test_files_are_those_that_were_published(anybody, publication):
    for file in publication.files.all():
        response = anybody("public-file", (2024, "286001", file.extension))
        content = b"".join(response.streaming_content)
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''286001_")
    assert anybody("public-file", (2024, "286001", "html")).status_code == 404


def test_nobody_and_nothing_internal_is_named(approved_year, withheld, people, anybody):
    Declaration.objects.update(preparer="周填报", preparer_phone="13932578816")
    FiscalYear.objects.update(prints_foot_line=True)
    publication = publish(approved_year, people["leader"])
    text = anybody(*BOOKLET).text + anybody("public-list").text
    names = [person.full_name for person in people.values()]
    hidden = [*names, "周填报", "13932578816", "填报人", withheld.name, "含供应商报价", "草稿", "须说明"]
    assert [word for word in hidden if word in text] == []
    assert [word for word in hidden if word in publication.document.text] == []


def test_later_edits_do_not_show(anybody, publication):
    before = anybody(*BOOKLET).text
    Declaration.objects.update(name="改后的名称", goal="改后的目标", budget=1)
    DepartmentYear.objects.update(name="改后的单位")
    FiscalYear.objects.update(has_weights=True, prints_foot_line=True)
    assert anybody(*BOOKLET).text == before


def test_the_list_names_and_finds_departments_as_they_were_called_then(anybody, publication):
    before = anybody("public-list").text
    DepartmentYear.objects.update(name="改后的单位")
    assert anybody("public-list").text == before
    assert "曹妃甸区直机关工委" in anybody("public-list", q="机关工委").text
    assert "没有符合条件的单位" in anybody("public-list", q="改后").text


def test_the_newest_publication_is_in_force(anybody, publication):
    newest = Publication.objects.get(pk=publication.pk)
    newest.pk, newest.published_on = None, publication.published_on.replace(month=6)
    newest.save(force_insert=True)
    assert "2024年6月1日" in anybody(*BOOKLET).text
    assert anybody("public-list").text.count("曹妃甸区直机关工委") == 1
    assert anybody(*PDF).status_code == 404


def test_departments_are_found_by_name_code_and_year(anybody, publication):
    for wanted in ({"q": "机关工委"}, {"q": "286"}, {"year": "2024"}, {"q": "286001", "year": "2024"}):
        assert "曹妃甸区直机关工委" in anybody("public-list", **wanted).text, wanted
    for wanted in ({"q": "图书馆"}, {"year": "2023"}, {"year": "x" * 9, "q": MARK}):
        assert "没有符合条件的单位" in anybody("public-list", **wanted).text, wanted


def test_the_list_has_pages_and_costs_the_same_at_any_length(anybody, publication):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert anybody("public-list").status_code == 200
        return len(captured)

    few = cost()
    copies(publication, 60)
    assert cost() == few
    assert "第1页，共2页，61项" in anybody("public-list").text
    assert "第2页，共2页，61项" in anybody("public-list", page=2).text


def copies(publication, number):
    """Publish the same booklet for more departments."""
    year = publication.department_year.fiscal_year
    for place in range(number):
        department = Department.objects.create(code=f"4010{place:02}", name=f"第{place}小学")
        filed = DepartmentYear.objects.create(department=department, fiscal_year=year, name=department.name)
        Publication.objects.create(
            department_year=filed,
            document=publication.document,
            department_name=department.name,
            print_options=publication.print_options,
            published_on=publication.published_on,
            published_by=publication.published_by,
            at=publication.at,
        )


def test_what_was_published_is_shown_as_text(approved_year, leader, anybody, people):
    Declaration.objects.update(status="draft", name=MARK, goal=MARK, purpose=MARK)
    for declaration in approved_year.declarations.all():
        approve(declaration, **people)
    publish(approved_year, leader, render=no_files)
    Publication.objects.update(department_name=MARK)
    searched = anybody("public-list", q=MARK).text
    for text in (anybody(*BOOKLET).text, anybody("public-list").text, searched):
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text
