"""From an empty draft to a published booklet and one adjustment, over HTTP alone: pages, forms, buttons."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from departments.models import Department, Role
from projects.models import Declaration, FiscalYear, Publication
from tests.personas import person
from workflow.models import Status, Version

UNIT = (2024, "286002")
GOAL = "1、组织团干部培训2期，培训80人次。2、开展青年志愿服务活动12次。"
TEXTS = {
    "project_code": "13020924P00077310001P",
    "budget": "6.00",
    "fiscal_funding": "6.00",
    "purpose": "用于团干部培训的师资和场地费3.6万元，青年志愿服务活动的物资和保险费2.4万元。",
    "milestones/3": "25%",
    "milestones/6": "50%",
    "milestones/10": "90%",
    "milestones/12": "100%",
    "goal": GOAL,
}
ROWS = (
    ("产出指标", "数量指标", "团干部培训人次", "参加两期培训的团干部人次，按签到表统计", "≥80人次"),
    ("产出指标", "数量指标", "青年志愿服务活动次数", "当年开展的志愿服务活动次数，按活动记录统计", "≥12次"),
    ("产出指标", "质量指标", "培训合格率", "考试合格人数÷参加培训人数×100%", "≥95%"),
    ("产出指标", "时效指标", "团干部培训完成时间", "第二期培训结业的日期", "2024年11月30日前"),
    ("产出指标", "成本指标", "培训人均成本", "培训支出÷培训人次", "≤450元/人次"),
    ("效益指标", "社会效益指标", "新增注册志愿者人数", "当年新注册的青年志愿者人数，按系统统计", "≥60人"),
    ("满意度指标", "服务对象满意度指标", "参训团干部满意度", "发放问卷80份，满意和比较满意的比例", "≥90%"),
)
REASON = "已与业务股室核对，按年度工作计划测算，保留现有写法。"


class Visitor:
    """A browser without scripts: it opens pages, fills in their forms and presses their buttons."""

    def __init__(self, user):
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(user)

    def see(self, name: str, *args):
        return self._page(self.client.get(reverse(name, args=args), follow=True))

    def press(self, page, address: str, *button: str, **values):
        """Fill in the form that posts to ``address`` and press a button (its name and value) of it."""
        forms = [form for form in page.forms if form.method == "POST" and self._goes_to(page, form, address)]
        assert forms, f"no form to {address} on: {_told(page)}"
        form = forms[0]
        sent = {}
        for name, value in form.form_values():
            sent.setdefault(name, []).append(value.removeprefix("\n"))
        sent |= {name: value for name, value in values.items() if value is not None}
        if button:
            sent[button[0]] = button[1]
        return self._page(self.client.post(address, sent, follow=True))

    @staticmethod
    def _goes_to(page, form, address: str) -> bool:
        return (form.action or page.get("data-address")).split("?")[0] == address

    def _page(self, response):
        assert response.status_code == 200, _told(html.fromstring(response.content))
        page = html.fromstring(response.content)
        page.set("data-address", response.request["PATH_INFO"])
        return page


def _told(page) -> str:
    return " ".join(page.find(".//main").text_content().split())[:1500]


@pytest.fixture
def people(db):
    parent = Department.objects.create(code="286", name="曹妃甸区委")
    unit = Department.objects.create(code="286002", name="共青团曹妃甸区委", parent=parent)
    FiscalYear.objects.create(year=2024, milestone_months=[3, 6, 10, 12], frame="2015")
    roles = {
        "preparer": (Role.PREPARER, unit),
        "leader": (Role.LEADER, unit),
        "supervisor": (Role.SUPERVISOR, parent),
        "reviewer": (Role.FINANCE, None),
        "approver": (Role.FINANCE, None),
    }
    return {name: Visitor(person(name, name, *given)) for name, given in roles.items()}


def _write(preparer: Visitor) -> int:
    """Begin the year, file a project and fill its table in; return its key."""
    start = reverse("start-department-year", args=UNIT)
    preparer.press(preparer.see("home"), start)
    new = reverse("new-project", args=UNIT)
    preparer.press(
        preparer.see("new-project", *UNIT),
        new,
        name="青年志愿服务和团干部培训经费",
        category="特定目标类",
        nature="延续",
        beneficiaries="yes",
    )
    pk = Declaration.objects.get().pk
    edit = reverse("edit-table", args=(pk,))
    page = preparer.press(preparer.see("edit-table", pk), edit, **TEXTS)
    for first, second, *_ in ROWS:
        page = preparer.press(page, edit, "act", "add", tier=f"{first}›{second}")
    uids = [
        name.split("/")[1]
        for name, _ in next(form for form in page.forms if form.get("id") == "table-form").form_values()
        if name.startswith("indicators/") and name.endswith("/name")
    ]
    typed = {
        f"indicators/{uid}/{field}": text
        for uid, (_, _, *texts) in zip(uids, ROWS, strict=True)
        for field, text in zip(("name", "description", "value"), texts, strict=True)
    }
    bases = {f"indicators/{uid}/basis": "《共青团曹妃甸区委2024年工作计划》" for uid in uids}
    preparer.press(page, edit, **typed, **bases)
    return pk


def _explain(preparer: Visitor, pk: int) -> None:
    while True:
        page = preparer.see("edit-table", pk)
        open_ones = [
            form.action
            for form in page.forms
            if "/explain/" in (form.action or "") and not form.fields["text"].strip()
        ]
        if not open_ones:
            return
        preparer.press(page, open_ones[0], text=REASON)


def _submit(preparer: Visitor, pk: int) -> None:
    submit = reverse("submit-tables", args=UNIT)
    page = preparer._page(preparer.client.get(submit, {"selected": pk}))
    preparer.press(page, submit, "confirmed", "1")


def _review(people, pk: int) -> None:
    """Lead a submitted table through unit, 主管部门 and finance; the finance review files its sheet."""
    act = reverse("review-table-act", args=(pk,))
    for name in ("leader", "supervisor"):
        people[name].press(people[name].see("review-table", pk), act, "act", "pass")
    reviewer = people["reviewer"]
    opinion = reverse("save-opinion", args=(pk,))
    grades = {"text": "目标与资金匹配，同意。"}
    page = reviewer.see("review-table", pk)
    form = next(form for form in page.forms if form.action == opinion)
    grades |= {name: "good" for name in form.fields if name.endswith("_grade")}
    page = reviewer.press(page, opinion, **grades)
    reviewer.press(reviewer.see("review-table", pk), act, "act", "pass")


def _approve(people, number: str) -> None:
    page = people["approver"].see("approve-year", *UNIT)
    given = {"document_number": number, "issuer": "曹妃甸区财政局", "others_later": "on"}
    people["approver"].press(page, page.get("data-address"), **given)


def _publish(people) -> None:
    publish = reverse("publish", args=UNIT)
    people["leader"].press(
        people["leader"].see("publish", *UNIT), publish, portal_address="https://www.caofeidian.gov.cn/ys/"
    )


def _standing(pk: int):
    return Declaration.objects.values_list("status", "version").get(pk=pk)


def test_from_an_empty_draft_to_a_published_booklet_and_one_adjustment(people, settings):
    settings.PUBLIC_PAGES = True
    preparer = people["preparer"]
    pk = _write(preparer)
    _explain(preparer, pk)
    _submit(preparer, pk)
    _review(people, pk)
    assert _standing(pk) == (Status.TO_APPROVE, 1)
    _approve(people, "曹财预〔2024〕1号")
    assert _standing(pk) == (Status.APPROVED, 1)
    _publish(people)
    assert _standing(pk) == (Status.PUBLISHED, 1)
    public = Client().get(reverse("public-booklet", args=UNIT))
    assert "≥80人次" in public.text

    adjust = reverse("open-adjustment", args=(pk,))
    preparer.press(
        preparer.see("open-adjustment", pk), adjust, sorts=["value"], reason="培训规模扩大，不增加预算。"
    )
    edit = reverse("edit-table", args=(pk,))
    page = preparer.see("edit-table", pk)
    form = next(form for form in page.forms if form.get("id") == "table-form")
    path = next(name for name, value in form.form_values() if value.strip() == "≥80人次")
    preparer.press(page, edit, **{path: "≥90人次", "goal": GOAL.replace("80人次", "90人次")})
    _explain(preparer, pk)
    _submit(preparer, pk)
    assert "≥80人次" in Client().get(reverse("public-booklet", args=UNIT)).text
    _review(people, pk)
    _approve(people, "曹财预〔2024〕9号")
    assert _standing(pk) == (Status.APPROVED, 2)
    _publish(people)

    assert "≥90人次" in Client().get(reverse("public-booklet", args=UNIT)).text
    assert Publication.objects.count() == 2
    acts = Version.objects.filter(kind="declaration").values_list("number", "act")
    way = ["submit", "pass", "pass", "pass", "approve", "publish"]
    assert list(acts) == [*((1, act) for act in way), (2, "adjust"), *((2, act) for act in way)]
