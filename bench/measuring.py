"""What the benchmarks share: a project of their own in a temporary directory, clocks, and printing."""

import atexit
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


def set_up(var_dir: str | None = None) -> None:
    """Make perfbudget importable; database, keys and fonts lie in ``var_dir``, else in a new directory."""
    sys.path.insert(0, str(ROOT))
    if var_dir is None:
        var_dir = tempfile.mkdtemp(prefix="perfbudget-bench-")
        atexit.register(shutil.rmtree, var_dir, ignore_errors=True)
    os.environ["PERFBUDGET_VAR_DIR"] = var_dir
    os.environ["DJANGO_SETTINGS_MODULE"] = "perfbudget.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()


def make_database() -> None:
    """Make the tables of the temporary database (SQLite in WAL mode, as an installation has it)."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Return the median of several runs, after one that is not counted."""
    work()
    return median(seconds(work) for _ in range(rounds))


def peak_megabytes() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_load() -> None:
    """Say how busy the machine is: other work on its cores makes every figure larger."""
    load = "、".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, load over 1, 5, 15 minutes: {load}")
