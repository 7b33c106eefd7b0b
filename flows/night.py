"""The night: the customers delivered to segments in DuckDB. Its body is the table of contents."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.summary import RunSummary, nothing_new, summary_of
from tasks.audit import audit
from tasks.cluster import cluster
from tasks.delivery import Delivery, published_before, take
from tasks.describe import describe
from tasks.drift import find_drift
from tasks.encode import encode_night
from tasks.ingest import ingest
from tasks.night import begin_night, forget_night
from tasks.publish import publish
from tasks.report import write_report
from tasks.validate import validate
from tasks.volume import check_volume
from warehouse.run import Order, Run

Step = Callable[[Run], Any]


@dataclass(frozen=True)
class Steps:
    """The steps of the night in their order: plain functions, which the flow makes Prefect tasks."""

    take_delivery: Callable[[Run], Delivery] = take
    ingest_file: Step = ingest
    check_volume: Step = check_volume
    validate_rows: Step = validate
    compare_nights: Step = find_drift
    encode_columns: Step = encode_night
    cluster_customers: Step = cluster
    describe_segments: Step = describe
    draw_report: Step = write_report
    audit_night: Step = audit
    publish_night: Step = publish


PLAIN_STEPS = Steps()


def night(order: Order, steps: Steps = PLAIN_STEPS) -> RunSummary:
    """Segment the customers of an order and publish the result; safe to repeat.

    Raises:
        SegmentsError: nothing was published; see ``schemas.errors``.
    """
    with begin_night(order) as run:
        delivery = steps.take_delivery(run)
        if earlier := published_before(run, delivery):
            forget_night(run)
            return nothing_new(run, earlier)
        steps.ingest_file(run)
        steps.check_volume(run)
        steps.validate_rows(run)
        steps.compare_nights(run)
        steps.encode_columns(run)
        steps.cluster_customers(run)
        steps.describe_segments(run)
        steps.draw_report(run)
        steps.audit_night(run)
        steps.publish_night(run)
        return summary_of(run)
