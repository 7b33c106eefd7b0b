"""Run commands in processes of their own, forked from one that has imported what they need: that takes seconds."""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

ROOT = Path(__file__).parent.parent

_COMMANDS = [path.stem for path in (ROOT / "flows" / "cli").glob("[a-z]*.py")]

#: All that the commands import when they are called; Prefect alone they import late.
_IMPORTED = ["flows.night", "pandera.backends.pandas.builtin_checks", *(f"flows.cli.{name}" for name in _COMMANDS)]


def forked(*arguments: str | Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``python -m flows``, and return its exit code and what it printed.

    Tests of imports, signals and pipes, and one at least of every command, start a Python instead.
    """
    words = list(map(str, arguments))
    with tempfile.TemporaryDirectory() as folder:
        printed = [os.path.join(folder, name) for name in ("stdout", "stderr")]
        process = _with_imports().Process(target=_command, args=(words, dict(environment), printed))
        process.start()
        process.join()
        stdout, stderr = (Path(path).read_text() for path in printed)
    return subprocess.CompletedProcess(words, process.exitcode or 0, stdout, stderr)


@cache
def _with_imports() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context


def _command(arguments: list[str], environment: dict[str, str], printed: list[str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, path in enumerate([os.devnull, *printed]):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), descriptor)
    os.chdir(ROOT)
    sys.modules.pop("pytest", None)  # Cyclopts warns where it finds that, and finds it where pytest forks by itself
    sys.argv = ["segments", *arguments]
    runpy.run_module("flows", run_name="__main__", alter_sys=True)
