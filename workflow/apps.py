from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "工作流"

    def ready(self):
        from trail.triggers import guard
        from trail.verification import add_verifier
        from workflow.triggers import VERSIONS
        from workflow.verification import version_problems

        guard(*VERSIONS)
        add_verifier(version_problems)
