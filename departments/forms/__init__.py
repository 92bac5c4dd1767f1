"""Forms: reading and refusing what people type about departments, people and roles."""

from departments.forms.fields import DepartmentField
from departments.forms.login import LoginForm

__all__ = ("DepartmentField", "LoginForm")
