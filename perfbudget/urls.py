from django.urls import include, path

urlpatterns = [
    path("", include("departments.urls")),
    path("", include("workflow.urls")),
    path("", include("projects.urls")),
    path("", include("indicators.urls")),
    path("", include("reports.urls")),
]
