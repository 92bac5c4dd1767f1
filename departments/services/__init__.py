"""The acts on departments, people and their roles. Every act is one transaction and ends in the trail."""

from departments.services.changes import AdministrationError
from departments.services.delegation import end_delegation, name_deputy
from departments.services.people import (
    add_person,
    change_own_password,
    change_user,
    create_user,
    set_password,
)
from departments.services.roles import grant_role, revoke_role
from departments.services.tree import add_department, change_department, create_department

__all__ = (
    "AdministrationError",
    "add_department",
    "add_person",
    "change_department",
    "change_own_password",
    "change_user",
    "create_department",
    "create_user",
    "end_delegation",
    "grant_role",
    "name_deputy",
    "revoke_role",
    "set_password",
)
