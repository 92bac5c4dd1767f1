"""A department's year as approved and as published, made by the acts of the site: fixtures and functions."""

import datetime
from types import SimpleNamespace

import pytest

from indicators.disclosure import disclosure_of
from indicators.rows import load_narrative
from indicators.services.publication import Choice, publish_year, set_disclosure
from indicators.services.reviewing import subject_of
from projects.models import Approval, Declaration, DepartmentYear, Publication, WithheldReason
from reports.published_files import render_published
from tests.approved_tables import approve
from workflow.models import Version
from workflow.services import move
from workflow.transitions import APPROVE, PASS, SUBMIT

APPROVED_ON = datetime.date(2024, 1, 20)
PUBLISHED_ON = datetime.date(2024, 2, 1)


@pytest.fixture
def people(preparer, leader, reviewer, approver):
    """Return who leads something to its approval, as keyword arguments."""
    return {"preparer": preparer, "leader": leader, "reviewer": reviewer, "approver": approver}


@pytest.fixture
def approved_year(department_year, people, settings, tmp_path) -> DepartmentYear:
    """Return 286001's year with both tables and its text approved, none of it published."""
    settings.MEDIA_ROOT = tmp_path / "files"
    for declaration in department_year.declarations.all():
        approve(declaration, **people)
    approve_narrative(department_year, people)
    issue_approval(department_year, people["approver"])
    return fresh(department_year)


@pytest.fixture
def withheld(approved_year, preparer) -> Declaration:
    """Return the first of the approved tables, withheld as a trade secret."""
    declaration = approved_year.declarations.select_related("project").first()
    withhold(declaration, preparer, WithheldReason.BUSINESS_SECRET, "含供应商报价")
    return declaration


@pytest.fixture
def publication(approved_year, leader) -> Publication:
    """Return the publication of the approved year, with its files."""
    return publish(approved_year, leader)


def fresh(department_year) -> DepartmentYear:
    return DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)


def approve_narrative(department_year, people) -> None:
    """Lead a department's text through every level to its approval, whatever the rules find."""
    steps = ((SUBMIT, "preparer"), (PASS, "leader"), (PASS, "reviewer"), (APPROVE, "approver"))
    for act, name in steps:
        held = fresh(department_year)
        move(subjects=[subject_of(held, load_narrative(held))], act=act, actor=people[name])


def issue_approval(department_year, approver, **given) -> Approval:
    """Issue the 批复 of what was approved of a department's year."""
    given = {"document_number": "曹财预〔2024〕1号", "approved_on": APPROVED_ON, "sequence": 1, **given}
    approval = Approval.objects.create(
        fiscal_year=department_year.fiscal_year,
        department=department_year.department,
        department_name=department_year.name,
        issuer="曹妃甸区财政局",
        publish_by=given["approved_on"] + datetime.timedelta(days=20),
        issued_by=approver,
        issued_at=datetime.datetime(2024, 1, 20, 9, tzinfo=datetime.UTC),
        batch="",
        **given,
    )
    approval.versions.set(Version.objects.filter(act=APPROVE.name))
    return approval


def withhold(declaration, preparer, reason: str, note: str = "") -> None:
    declaration.refresh_from_db()
    choices = {declaration.pk: Choice(declaration.revision, reason, note)}
    set_disclosure(department_year=declaration.department_year, choices=choices, actor=preparer)
    declaration.refresh_from_db()


def publish(department_year, leader, **given) -> Publication:
    """Publish a year as it is, with its real files."""
    held = fresh(department_year)
    seen = SimpleNamespace(
        revisions=disclosure_of(held).revisions,
        narrative_revision=held.revision,
        published_on=PUBLISHED_ON,
        portal_address="",
        render=render_published,
    )
    vars(seen).update(given)
    return publish_year(department_year=held, actor=leader, **vars(seen))
