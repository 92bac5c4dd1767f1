"""Derive the typed columns of all indicators from their texts again, after the reading of values improved."""

from django.core.management.base import BaseCommand

from indicators.services import rederive_values


class Command(BaseCommand):
    help = "根据指标值原文重新识别类型、符号、数值和计量单位；原文不变。"

    def handle(self, **options):
        read, changed = rederive_values(actor=None)
        self.stdout.write(f"共{read}条指标，{changed}条的识别结果有变化。")
