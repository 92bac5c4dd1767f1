"""Put the starter set into the indicator library."""

from django.core.management.base import BaseCommand, CommandError

from indicators.importers import ImportRefused
from indicators.importers.library_csv import read_library_csv
from indicators.library import library_tiers
from indicators.segmentation import LIBRARY_DATA
from indicators.services.library import load_starter


class Command(BaseCommand):
    help = "装入指标库的初始内容；已有的、修改过的和停用的指标保持原样，可以重复运行。"

    def handle(self, **options):
        try:
            rows = read_library_csv(sorted(LIBRARY_DATA.glob("*.csv")), tiers=library_tiers())
        except ImportRefused as error:
            raise CommandError(f"未装入，指标库没有改动。\n{error}") from error
        added = load_starter(rows=rows)
        self.stdout.write(f"指标库初始内容{len(rows)}条，新装入{added}条。")
