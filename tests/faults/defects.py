"""Plant defects in a copy of the project, one at a time; the tests must find each.

Run: python -m tests.faults.defects ["part of what is wrong" ...].
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT


@dataclass(frozen=True)
class Defect:
    """A defect: what is written in a file instead of what is there, and the tests that must find it."""

    what: str
    file: str
    there: str
    instead: str
    tests: tuple[str, ...]


DEFECTS = (
    Defect(
        "the directory is not flushed",
        "warehouse/publishing.py", "    _flush(home.root)\n", "",
        ("tests/faults/test_harness.py", "-k", "order"),
    ),
    Defect(
        "published before the audit",
        "flows/night.py",
        "        audited = steps.audit(run, ingested, validated, clustered)\n"
        "        published = steps.publish(run, audited)\n",
        "        published = steps.publish(run, steps.audit.__globals__['Audited'](0, 0, 'published'))\n"
        "        steps.audit(run, ingested, validated, clustered)\n",
        ("tests/integration/runs",),
    ),
    Defect(
        "one rejected row is dropped",
        "warehouse/sql/insert_rejected_rows.sql", "order by rejected.record,",
        "where rejected.record <> (select max(record) from work.rejected) order by rejected.record,",
        ("tests/integration/test_values.py", "tests/faults/test_bad_input.py"),
    ),
    Defect(
        "identifiers are not quoted",
        "warehouse/statements/quoting.py", """return '"' + name.replace('"', '""') + '"'""", "return name",
        ("tests/integration/test_rules.py", "tests/integration/test_exporting.py"),
    ),
    Defect(
        "the lock is forgotten",
        "warehouse/home/lock.py", "fcntl.flock(descriptor, kind | fcntl.LOCK_NB)", "pass",
        ("tests/faults/test_lock.py",),
    ),
    Defect(
        "the archive is readable by all",
        "warehouse/publishing.py", "copy.chmod(published_mode())", "copy.chmod(0o444)",
        ("tests/faults/test_private_home.py",),
    ),
    Defect(
        "the log quotes values",
        "tasks/run/step.py", "shown(without_values(note))", "shown(with_values(note))",
        ("tests/faults/test_log_is_private.py",),
    ),
    Defect(
        "bytes are not compared",
        "warehouse/integrity.py",
        "    if digest in run_of:",
        "    if run_of:\n        return [*run_of.values()][-1]\n    if 0:",
        ("tests/faults/test_damage.py",),
    ),
    Defect(
        "a writer's log gets its name",
        "warehouse/publishing.py", "    if is_still_held:\n", "    if is_still_held and not log.unlink():\n",
        ("tests/faults/test_held_file.py",),
    ),
    Defect(
        "the archive is a link",
        "warehouse/publishing.py",
        "    shutil.copyfile(path, copy)\n    copy.chmod",
        "    os.link(path, copy)\n    copy.chmod",
        ("tests/integration/runs/test_publishing.py",),
    ),
    Defect(
        "the file is copied, not renamed",
        "warehouse/publishing.py",
        "        os.replace(path, home.published_file)\n        is_still",
        "        home.published_file.chmod(0o600)\n        shutil.copyfile(path, home.published_file)\n"
        "        is_still",
        ("tests/integration/runs/test_publishing.py",),
    ),
    Defect(
        "signals are not noted",
        "tasks/run/lifecycle.py", "_close_stopped(run, signals)\n        raise\n", "raise\n",
        ("tests/faults/test_told_to_stop.py",),
    ),
    Defect(
        "formulas are not marked",
        "schemas/spreadsheet.py", "if re.match(FORMULA, text) and not", "if False and not",
        ("tests/integration/test_exporting.py", "tests/integration/test_query.py"),
    ),
    Defect(
        "escape sequences are sent",
        "schemas/shown.py", "return _UNSEEN.sub(_escaped, text)", "return text",
        ("tests/unit/test_shown.py",),
    ),
    Defect(
        "links are followed out of the inbox",
        "tasks/delivery/sources.py", "if why is None and leads_outside(path, directory):", "if False:",
        ("tests/faults/test_inbox.py",),
    ),
    Defect(
        "dates to come are the newest",
        "tasks/delivery/sources.py", "not _is_ahead(path, are_dated)", "True",
        ("tests/faults/test_inbox.py",),
    ),
)  # fmt: skip


def find(defect: Defect, copy: Path) -> bool:
    """Return whether the tests fail with a defect that is planted in a copy of the project."""
    file = copy / defect.file
    before = file.read_text()
    if defect.there not in before:
        raise SystemExit(f"{defect.what}: {defect.file} no longer has such lines; adapt tests/faults/defects.py")
    file.write_text(before.replace(defect.there, defect.instead, 1))
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *defect.tests]
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode == 1
    finally:
        file.write_text(before)


def main() -> None:
    """Print which defects are found; exit with 1 where one is not."""
    with tempfile.TemporaryDirectory(prefix="defects-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "data", "__pycache__", ".*_cache"))
        found = {}
        wanted = [one for one in DEFECTS if not sys.argv[1:] or any(words in one.what for words in sys.argv[1:])]
        for defect in wanted:
            found[defect.what] = find(defect, copy)
            print(f"{'found' if found[defect.what] else 'NOT FOUND':10} {defect.what}", flush=True)
    print(f"{sum(found.values())} of {len(found)} found", flush=True)
    sys.exit(0 if all(found.values()) else 1)


if __name__ == "__main__":
    main()
