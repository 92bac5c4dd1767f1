"""The process's environment while tests run; loaded by `-p` before Django reads its settings.

Tests never touch the developer's var/: each test process gets a directory of its own, removed at its end.
"""

import atexit
import os
import shutil
import tempfile

directory = os.environ["PERFBUDGET_VAR_DIR"] = tempfile.mkdtemp(prefix="perfbudget-tests-")
atexit.register(shutil.rmtree, directory, ignore_errors=True)
