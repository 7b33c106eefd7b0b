"""What a flow run is found by in Prefect: its name and its tags."""

from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from schemas.loading import dataset_name
from warehouse.home.run import Order


def run_name() -> str:
    """Return the name of the current flow run: its dataset and its day, which is the ``as_of`` of its tables."""
    asked = flow_run.parameters
    dataset = dataset_name(asked.get("dataset", Order.dataset))
    if asked.get("backfill"):  # its days are those of its files
        return f"{dataset} backfill"
    return f"{dataset} {asked.get('as_of') or datetime.now(UTC).date()}"


def tag_run(dataset: str) -> None:
    """Tag the current flow run with its dataset, beside the tags of its deployment."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(UUID(flow_run.id), tags=[*flow_run.tags, f"dataset:{dataset_name(dataset)}"])
