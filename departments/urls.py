from django.urls import path

from departments.views import delegation, login, password, people, session, tree

urlpatterns = [
    path("login/", login.login, name="login"),
    path("login/again/", login.renew_session, name="session-renew"),
    path("session/", session.session, name="session"),
    path("logout/", login.logout, name="logout"),
    path("password/", password.change_password, name="change-password"),
    path("departments/", tree.department_list, name="departments"),
    path("departments/new/", tree.new_department, name="new-department"),
    path("departments/<slug:code>/", tree.edit_department, name="edit-department"),
    path("delegations/", delegation.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", delegation.end, name="end-delegation"),
    path("users/", people.user_list, name="users"),
    path("users/new/", people.new_user, name="new-user"),
    path("users/<int:pk>/", people.edit_user, name="edit-user"),
    path("users/<int:pk>/password/", people.set_user_password, name="set-password"),
    path("users/<int:pk>/unlock/", people.unlock, name="unlock-user"),
    path("users/<int:pk>/roles/", people.grant, name="grant-role"),
    path("users/<int:pk>/roles/<int:membership>/revoke/", people.revoke, name="revoke-role"),
]
