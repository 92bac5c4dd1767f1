"""Write docs/rights.md from the table of transitions and the table of rights."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from indicators.rights import rights_book


class Command(BaseCommand):
    help = "由流转表和权限表生成 docs/rights.md。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对文件是否与权限表一致，不写入")

    def handle(self, *, check, **options):
        path = settings.BASE_DIR / "docs" / "rights.md"
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if current == rights_book():
            self.stdout.write("docs/rights.md 与权限表一致。")
        elif check:
            raise CommandError("docs/rights.md 与权限表不一致，请运行 manage.py document_rights 重新生成。")
        else:
            path.write_text(rights_book(), encoding="utf-8")
            self.stdout.write("已写入 docs/rights.md。")
