"""What is wrong with a form, for the summary at its top."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the summary: the id of the field to go to, its name, what is wrong."""

    field_id: str
    label: str
    message: str


def form_problems(form: forms.BaseForm, row: str = "") -> list[Problem]:
    """Return every error of a form; ``row`` says which of many it is (第3行)."""
    return [
        _problem(form, name, row, message) for name, messages in form.errors.items() for message in messages
    ]


def _problem(form: forms.BaseForm, name: str, row: str, message: str) -> Problem:
    if name == NON_FIELD_ERRORS:
        return Problem(f"row-{form.prefix}", row, message)
    field = form[name]
    return Problem(field.id_for_label or f"div_{field.auto_id}", f"{row} {field.label}".strip(), message)
