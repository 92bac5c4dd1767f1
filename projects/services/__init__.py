"""The acts on fiscal years and departments' years."""

from projects.services.filing import (
    NoProjectsError,
    confirm_no_projects,
    end_no_projects,
    open_department_year,
    open_fiscal_year,
    record_department_year,
    take_back_no_projects,
)

__all__ = [
    "NoProjectsError",
    "confirm_no_projects",
    "end_no_projects",
    "open_department_year",
    "open_fiscal_year",
    "record_department_year",
    "take_back_no_projects",
]
