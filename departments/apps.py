from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "部门与人员"

    def ready(self):
        from departments import checks  # noqa: F401 - it registers them
        from departments.idle import note_act

        user_logged_in.connect(
            lambda request, **kwargs: note_act(request.session, at_once=True),
            weak=False,
            dispatch_uid="departments.idle",
        )
