"""``segments draft``: write the schema of a file that nobody declared, for a person to edit."""

import shlex
import sys
from pathlib import Path

from schemas.errors import UsageError
from tasks.draft.drafting import draft_schema


def write_draft(source: str, output: Path | None = None, *, encoding: str | None = None, force: bool = False) -> None:
    """Print the drafted schema, or write it into a file and print the command that runs it.

    Args:
        source: the file, or a directory whose newest file is taken.
        output: the Python file to write; None prints it.
        encoding: name of the text encoding of the file; found by the bytes where it is None.
        force: write over a file that exists.

    Raises:
        UsageError: the output exists, is no Python file, or cannot be written.
        DataRefused: the file cannot be read without a schema, or nothing in it can be a feature.
    """
    if output is not None:
        _refuse_output(output, force=force)
    draft = draft_schema(source, encoding)
    if output is None:
        print(draft.text, end="")
        return
    try:
        output.write_text(draft.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}); name another file with --output") from error
    command = shlex.join(["segments", "run", source, "--dataset", str(output)])
    print(f"{output} written from {draft.n_rows:,} rows; look it over, then: {command}", file=sys.stderr)


def _refuse_output(output: Path, *, force: bool) -> None:
    if output.suffix != ".py":
        raise UsageError(f"--output {output} should be a Python file, such as {output.with_suffix('.py')}")
    if output.is_dir() or not output.parent.is_dir():
        raise UsageError(f"--output {output}: not a file in a directory that exists; name another file")
    if output.exists() and not force:
        raise UsageError(f"{output} exists already; name another file with --output, or write over it with --force")
