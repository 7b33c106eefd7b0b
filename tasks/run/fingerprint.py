"""The fingerprint of a run: two that follow the same run and have the same one publish the same tables."""

import hashlib
import inspect
import json

from schemas.errors import DataRefused
from schemas.loading import load_dataset
from warehouse.home.directory import Home
from warehouse.home.ledger import rolled_back_runs
from warehouse.home.run import SOFTWARE_VERSION, Order


def fingerprint_of(order: Order, source_sha256: str) -> str:
    """Return a hash of all that the tables depend on but the earlier run; the day counts only where it was given."""
    dataset = load_dataset(order.dataset)
    facts = {
        "source": source_sha256,
        "declaration": inspect.getsource(inspect.getmodule(dataset) or dataset),
        "candidates": order.candidates,
        "as_of": order.as_of and order.as_of.isoformat(),
        "seed": order.seed,
        "encoding": order.encoding,
        "software": SOFTWARE_VERSION,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def refuse_rolled_back(home: Home, source: str, fingerprint: str) -> None:
    """Refuse a delivery whose run was rolled back.

    Raises:
        DataRefused: with that run.
    """
    for run in rolled_back_runs(home):
        if run.get("fingerprint") == fingerprint:
            raise DataRefused(
                f"{source} is the delivery of run {run['run_id']}, which was rolled back; expected another one: "
                "--force takes it in all the same"
            )
