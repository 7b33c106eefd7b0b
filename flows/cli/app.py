"""The command ``segments``: its help and the list of its subcommands, each imported only when it is called."""

import gc

from cyclopts import App

from flows.cli.leaving import exit_codes
from warehouse.home.access import keep_private

_HELP = """Customer segments from a customers file: a CSV in, one DuckDB file and one report out.

Start with: segments run customers.csv

Exit codes:

0   published, or nothing new to do

1   unexpected failure

2   wrong usage or settings

65  the data was refused, nothing published

73  the home cannot be written

75  another run is under way

128+n  stopped by signal n, as 143 by SIGTERM
"""

#: Name of the command and of its function -> its help. It stands here so that ``segments --help`` imports no command.
_COMMANDS = {
    "run": """Segment a customers file: read, check, segment, publish. No server is needed.

Example: segments run samples/customers.csv

Example: segments run customers.csv corrected.csv""",
    "score": """Label customers with the published model: no run, no new segments.

Example: segments score new_customers.csv --output labels.csv

Example: segments score --sql snowflake --table crm.customers""",
    "freeze": """Keep the members of a segment as they are today, so that a campaign can be measured.

Example: segments freeze spring-campaign --segment 3 --control 0.1

Example: segments freeze --list""",
    "name": """Give a segment a name of its own, which it keeps in all later runs; without arguments, list all names.

Example: segments name 3 "Grillers\"""",
    "query": """Run SQL on the published file, read-only: a table on a terminal, CSV when piped.

Example: segments query "SELECT name, customers FROM segments ORDER BY segment_id"

Example: segments query --list""",
    "export": """Write the published tables to a folder as Parquet, CSV, XLSX or JSON.

Example: segments export exported --format csv

Example: segments export exported --format xlsx --tables segments,segment_stats""",
    "audience": """List the customers of a segment for upload: all, or those added and removed since the last list.

Example: segments audience 3 --columns customer_id,email --output grillers.csv

Example: segments audience 3 --hash email,phone --country-code 1 --delta --output changes.csv""",
    "explain": "Explain the published segments: why this encoding, why this number of segments, how stable they are.",
    "report": """Print the path of a run's report, or of a page that lists all runs.

Example: segments report --open

Example: segments report --runs --open""",
    "rejects": """Return the rejected rows of a run: a table on a terminal, or a CSV file to correct.

The CSV has the line, the reason and the columns of the delivered file. Correct it, then run both together.

Example: segments rejects --csv corrected.csv""",
    "runs": "List all runs, newest first, with those that were refused or failed.",
    "rollback": """Publish an earlier file again: the one before the published one, or that of a run.

Example: segments rollback""",
    "doctor": """Check the home: the published file, its age, the last run, the archive, room, and the server.

Example: segments doctor --max-age 26h""",
    "draft": """Draft the schema of a new file: a Python file to review and edit.

Example: segments draft samples/customers.csv --output shop.py""",
}

app = App(
    name="segments",
    help=_HELP,
    version_flags=["--version"],
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)
for _name, _help in _COMMANDS.items():
    _usage = {"usage": "Usage: segments run SOURCE... [OPTIONS]"} if _name == "run" else {}
    app.command(f"flows.cli.{_name}:{_name}", help=_help, **_usage)


#: New objects between two looks for garbage: importing pandas and scikit-learn makes a million that all stay.
_GC_THRESHOLD = 200_000


def main() -> None:
    """Run the command line and leave with its exit code; a failure is one line on stderr."""
    gc.set_threshold(_GC_THRESHOLD)
    with exit_codes():
        keep_private()
        app(exit_on_error=False, print_error=False, result_action="return_none")
