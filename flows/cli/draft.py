"""``segments draft``: write the schema of a new file, for a person to review and edit."""

import shlex
import sys
from pathlib import Path

from schemas.errors import UsageError
from schemas.shown import shown, shown_lines
from tasks.draft.drafting import draft_schema
from warehouse.private_files import check_output, unwritable


def draft(source: str, *, output: Path | None = None, text_encoding: str | None = None, force: bool = False) -> None:
    """Print the drafted schema, or write it into a file and print the command that runs it.

    Parameters
    ----------
    source
        The file, or a directory, whose newest file is used.
    output
        The Python file to write; left out, the schema is printed.
    text_encoding
        Character encoding of the file, such as cp1252; needed only where it cannot be detected.
    force
        Write over a file that exists.

    Raises:
    ------
    UsageError
        The output exists, is not a Python file, or cannot be written.
    DataRefused
        The file cannot be read without a schema, or nothing in it can be a feature.
    """
    if output is not None:
        _refuse_output(output, force=force)
    drafted = draft_schema(source, text_encoding)
    if drafted.choice:
        print(shown(drafted.choice), file=sys.stderr)
    if output is None:
        print(shown_lines(drafted.text) if sys.stdout.isatty() else drafted.text, end="")
        return
    try:
        output.write_text(drafted.text, encoding="utf-8")
    except OSError as error:
        raise unwritable(output, error) from error
    command = shlex.join(["segments", "run", source, "--dataset", str(output)])
    print(f"{output} written from {drafted.n_rows:,} rows; review it, then run: {shown(command)}", file=sys.stderr)


def _refuse_output(output: Path, *, force: bool) -> None:
    if output.suffix != ".py":
        raise UsageError(f"--output {output} should be a Python file, such as {output.with_suffix('.py')}")
    check_output(output, force=force)
