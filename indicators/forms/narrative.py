"""The narrative (第一部分) of a department's year: three lists, the last one of lists."""

from collections.abc import Iterable
from dataclasses import replace

from django import forms

from indicators.document import Booklet, NarrativeItem, SafeguardSection, SubGoal
from indicators.document.labels import SUB_GOAL
from indicators.forms.fields import RevisionField, TextField
from indicators.forms.problems import form_problems
from indicators.forms.rows import RowForm, RowFormSet, add_missing_rows, add_row
from projects.models import DepartmentYear

GOALS, SUB_GOALS, SECTIONS = "goals", "sub_goals", "sections"


class RevisionForm(forms.Form):
    """Which revision the person opened."""

    revision = RevisionField()


class ItemForm(RowForm):
    """One numbered paragraph, typed without its number."""

    texts = ("text",)

    text = TextField(label="内容", rows=3)


class SubGoalForm(RowForm):
    """One 分项绩效目标."""

    texts = ("title", "goal", "indicators")

    title = TextField(label=SUB_GOAL["title"], rows=1)
    goal = TextField(label=SUB_GOAL["goal"], rows=4)
    indicators = TextField(label=SUB_GOAL["indicators"], rows=4)
    project_codes = forms.MultipleChoiceField(
        label=SUB_GOAL["project_codes"], required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, projects: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project_codes"].choices = projects


class SectionForm(RowForm):
    """One block of 工作保障措施: its title; ``measures`` is the list of its measures."""

    texts = ("title",)
    measures: RowFormSet

    title = TextField(label="标题", rows=1)

    def is_blank(self):
        return super().is_blank() and not any(row.is_valid() and row.is_kept() for row in self.measures.forms)


class GoalFormSet(RowFormSet):
    row_name = "总体绩效目标第{}项"


class SubGoalFormSet(RowFormSet):
    row_name = "分项绩效目标第{}项"


class SectionFormSet(RowFormSet):
    row_name = "工作保障措施第{}项"


class MeasureFormSet(RowFormSet):
    """The measures of one block."""

    def __init__(self, *args, section: int, **kwargs):
        self.row_name = f"工作保障措施第{section}项 措施{{}}"
        super().__init__(*args, **kwargs)


_GoalFormSet = forms.formset_factory(ItemForm, formset=GoalFormSet, extra=0)
_SubGoalFormSet = forms.formset_factory(SubGoalForm, formset=SubGoalFormSet, extra=0)
_SectionFormSet = forms.formset_factory(SectionForm, formset=SectionFormSet, extra=0)
_MeasureFormSet = forms.formset_factory(ItemForm, formset=MeasureFormSet, extra=0)


class NarrativeForm:
    """The whole narrative."""

    def __init__(self, data=None, *, booklet: Booklet, department_year: DepartmentYear):
        self.booklet, self.department_year, self.data = booklet, department_year, data
        self.projects = _projects(department_year)
        self.head = RevisionForm(data, initial={"revision": department_year.revision})
        self.goals = _GoalFormSet(data, rows=_item_rows(booklet.overall_goals), prefix=GOALS, blank=1)
        self.sub_goals = _SubGoalFormSet(
            data,
            rows=[_sub_goal_row(part) for part in booklet.sub_goals],
            prefix=SUB_GOALS,
            blank=1,
            form_kwargs={"projects": [(code, f"{code} {name}") for code, name in self.projects if code]},
        )
        self.sections = _SectionFormSet(
            data, rows=[_section_row(part) for part in booklet.safeguards], prefix=SECTIONS, blank=1
        )
        for number, form in enumerate(self.sections.forms):
            form.measures = self._measures(number, form["uid"].value())
        self.row_lists = {rows.prefix: rows for rows in self._lists()}

    @property
    def opened_revision(self) -> int:
        return self.head.cleaned_data["revision"]

    def is_valid(self) -> bool:
        return not self.problems()

    def problems(self):
        return [*form_problems(self.head), *(each for rows in self._lists() for each in rows.problems())]

    def document(self) -> Booklet:
        """Return the booklet with the narrative as typed; after is_valid()."""
        return replace(
            self.booklet,
            overall_goals=_items(self.goals),
            sub_goals=tuple(self._sub_goal(uid, form.cleaned_data) for uid, form in self.sub_goals.parts()),
            safeguards=tuple(
                SafeguardSection(form.cleaned_data["title"], _items(form.measures), uid=uid)
                for uid, form in self.sections.parts()
            ),
        )

    def added(self, prefix: str):
        """Return the typed data with one more row; a new block comes with a row for its first measure."""
        data = self.data.copy()
        add_row(data, prefix)
        if prefix == SECTIONS:
            add_row(data, _measures_prefix(len(self.sections.forms)))
        return data

    def rebased(self):
        """Return the typed data, to be saved over what is stored now, with rows that others added."""
        data = self.data.copy()
        data["revision"] = self.department_year.revision
        add_missing_rows(data, self.goals, _item_rows(self.booklet.overall_goals))
        add_missing_rows(data, self.sub_goals, [_sub_goal_row(part) for part in self.booklet.sub_goals])
        typed = {form["uid"].value(): form.measures for form in self.sections.forms}
        for part in self.booklet.safeguards:
            if part.uid in typed:
                add_missing_rows(data, typed[part.uid], _item_rows(part.items))
            else:
                _add_section(data, part)
        return data

    def _lists(self) -> list[RowFormSet]:
        blocks = [form.measures for form in self.sections.forms if not form["delete"].value()]
        return [self.goals, self.sub_goals, self.sections, *blocks]

    def _measures(self, number: int, uid: str | None) -> RowFormSet:
        stored = next((part.items for part in self.booklet.safeguards if part.uid == uid), ())
        return _MeasureFormSet(
            self.data,
            rows=_item_rows(stored),
            prefix=_measures_prefix(number),
            blank=1,
            section=number + 1,
        )

    def _sub_goal(self, uid: str, typed: dict) -> SubGoal:
        """Links to projects without a code cannot be ticked, so they stay as they are stored."""
        stored = next((part.project_codes for part in self.booklet.sub_goals if part.uid == uid), ())
        chosen = {*typed["project_codes"], *(code for code in stored if not code)}
        codes = tuple(code for code in dict.fromkeys(code for code, _ in self.projects) if code in chosen)
        return SubGoal(typed["title"], typed["goal"], typed["indicators"], codes, uid=uid)


def _projects(department_year: DepartmentYear) -> list[tuple[str, str]]:
    """Return (code, name) of the department's projects in the order of the booklet."""
    return list(department_year.declarations.values_list("project__code", "name"))


def _measures_prefix(section: int) -> str:
    return f"{SECTIONS}-{section}-items"


def _item_rows(items: Iterable[NarrativeItem]) -> list[dict]:
    return [{"uid": item.uid, "text": item.text} for item in items]


def _sub_goal_row(part: SubGoal) -> dict:
    names = ("uid", "title", "goal", "indicators", "project_codes")
    return {name: getattr(part, name) for name in names}


def _section_row(part: SafeguardSection) -> dict:
    return {"uid": part.uid, "title": part.title}


def _items(formset: RowFormSet) -> tuple[NarrativeItem, ...]:
    return tuple(NarrativeItem(form.cleaned_data["text"], uid=uid) for uid, form in formset.parts())


def _add_section(data, part: SafeguardSection) -> None:
    number = int(data[f"{SECTIONS}-TOTAL_FORMS"])
    add_row(data, SECTIONS, _section_row(part))
    for key in ("TOTAL_FORMS", "INITIAL_FORMS"):
        data[f"{_measures_prefix(number)}-{key}"] = "0"
    for row in _item_rows(part.items):
        add_row(data, _measures_prefix(number), row)
