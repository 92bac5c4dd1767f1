"""The official table as one plain form, for where no script runs: every field by its path, all at once."""

from collections.abc import Mapping
from functools import cached_property

from indicators.document import Change, TargetTable
from indicators.document.changes import table_changes
from indicators.document.fields import (
    ROW_FIELDS,
    FieldError,
    field_place,
    field_texts,
    says_the_same,
    with_field,
    with_months,
)
from indicators.document.labels import INDICATOR
from indicators.forms.problems import Problem
from indicators.services import ListedNameError
from indicators.services.cells import checked_value
from projects.models import Declaration

_INCOMPLETE = "浏览器发来的内容不完整，刷新页面后重新填写。"


class TableForm:
    """What was typed over the table as it is stored now. A field that was not sent stays as it is."""

    def __init__(self, data: Mapping[str, str], *, table: TargetTable, declaration: Declaration):
        self.data, self.table, self.declaration = data, table, declaration
        texts = field_texts(with_months(table, declaration.department_year.fiscal_year.milestone_months))
        self._typed = {
            path: data[path]
            for path, text in texts.items()
            if path in data and not says_the_same(path, data[path], text)
        }

    @property
    def opened_revision(self) -> int | None:
        """Return the revision the person opened, None where the request does not say."""
        revision = self.data.get("revision", "")
        return int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 10 else None

    @cached_property
    def _read(self) -> tuple[TargetTable, dict[str, str]]:
        """Return the table with all that can be stored, and what is wrong with the rest, by path."""
        table, wrong = self.table, {}
        for path, text in self._typed.items():
            try:
                table = with_field(table, path, checked_value(self.declaration, path, text))
            except (FieldError, ListedNameError) as error:
                wrong[path] = str(error)
        return table, wrong

    @property
    def document(self) -> TargetTable:
        """Return the table with what was typed, but for what cannot be stored."""
        return self._read[0]

    @property
    def refused(self) -> dict[str, str]:
        """Return the typed texts that cannot be stored, by path."""
        return {path: self._typed[path] for path in self._read[1]}

    def is_valid(self) -> bool:
        return not self._read[1] and self.opened_revision is not None

    def problems(self) -> list[Problem]:
        """Return what is wrong, for the summary at the top."""
        problems = [
            Problem(f"at-{path.replace('/', '-')}", field_place(self.table, path), message)
            for path, message in self._read[1].items()
        ]
        return problems if self.opened_revision is not None else [*problems, Problem("main", "", _INCOMPLETE)]

    def differences(self) -> list[Change]:
        """Return where the stored table and the typed one differ, and what stood in rows that are gone."""
        known = {row.uid for row in self.table.indicators}
        gone = [
            Change(path, f"已被删除的行 {INDICATOR[steps[2]]}", "（该行已被删除）", text)
            for path, text in self.data.items()
            if len(steps := path.split("/")) == 3 and steps[2] in ROW_FIELDS
            if steps[1] not in known and text.strip()
        ]
        return [*table_changes(self.table, self.document), *gone]
