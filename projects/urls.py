from django.urls import path

from projects import views

urlpatterns = [
    path("", views.home, name="home"),
    path(
        "years/<int:year>/departments/<slug:code>/start/",
        views.start_department_year,
        name="start-department-year",
    ),
]
