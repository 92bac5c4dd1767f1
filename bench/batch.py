"""check_targets over a whole database: wall time, and memory of all its processes together."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

from filling import fill_database
from measuring import ROOT, make_database, seconds

_BETWEEN_SAMPLES = 0.5  # seconds
_KB = 1024


class Checked(NamedTuple):
    """A run of check_targets: seconds, lines it printed, and the most memory it held, in MB."""

    seconds: float
    lines: int
    peak: float


def print_batch(tables: int, processes: int, goal_seconds: float, goal_megabytes: float, seed: int) -> None:
    make_database()
    stored = 0

    def fill() -> None:
        nonlocal stored
        stored = fill_database(tables, seed)

    filling = seconds(fill)
    print(f"\nA database of {stored:,} tables (made up and stored in {filling:.0f} s, not counted)")
    checked = run_check_targets("--json", "--processes", str(processes))
    print(f"  check_targets --json --processes {processes}: {checked.lines:,} lines")
    reached = {True: "reached", False: "MISSED"}
    print(
        f"  {checked.seconds:7.1f} s, {stored / checked.seconds:,.0f} tables a second"
        f"   goal {goal_seconds:.0f} s: {reached[checked.seconds <= goal_seconds]}"
    )
    print(
        f"  {checked.peak:7.0f} MB in all processes together"
        f"   goal {goal_megabytes:.0f} MB: {reached[checked.peak <= goal_megabytes]}"
    )


def run_check_targets(*arguments: str) -> Checked:
    """Run the command as an administrator does, counting the lines it prints."""
    command = [sys.executable, str(ROOT / "manage.py"), "check_targets", *arguments]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as process:
        memory = _Memory(process.pid)
        memory.start()
        lines = sum(1 for _ in process.stdout)
    memory.join()
    if process.returncode:
        raise SystemExit(f"check_targets ended with {process.returncode}")
    return Checked(time.perf_counter() - start, lines, memory.peak)


class _Memory(threading.Thread):
    """Watches what a process and its children hold together; memory they share counts once."""

    def __init__(self, process: int):
        super().__init__(daemon=True)
        self.process, self.peak = process, 0.0

    def run(self) -> None:
        while held := sum(map(_proportional_megabytes, _family(self.process))):
            self.peak = max(self.peak, held)
            time.sleep(_BETWEEN_SAMPLES)


def _family(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        children = []
    return [process, *(member for child in children for member in _family(int(child)))]


def _proportional_megabytes(process: int) -> float:
    """Return the memory of a process, what it shares with others divided among them; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / _KB
