"""Show results: rich tables on a terminal, plain text or CSV when piped, JSON when asked."""

import csv
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.summary import Picture
from warehouse.home.ledger import by_step

#: Characters that a column of a query needs at the least, its border among them.
_NARROWEST_COLUMN = 11

#: Columns that are of no use in pieces.
_WHOLE = ("run", "as of", "status")

#: Columns of the runs that a terminal narrower than so many characters has no room for.
_COST, _ROOM_FOR_COST = ("seconds", "peak MB"), 110

#: What stands in a number beside its digits.
_NO_DIGITS = str.maketrans("", "", ",.+-")

_A_QUERY = "SELECT segment_id, name, customers, share FROM segments ORDER BY segment_id"


class _Console(Console):
    """A console whose reader may stop reading: the command line ends quietly then, not rich."""

    def on_broken_pipe(self) -> None:
        """Let the command line end."""
        raise BrokenPipeError


def result_console() -> Console:
    """Return the console for results: standard output, where lines are not broken unless it is a terminal."""
    return _Console(soft_wrap=not sys.stdout.isatty(), highlight=False)


def show_picture(picture: Picture) -> None:
    """Print the published night: verdict, segments, k curve, rejects, and where to go on."""
    console = result_console()
    run = picture.run
    if not picture.summary.is_new:
        console.print(escape(picture.summary.message), "\n")
    console.print(f"[bold]{escape(run['verdict'])}[/bold]")
    console.print(
        f"{escape(run['source_name'])}: {run['rows_read']:,} rows read, {run['rows_loaded']:,} customers, "
        f"{run['rows_rejected']:,} rejected; k={run['n_clusters']}"
    )
    for note in picture.notes:
        console.print(f"- {escape(note)}")
    console.print()
    print_table(console, "segments", _segment_rows(picture))
    print_table(console, "silhouette by k", _score_rows(picture))
    if picture.rejected:
        print_table(console, "rejected rows", _rejected_rows(picture))
    console.print(f"tables  {escape(picture.published_file)}")
    console.print(f"report  {escape(picture.report_file)}")
    console.print(f"try     {_command(picture)}", markup=False)


def show_json(picture: Picture) -> None:
    """Print the published night as one JSON object."""
    facts = asdict(picture)
    summary = facts.pop("summary")
    print(json.dumps({**summary, **facts}, indent=2, default=str, ensure_ascii=False))


def show_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print the rows of a query: a table on a terminal, CSV when piped."""
    if sys.stdout.isatty():
        _show_on_terminal(
            _Console(highlight=False), names, [["" if v is None else str(v) for v in row] for row in rows]
        )
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)


def _show_on_terminal(console: Console, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, or one line a cell where the columns would be too narrow to read."""
    if len(names) * _NARROWEST_COLUMN <= console.width:
        table = Table(*(escape(name) for name in names), show_edge=False)
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
        return
    widest = max(len(name) for name in names)
    for number, row in enumerate(rows, start=1):
        console.rule(f"row {number}", align="left")
        for name, cell in zip(names, row, strict=True):
            console.print(f"{name.ljust(widest)}  {cell}", markup=False)


def print_table(console: Console, title: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print rows under their names; numbers to the right. Without borders when piped."""
    names = list(rows[0]) if rows else []
    if not console.is_terminal:
        console.print(title)
        _print_plain(console, names, rows)
        return
    table = Table(title=title, title_justify="left", show_edge=False)
    for name in names:
        is_number = all(_is_number(row[name]) for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=name in _WHOLE)
    for row in rows:
        table.add_row(*(escape(row[name]) for name in names))
    console.print(table, "\n")


def _print_plain(console: Console, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    lines = [list(names), *([row[name] for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        console.print("  " + "  ".join(cells).rstrip(), markup=False)
    console.print()


def _is_number(text: str) -> bool:
    return text.rstrip("%").translate(_NO_DIGITS).isdigit() or text == ""


def _command(picture: Picture) -> str:
    """Return a query to try, called as this program was."""
    called = Path(sys.argv[0])
    program = "python -m flows" if called.name == "__main__.py" else sys.argv[0]
    if shutil.which(called.name) == str(called):
        program = called.name
    home = Path(picture.published_file).parent
    option = "" if home == Path("data") else f" --home {home}"
    return f'{program} query{option} "{_A_QUERY}"'


def _segment_rows(picture: Picture) -> list[dict[str, str]]:
    return [
        {
            "id": str(row["segment_id"]),
            "customers": f"{row['customers']:,}",
            "share": f"{row['share']:.1%}",
            "name": row["name"],
            "what sets it apart": row["description"].partition(": ")[2],
        }
        for row in picture.segments
    ]


def _score_rows(picture: Picture) -> list[dict[str, str]]:
    is_tried = any(row["silhouette_gain"] is not None for row in picture.k_scores)
    return [
        {
            "k": str(row["k"]),
            "silhouette": number(row["silhouette"], ".4f"),
            "": _bar(row["silhouette"]),
            **({"gain": number(row["silhouette_gain"], "+.4f")} if is_tried else {}),
            "smallest": number(row["smallest_segment"], ","),
            "why": f"chosen: {row['reason']}" if row["chosen"] else row["reason"],
        }
        for row in picture.k_scores
    ]


def _rejected_rows(picture: Picture) -> list[dict[str, str]]:
    return [
        {
            "rows": f"{row['n_rows']:,}",
            "code": row["code"],
            "first line": str(row["first_line"]),
            "for example": row["first_reason"],
        }
        for row in picture.rejected
    ]


def _bar(silhouette: float | None) -> str:
    return "#" * round(30 * max(0.0, silhouette or 0.0))


def number(value: float | None, form: str) -> str:
    """Return a number in a format such as ``".2f"``; nothing where there is none."""
    return "" if value is None else format(value, form)


def show_runs(manifests: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print the runs, the newest first: a table, or their whole records as JSON."""
    if as_json:
        print(json.dumps(manifests, indent=2, ensure_ascii=False))
        return
    console = result_console()
    if not manifests:
        console.print("no runs yet; run: segments run SOURCE")
        return
    rows = [_run_row(manifest) for manifest in manifests]
    if console.is_terminal and console.width < _ROOM_FOR_COST:
        rows = [{name: cell for name, cell in row.items() if name not in _COST} for row in rows]
    print_table(console, "runs", rows)
    for manifest in manifests:
        if manifest["status"] != "published":
            console.print(f"{manifest['run_id']}: {manifest['message']}", markup=False)


def _run_row(manifest: dict[str, Any]) -> dict[str, str]:
    def text(name: str) -> str:
        value = manifest.get(name)
        return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)

    seconds, peaks = by_step(manifest, "seconds"), by_step(manifest, "peak_mb")
    return {
        "run": manifest["run_id"],
        "as of": manifest["as_of"],
        "status": manifest["status"],
        "source": manifest["source_name"],
        "read": text("rows_read"),
        "rejected": text("rows_rejected"),
        "k": text("n_clusters"),
        "seconds": f"{sum(seconds.values()):,.1f}" if seconds else "",
        "peak MB": f"{max(peaks.values()):,.0f}" if peaks else "",
        "verdict": text("verdict").partition(":")[0],
    }
