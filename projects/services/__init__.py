"""The acts on fiscal years and departments' years."""

from projects.services.calendar import (
    CalendarError,
    add_round,
    change_round,
    change_year_settings,
    close_round,
    extend_round,
    reopen_round,
)
from projects.services.filing import (
    NoProjectsError,
    confirm_no_projects,
    end_no_projects,
    open_department_year,
    open_fiscal_year,
    record_department_year,
    take_back_no_projects,
)
from projects.services.reminders import remind_of_deadlines

__all__ = [
    "CalendarError",
    "NoProjectsError",
    "add_round",
    "change_round",
    "change_year_settings",
    "close_round",
    "confirm_no_projects",
    "end_no_projects",
    "extend_round",
    "open_department_year",
    "open_fiscal_year",
    "record_department_year",
    "remind_of_deadlines",
    "reopen_round",
    "take_back_no_projects",
]
