from django.urls import path

from workflow import views

urlpatterns = [
    path("messages/", views.notifications, name="notifications"),
    path("messages/read/", views.read_all, name="read-all-notifications"),
    path("messages/<int:pk>/open/", views.open_notification, name="open-notification"),
]
