from django.urls import path

from indicators.views import editing, pages

YEAR = "years/<int:year>/departments/<slug:code>/"

urlpatterns = [
    path(YEAR, pages.department_year, name="department-year"),
    path(f"{YEAR}edit/narrative/", editing.edit_narrative, name="edit-narrative"),
    path(f"{YEAR}projects/new/", editing.new_project, name="new-project"),
    path("tables/<int:pk>/", pages.table, name="table"),
    *(
        path(
            f"tables/<int:pk>/edit/{part.name}/", editing.edit_part, {"part": part}, name=f"edit-{part.name}"
        )
        for part in editing.PARTS
    ),
]
