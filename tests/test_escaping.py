"""What people type reaches every page, and every answer a script puts into one, as text alone."""

import dataclasses
import json
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from indicators.document import new_uid
from indicators.models import Attachment, LibraryIndicator
from indicators.rows import load_narrative, load_table
from indicators.services import refresh_department_findings, save_narrative, save_table
from projects.models import Declaration, DepartmentYear, FiscalYear
from projects.services import open_department_year
from tests.project_list_files import HEADS, UNIT, list_workbook, uploaded
from tests.test_pasting import NEW_ROW
from trail.models import Entry

MARK = "</textarea></script>\"'><img src=x onerror=alert(1)>"
SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def client(signed_in, preparer):
    return signed_in(preparer)


@pytest.fixture
def hostile(declaration, department_year, preparer) -> Declaration:
    """Return a table of which every text is an attack, in a unit whose every text is one."""
    table = load_table(declaration)
    texts = {"name": 50, "purpose": 50, "goal": 50, "preparer": 50, "preparer_phone": 30}
    rows = tuple(
        dataclasses.replace(row, name=MARK, description=MARK, value=MARK, basis=MARK)
        for row in table.indicators
    )
    table = dataclasses.replace(table, indicators=rows, **{name: MARK[:size] for name, size in texts.items()})
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=preparer)
    narrative = load_narrative(department_year)
    section = narrative.safeguards[0]
    narrative = dataclasses.replace(
        narrative,
        overall_goals=(dataclasses.replace(narrative.overall_goals[0], text=MARK),),
        sub_goals=(
            dataclasses.replace(narrative.sub_goals[0], title=MARK, goal=MARK, indicators=MARK),
            *narrative.sub_goals[1:],
        ),
        safeguards=(
            dataclasses.replace(
                section, title=MARK, items=(dataclasses.replace(section.items[0], text=MARK),)
            ),
        ),
    )
    save_narrative(
        department_year=department_year, booklet=narrative, revision=department_year.revision, actor=preparer
    )
    DepartmentYear.objects.update(name=MARK)
    preparer.full_name = MARK[:50]
    preparer.save()
    Declaration.objects.filter(pk=declaration.pk).update(assignee=preparer)
    refresh_department_findings(department_year=department_year)
    Attachment.objects.create(
        declaration=declaration, kind="basis", name=f"{MARK}.pdf", size=1, uploaded_by=preparer
    )
    declaration.refresh_from_db()
    return declaration


@pytest.fixture
def library(hostile, preparer):
    """Return an indicator of the library, and a proposal, whose every text is an attack."""
    texts = dict.fromkeys(
        ("name", "explanation", "formula", "keywords", "sector", "subsector", "unit"), MARK[:50]
    )
    tier = {"first_tier": "产出指标", "second_tier": "数量指标"}
    LibraryIndicator.objects.create(
        **tier, **(texts | {"unit": "x"}), standing="proposed",
        proposed_by=preparer, proposed_for=hostile.department_year.department,
    )  # fmt: skip
    return LibraryIndicator.objects.create(
        **tier, **(texts | {"unit": "x"}), standing="approved", words=MARK.lower()
    )


class Elements(HTMLParser):
    """Finds the attributes that would run something."""

    def __init__(self, html: str):
        super().__init__()
        self.attacks: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.attacks += [
            f"{tag} {name}" for name, _ in attributes if not name[0].isalpha() or name[:2] == "on"
        ]
        self.attacks += [tag for name, value in attributes if (name, value) == ("src", "x")]


def is_clean(answer) -> bool:
    """Fail where an attack stands in the answer as markup; return whether it stands there as text at all."""
    assert answer.status_code in (200, 409, 422), (answer.status_code, answer.request["PATH_INFO"])
    html = answer.text
    if answer["Content-Type"].startswith("application/json"):
        # What scripts put into the page as HTML; other texts they put there as text.
        html = "".join(str(answer.json().get(name, "")) for name in ("rows", "parts", "found"))
    assert Elements(html).attacks == [], answer.request["PATH_INFO"]
    return "alert(1)" in html or "img src=x" in html or not html


def test_pages_of_a_table(client, hostile):
    for name in (
        *("table", "edit-table", "edit-project", "table-margin", "attachments", "copy-table"),
        *("paste-preview", "library-insert", "table-recommendation"),
    ):
        assert is_clean(client.get(reverse(name, args=(hostile.pk,)))), name
    row = load_table(hostile).indicators[0]
    assert is_clean(client.get(reverse("library-propose", args=(hostile.pk, row.uid))))


