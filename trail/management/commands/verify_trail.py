from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from trail.heads import HeadError, head_problems, read_head
from trail.models import Head
from trail.verification import verify


class Command(BaseCommand):
    help = (
        "核对操作日志和版本：逐条核对校验值、衔接、末条登记、锚文件、版本记录和版本内容，"
        "指出被改动、删除、插入或截断的条目。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--head", type=Path, action="append", default=[], help="存档的某日末条（JSON），可以写多个"
        )

    def handle(self, *, head, **options):
        filed = [_read(path) for path in head]  # before the long part
        last = Head.objects.first()
        problems = [*verify(), *(problem for each in filed for problem in head_problems(each))]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"操作日志有{len(problems)}处问题。")
        end = f"末条为第{last.sequence}条，校验值{last.hash}" if last.sequence else "尚无条目"
        self.stdout.write(f"操作日志完好：{end}。")


def _read(path: Path):
    try:
        return read_head(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, HeadError) as error:
        raise CommandError(f"无法读取{path}：{error}") from error
