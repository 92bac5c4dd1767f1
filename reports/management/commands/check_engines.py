"""Say what keeps PDFs from being right: fonts, libraries, engines."""

from django.core.management.base import BaseCommand, CommandError

from reports.pdf import archive_problems, engine_problems


class Command(BaseCommand):
    help = "检查生成PDF所需的字体、程序库和引擎。"

    def handle(self, **options):
        if problems := engine_problems():
            raise CommandError("\n".join(problems))
        if problems := archive_problems():
            self.stdout.write("\n".join(["预览、下载和批量打印正常；存档用的PDF/A不可用：", *problems]))
        else:
            self.stdout.write("字体和两个PDF引擎正常。")
