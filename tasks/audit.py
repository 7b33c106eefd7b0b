"""Audit the finished run before it is published; a run that fails the audit is not published."""

from dataclasses import dataclass

from schemas.errors import AuditFailed
from schemas.published import PUBLISHED
from schemas.shown import counted
from tasks.cluster import Clustered
from tasks.ingest import Ingested
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from tasks.validate import Validated
from warehouse.audit import INVARIANTS, SCORED_AGAIN, broken_rows, broken_values
from warehouse.connection import staging
from warehouse.home.run import Run
from warehouse.runs import insert_runs
from warehouse.scoring import create_scoring


@dataclass(frozen=True)
class Audited:
    """What was checked, and how the run stands in ``runs``: published, in words."""

    n_invariants: int
    n_tables: int
    message: str


@recorded
def audit(run: Run, ingested: Ingested, validated: Validated, clustered: Clustered) -> Audited:
    """Write the table ``runs`` and the macro ``score_customer``, then check every published table and every invariant.

    Raises:
        AuditFailed: an invariant is broken; with its name and the first row that breaks it.
    """
    columns = run_columns(run, ingested.kept_columns)
    message = f"published {validated.rows_loaded:,} customers in {counted(clustered.n_clusters, 'segment')}"
    with staging(run) as database:
        insert_runs(database, run, message)
        for name, values in broken_values(database).items():
            _refuse_broken(run, f"of the table {name}", values)
        for name in INVARIANTS:
            _refuse_broken(run, name, broken_rows(database, run, name))
        create_scoring(database, columns)
        _refuse_broken(run, SCORED_AGAIN, broken_rows(database, run, SCORED_AGAIN))
    return Audited(len(INVARIANTS) + 1, len(PUBLISHED), message)


def _refuse_broken(run: Run, name: str, rows: list[dict[str, object]]) -> None:
    if rows:
        raise AuditFailed(
            f"the audit {name} found {len(rows)} rows, the first {rows[0]}; nothing is published, "
            f"and the run's files are kept in {run.staging} until the next run: please report it"
        )
