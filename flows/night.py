"""The steps of a run in order, from a customers file to segments in DuckDB; ``night`` is the table of contents."""

from collections.abc import Callable
from dataclasses import dataclass

from flows.summary import RunSummary, nothing_new
from tasks.audit import Audited, audit
from tasks.check_volume import Volume, check_volume
from tasks.cluster import Clustered, cluster
from tasks.compare_nights import Drift, compare_nights
from tasks.deliver import deliver, published_before
from tasks.delivery.delivered import Delivery
from tasks.describe import Described, describe
from tasks.encode import Encoded, encode
from tasks.ingest import Ingested, ingest
from tasks.publish import Published, publish
from tasks.report import Reported, report
from tasks.run.backfill import plan_backfill
from tasks.run.lifecycle import begin_night, forget_night
from tasks.track_segments import Tracked, track_segments
from tasks.validate import Validated, validate
from warehouse.home.run import Order, Run


@dataclass(frozen=True)
class Steps:
    """The steps of a run in their order: plain functions, which the flow makes Prefect tasks."""

    deliver: Callable[[Run], Delivery] = deliver
    ingest: Callable[[Run, Delivery], Ingested] = ingest
    check_volume: Callable[[Run, Delivery, Ingested], Volume] = check_volume
    validate: Callable[[Run, Delivery, Ingested], Validated] = validate
    compare_nights: Callable[[Run, Ingested], Drift] = compare_nights
    encode: Callable[[Run, Delivery, Ingested], Encoded] = encode
    cluster: Callable[[Run, Delivery, Encoded], Clustered] = cluster
    describe: Callable[[Run, Ingested, Clustered], Described] = describe
    track_segments: Callable[[Run, Described], Tracked] = track_segments
    report: Callable[[Run, Delivery, Ingested, Validated, Clustered, Tracked], Reported] = report
    audit: Callable[[Run, Ingested, Validated, Clustered], Audited] = audit
    publish: Callable[[Run, Audited], Published] = publish


PLAIN_STEPS = Steps()


def nights(order: Order, steps: Steps = PLAIN_STEPS, told: Callable[[str], None] = lambda words: None) -> RunSummary:
    """Run an order: once, or for a backfill once per day, the oldest first.

    Args:
        order: what was asked for.
        steps: the steps of each run.
        told: called with each day of a backfill before it is run, in words.

    Raises:
        SegmentsError: nothing was published for the day that failed; the days before it were.
    """
    if not order.backfill:
        return night(order, steps)
    plan = plan_backfill(order)
    summary = RunSummary(plan.last_run_id or "", False, f"nothing new: all {len(plan.days)} days are published")
    for number, one in enumerate(plan.orders, start=len(plan.days) - len(plan.orders) + 1):
        told(f"day {number} of {len(plan.days)}: {one.as_of}, {one.sources[0]}")
        summary = night(one, steps)
    return summary


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
        ingested = steps.ingest(run, delivery)
        steps.check_volume(run, delivery, ingested)
        validated = steps.validate(run, delivery, ingested)
        steps.compare_nights(run, ingested)
        encoded = steps.encode(run, delivery, ingested)
        clustered = steps.cluster(run, delivery, encoded)
        described = steps.describe(run, ingested, clustered)
        tracked = steps.track_segments(run, described)
        steps.report(run, delivery, ingested, validated, clustered, tracked)
        audited = steps.audit(run, ingested, validated, clustered)
        published = steps.publish(run, audited)
        return RunSummary(run.run_id, True, published.message)
