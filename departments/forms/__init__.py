"""Forms: reading and refusing what people type about departments, people and roles."""

from departments.forms.fields import department_filter
from departments.forms.login import LoginForm

__all__ = ("LoginForm", "department_filter")
