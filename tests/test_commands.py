"""bin/run on a copy of the checkout whose path holds blanks. What bin/test does, it shows by running this."""

import os
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from departments.models import Role

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")
OURS = ("PERFBUDGET_", "DATABASE_URL", "FONTCONFIG_FILE", "PORT")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """Return a fresh copy of the checkout that shares this one's virtual environment."""
    copy = tmp_path_factory.mktemp("with blanks") / "perf budget"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


def run(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [checkout / "bin" / "run", *arguments],
        cwd="/",
        env=environment() | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@pytest.fixture(scope="module")
def prepared(checkout) -> subprocess.CompletedProcess:
    """Return the outcome of the first `bin/run --demo-only`."""
    done = run(checkout, "--demo-only")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def kept(checkout: Path) -> dict[str, bytes | str]:
    """Return what var/ holds, the database as SQL: its file also changes when it is only read."""
    files = [path for path in (checkout / "var").rglob("*") if path.is_file()]
    held = {str(path): path.read_bytes() for path in files if "sqlite3" not in path.name}
    with sqlite3.connect(checkout / "var" / "perfbudget.sqlite3") as database:
        return held | {"database": "\n".join(database.iterdump())}


def test_run_writes_the_demo_booklet_in_every_format(checkout, prepared):
    demo = checkout / "var" / "demo"
    starts = {path.name: path.read_bytes()[:4] for path in demo.glob("286001-*")}
    assert starts == {
        "286001-2024.html": b"<!DO",
        "286001-2024.pdf": b"%PDF",
        "286001-2024.xlsx": b"PK\x03\x04",
        "286001-2024.docx": b"PK\x03\x04",
        "286001-2024.json": b'{"co',
        "286001-2024-summary.html": b"<!DO",
        "286001-2024-summary.pdf": b"%PDF",
        "286001-2024-summary.xlsx": b"PK\x03\x04",
        "286001-2024-summary.docx": b"PK\x03\x04",
    }


def test_run_prints_a_login_for_each_role(checkout, prepared):
    logins = (checkout / "var" / "demo" / "users.txt").read_text()
    roles = {line.split("\t")[2] for line in logins.splitlines()}
    assert roles == {*Role.labels}
    assert "\t-\t" not in logins
    assert prepared.stdout.endswith(logins)


def test_a_second_run_says_the_same_and_changes_nothing(checkout, prepared):
    before = kept(checkout)
    again = run(checkout, "--demo-only")
    assert (again.returncode, again.stderr) == (0, "")
    assert kept(checkout) == before
    assert said_of_demo(again) == said_of_demo(prepared)


def said_of_demo(done: subprocess.CompletedProcess) -> str:
    return done.stdout[done.stdout.index("演示文件：") :]


def test_run_serves_the_site_and_says_where(checkout, prepared, unused_port):
    with subprocess.Popen(
        [checkout / "bin" / "run"],
        env=environment() | {"PORT": str(unused_port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert page_when_up(f"http://127.0.0.1:{unused_port}/") == 200
        finally:
            server.terminate()
        assert f"http://127.0.0.1:{unused_port}/" in server.stdout.read()


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page_when_up(address: str) -> int:
    """Return the status of a page as soon as anything answers, for at most a minute."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.status
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError):
                return error.code
            time.sleep(0.5)
    raise AssertionError(f"nothing answers at {address}")


def test_a_taken_port_is_named_before_anything_is_done(checkout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(checkout, PORT=port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"端口 {port} 已被占用。请换一个端口再运行，例如：PORT=8001 bin/run\n"


@pytest.mark.parametrize("port", ["http", "80a", "65536"])
def test_a_port_that_is_no_number_is_refused(checkout, port):
    done = run(checkout, PORT=port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"PORT 应为端口号，现在是「{port}」。\n"


def test_an_unknown_option_is_answered_with_the_usage(checkout):
    done = run(checkout, "--serve")
    assert done.returncode == 1
    assert done.stderr.startswith("用法：bin/run [--demo-only]")


def test_a_machine_without_python_is_told_what_to_install(tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "cat", "dirname", "env", "id", "mkdir", "readlink"):
        (programs / name).symlink_to(shutil.which(name))
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    done = run(tmp_path, "--demo-only", PATH=str(programs))
    assert done.returncode == 1
    assert (
        done.stderr == "没有找到 Python 3.11 至 3.13。请先安装，例如：apt-get install python3 python3-venv\n"
    )
