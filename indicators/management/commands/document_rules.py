"""Write docs/rules.md from the rules."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from indicators.checks.rule_book import rule_book


class Command(BaseCommand):
    help = "由审核规则生成 docs/rules.md。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对文件是否与规则一致，不写入")

    def handle(self, *, check, **options):
        path = settings.BASE_DIR / "docs" / "rules.md"
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if current == rule_book():
            self.stdout.write("docs/rules.md 与规则一致。")
        elif check:
            raise CommandError("docs/rules.md 与规则不一致，请运行 manage.py document_rules 重新生成。")
        else:
            path.write_text(rule_book(), encoding="utf-8")
            self.stdout.write("已写入 docs/rules.md。")
