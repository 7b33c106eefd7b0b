"""One run, from a customers file to segments in DuckDB. The body of ``night`` is its table of contents."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.summary import RunSummary, nothing_new, summary_of
from tasks.audit import audit
from tasks.check_volume import check_volume
from tasks.cluster import cluster
from tasks.compare_nights import compare_nights
from tasks.deliver import deliver, published_before
from tasks.delivery.delivered import Delivery
from tasks.describe import describe
from tasks.encode import encode
from tasks.ingest import ingest
from tasks.publish import publish
from tasks.report import report
from tasks.run.lifecycle import begin_night, forget_night
from tasks.validate import validate
from warehouse.home.run import Order, Run

Step = Callable[[Run], Any]


@dataclass(frozen=True)
class Steps:
    """The steps of a run in their order: plain functions, which the flow makes Prefect tasks."""

    deliver: Callable[[Run], Delivery] = deliver
    ingest: Step = ingest
    check_volume: Step = check_volume
    validate: Step = validate
    compare_nights: Step = compare_nights
    encode: Step = encode
    cluster: Step = cluster
    describe: Step = describe
    report: Step = report
    audit: Step = audit
    publish: Step = publish


PLAIN_STEPS = Steps()


def night(order: Order, steps: Steps = PLAIN_STEPS) -> RunSummary:
    """Segment the customers of an order and publish the result; safe to repeat.

    Raises:
        SegmentsError: nothing was published; see ``schemas.errors``.
    """
    with begin_night(order) as run:
        delivery = steps.deliver(run)
        if earlier := published_before(run, delivery):
            forget_night(run)
            return nothing_new(run, earlier)
        steps.ingest(run)
        steps.check_volume(run)
        steps.validate(run)
        steps.compare_nights(run)
        steps.encode(run)
        steps.cluster(run)
        steps.describe(run)
        steps.report(run)
        steps.audit(run)
        steps.publish(run)
        return summary_of(run)