def test_pages_of_a_year(client, hostile):
    is_clean(client.get(reverse("narrative-margin", args=(2024, "286001"))))
    for name in ("department-year", "edit-narrative"):
        assert is_clean(client.get(reverse(name, args=(2024, "286001")))), name
    tick = {"selected": hostile.pk}
    assert is_clean(client.post(reverse("submit-tables", args=(2024, "286001")), tick))
    for name in ("hand-over", "findings", "home"):
        assert is_clean(client.get(reverse(name), tick)), name
    # What stands in the address comes back in the form.
    assert is_clean(
        client.get(
            reverse("department-year", args=(2024, "286001")), {"q": MARK, "sort": MARK, "assignee": MARK}
        )
    )
    for name in ("library", "findings", "backfill", "home"):
        is_clean(
            client.get(
                reverse(name), dict.fromkeys(("q", "year", "sector", "tier", "template", "department"), MARK)
            )
        )


def test_answers_to_scripts(client, hostile, library):
    row = load_table(hostile).indicators[0]
    tier = {"first_tier": row.first_tier, "second_tier": row.second_tier}
    rows = reverse("edit-rows", args=(hostile.pk,))
    assert is_clean(client.post(rows, {"act": "add", "uid": new_uid(), **tier}, headers=SCRIPT))
    part = load_narrative(hostile.department_year).overall_goals[0]
    parts = reverse("edit-narrative-parts", args=(2024, "286001"))
    added = {"act": "add", "list": "overall_goals", "uid": new_uid(), "after": part.uid}
    assert is_clean(client.post(parts, added, headers=SCRIPT))
    block = NEW_ROW.replace("读书会", MARK.replace('"', ""))
    for headers in ({}, SCRIPT):
        assert is_clean(
            client.post(reverse("paste-preview", args=(hostile.pk,)), {"text": block}, headers=headers)
        )
    assert is_clean(client.get(reverse("library-search"), {"q": "img", "declaration": hostile.pk}))
    inserted = client.post(
        reverse("library-insert", args=(hostile.pk,)), {"indicator": library.pk}, headers=SCRIPT
    )
    assert is_clean(inserted)


def test_pages_of_the_library(client, signed_in, reviewer, library):
    for user_client in (client, signed_in(reviewer)):
        for name, arguments in (
            ("library", ()),
            ("library-indicator", (library.pk,)),
            ("library-proposals", ()),
        ):
            assert is_clean(user_client.get(reverse(name, args=arguments))), name
    assert is_clean(signed_in(reviewer).get(reverse("library-edit", args=(library.pk,))))


def test_pages_of_copying_a_year_and_of_lists(client, hostile, preparer):
    year = FiscalYear.objects.create(year=2025, milestone_months=[6, 12], frame="2015")
    open_department_year(department=hostile.department_year.department, fiscal_year=year, actor=preparer)
    assert is_clean(client.get(reverse("copy-year", args=(2025, "286001"))))

    row = (*UNIT, "13020924P00077310009A", MARK, MARK, 1, 1, "", 1)
    data = list_workbook(row, heads=(*HEADS[:-1], f"控制数{MARK}"), above=((f"{MARK}（单位：元）",),))
    pending = uploaded(data, preparer)
    for name in ("project-list-preview", "project-list-columns"):
        assert is_clean(client.get(reverse(name, args=(pending.uid,)))), name


def test_the_trail_on_its_page(signed_in, auditor, hostile):
    assert Entry.objects.filter(label__contains="<").exists()
    assert is_clean(signed_in(auditor).get(reverse("audit-search")))


def test_an_undo_is_data_and_no_markup(client, hostile):
    row = load_table(hostile).indicators[0]
    answer = client.post(reverse("edit-rows", args=(hostile.pk,)), {"act": "remove", "uid": row.uid})
    assert json.loads(answer.text)["undo"]["rows"][0]["name"] == MARK


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\\\evil.example",
        "javascript:alert(1)",
        "#x",
        "home",
        "",
    ],
)
def test_a_way_back_leads_into_the_site_alone(client, back, declaration):
    assert client.post(reverse("selected-files"), {"next": back}).url == "/"
    fixed = client.post(reverse("apply-fix", args=(declaration.pk,)), {"next": back})
    assert fixed.url == reverse("table", args=(declaration.pk,))
