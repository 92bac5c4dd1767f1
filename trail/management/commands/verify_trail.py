from django.core.management.base import BaseCommand, CommandError

from trail.models import Head
from trail.verification import verify


class Command(BaseCommand):
    help = "核对操作日志：逐条核对校验值、衔接、末条登记和锚文件，指出被改动、删除、插入或截断的条目。"

    def handle(self, **options):
        head = Head.objects.first()
        problems = verify()
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"操作日志有{len(problems)}处问题。")
        end = f"末条为第{head.sequence}条，校验值{head.hash}" if head.sequence else "尚无条目"
        self.stdout.write(f"操作日志完好：{end}。")
