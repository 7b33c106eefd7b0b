"""Publish the audited night."""

from dataclasses import dataclass

from tasks.run.step import recorded
from warehouse.home.ledger import close_manifest, read_manifest
from warehouse.home.run import Run
from warehouse.publishing import swap_in
from warehouse.runs import publication_message


@dataclass(frozen=True)
class Published:
    """Where the night is now."""

    published_file: str
    published_bytes: int


@recorded("publish")
def publish(run: Run) -> Published:
    """Swap the night in and close the run as published."""
    swap_in(run)
    close_manifest(run, "published", publication_message(read_manifest(run.manifest_file)))
    return Published(str(run.home.published_file), run.home.published_file.stat().st_size)
