from django.urls import path

from projects import views

urlpatterns = [
    path("", views.home, name="home"),
    path(
        "years/<int:year>/departments/<slug:code>/start/",
        views.start_department_year,
        name="start-department-year",
    ),
    path(
        "years/<int:year>/departments/<slug:code>/no-projects/",
        views.confirm_no_projects,
        name="confirm-no-projects",
    ),
    path(
        "years/<int:year>/departments/<slug:code>/no-projects/take-back/",
        views.take_back_no_projects,
        name="take-back-no-projects",
    ),
]
