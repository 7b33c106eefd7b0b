"""Publish the audited run; ``warehouse.publishing`` swaps the file in and keeps the archive."""

from dataclasses import dataclass

from schemas.dataset import file_settings_of
from schemas.loading import load_dataset
from tasks.audit import Audited
from tasks.run.step import recorded
from warehouse.home.ledger import close_manifest
from warehouse.home.run import Run
from warehouse.publishing import swap_in


@dataclass(frozen=True)
class Published:
    """Where the published file is, and what it came to in words."""

    published_file: str
    published_bytes: int
    message: str


@recorded
def publish(run: Run, audited: Audited) -> Published:
    """Swap the file in and close the run as published."""
    settings = file_settings_of(load_dataset(run.order.dataset))
    swap_in(run, audited.message, archived_runs=settings.archived_runs)
    close_manifest(run, "published", audited.message)
    return Published(str(run.home.published_file), run.home.published_file.stat().st_size, audited.message)
