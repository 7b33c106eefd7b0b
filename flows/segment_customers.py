"""The night: the customers delivered to segments in DuckDB. The body of the flow is its table of contents."""

from datetime import date
from typing import Any

from prefect import State, flow
from prefect.states import Cancelled

from flows.summary import RunSummary, nothing_new, summary_of
from schemas.errors import AnotherRunUnderWay
from tasks.artifacts import show_run
from tasks.audit import audit_night
from tasks.cluster import cluster_customers
from tasks.delivery import published_before, take_delivery
from tasks.describe import describe_segments
from tasks.drift import compare_nights
from tasks.encode import encode_columns
from tasks.ingest import ingest_file
from tasks.night import begin_night, forget_night
from tasks.publish import publish_night
from tasks.report import draw_report
from tasks.validate import validate_rows
from tasks.volume import check_delivery_volume
from warehouse.run import Order


@flow(name="segment-customers", flow_run_name="segment-{dataset}", validate_parameters=True, persist_result=False)
def segment_customers(
    source: str | list[str],
    dataset: str = "customers",
    home: str = "data",
    k: int | None = None,
    k_min: int = 2,
    k_max: int = 10,
    as_of: date | None = None,
    seed: int = 0,
    force: bool = False,
    accept_volume: bool = False,
    encoding: str = "auto",
) -> RunSummary | State[Any]:
    """Segment one night's customers and publish the result; safe to repeat.

    A run that finds the home held by another one is cancelled: nothing has failed.

    Args:
        source: the delivered file, or a directory whose newest file is taken; several make one night together.
        dataset: what declares the file: a name in schemas/ or the path of a Python file.
        home: directory of the published file and of the runs.
        k: fixed number of segments; otherwise chosen by silhouette.
        k_min: smallest k tried.
        k_max: largest k tried.
        as_of: day that the run speaks for; today in UTC by default.
        seed: seed of everything random.
        force: run although the same file is published with the same settings.
        accept_volume: run although the delivery holds far fewer rows than the last nights.
        encoding: auto takes the encoding whose segments stand out most; or one of schemas.encodings.
    """
    delivered = source if isinstance(source, str) else tuple(source)
    try:
        return night(Order(delivered, dataset, home, k, k_min, k_max, as_of, seed, force, accept_volume, encoding))
    except AnotherRunUnderWay as held:
        return Cancelled(message=str(held))


def night(order: Order) -> RunSummary:
    """Segment the customers of an order and publish the result.

    Raises:
        SegmentsError: nothing was published; see ``schemas.errors``.
    """
    with begin_night(order) as run:
        delivery = take_delivery(run)
        if earlier := published_before(run, delivery):
            forget_night(run)
            return nothing_new(run, earlier)
        ingest_file(run)
        check_delivery_volume(run)
        validate_rows(run)
        compare_nights(run)
        encode_columns(run)
        cluster_customers(run)
        describe_segments(run)
        draw_report(run)
        audit_night(run)
        publish_night(run)
        show_run(run)
        return summary_of(run)
