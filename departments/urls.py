from django.contrib.auth.views import LogoutView
from django.urls import path

from departments import views

urlpatterns = [
    path("login/", views.login, name="login"),
    path("login/again/", views.renew_session, name="session-renew"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
