from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "绩效目标"

    def ready(self):
        from indicators.verification import document_problems
        from trail.verification import add_verifier

        add_verifier(document_problems)
