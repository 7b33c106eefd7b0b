"""Print the result of ``segments run``: verdict, segments, k curve, rejected rows, and what to do next."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.markup import escape

from flows.cli.tables import number, print_table, result_console
from flows.summary import Picture
from schemas.shown import counted, shown_as_json
from warehouse.home.directory import Home

_A_QUERY = "SELECT segment_id, name, customers, share FROM segments ORDER BY segment_id"


def print_picture(picture: Picture) -> None:
    """Print the published run; the first line is the verdict, which says what to do with the segments."""
    console = result_console()
    run = picture.run
    if not picture.summary.is_new:
        console.print(escape(picture.summary.message), "\n")
    console.print(f"[bold]{escape(run['verdict'])}[/bold]")
    console.print(
        f"{escape(run['source_name'])}: {counted(run['rows_read'], 'row')} read, "
        f"{counted(run['rows_loaded'], 'customer')}, {run['rows_rejected']:,} rejected; k={run['n_clusters']}"
    )
    for note in picture.notes:
        console.print(f"- {escape(note)}")
    console.print()
    print_table(console, "segments", _segment_rows(picture.segments))
    print_table(console, "silhouette by k", _score_rows(picture.k_scores))
    if picture.rejected:
        print_table(console, "rejected rows", _rejected_rows(picture.rejected))
    console.print(f"tables  {escape(picture.published_file)}")
    console.print(f"report  {escape(picture.report_file)}")
    console.print(f"try     {_command(picture)}", markup=False)


def print_json(picture: Picture) -> None:
    """Print the published run as one JSON object."""
    facts = asdict(picture)
    summary = facts.pop("summary")
    print(shown_as_json({**summary, **facts}))


def _segment_rows(segments: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "id": str(row["segment_id"]),
            "customers": f"{row['customers']:,}",
            "name": row["name"],
            "description": row["description"],
        }
        for row in segments
    ]


def _score_rows(k_scores: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    is_compared = any(row["silhouette_gain"] is not None for row in k_scores)
    return [
        {
            "k": str(row["k"]),
            "silhouette": number(row["silhouette"], ".4f"),
            "": "#" * round(30 * max(0.0, row["silhouette"] or 0.0)),
            **({"gain": number(row["silhouette_gain"], "+.4f")} if is_compared else {}),
            "smallest": number(row["smallest_segment"], ","),
            "why": f"chosen: {row['reason']}" if row["chosen"] else row["reason"],
        }
        for row in k_scores
    ]


def _rejected_rows(rejected: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "rows": f"{row['n_rows']:,}",
            "code": row["code"],
            "first line": str(row["first_line"]),
            "for example": row["first_reason"],
        }
        for row in rejected
    ]


def _command(picture: Picture) -> str:
    """Return a query to try, called as this program was."""
    called = Path(sys.argv[0])
    program = "python -m flows" if called.name == "__main__.py" else sys.argv[0]
    if shutil.which(called.name) == str(called):
        program = called.name
    home = Home(Path(picture.published_file).parent)
    return f'{program} query{home.option} "{_A_QUERY}"'
