"""Keep the model of the earlier run: the encoding that its segments were found in, or say why a new one is formed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schemas.dataset import Column, file_settings_of
from schemas.loading import load_dataset
from schemas.shown import counted
from tasks.encoding.base_encoding import used_in
from tasks.encoding.components import Components
from tasks.encoding.features import Feature
from tasks.encoding.tried_encoding import Encoding, EncodingResult
from tasks.run.columns import declaration_of
from warehouse.connection import Connection
from warehouse.earlier_run import EarlierRun
from warehouse.home.run import Run
from warehouse.models import (
    EarlierModel,
    UnknownValues,
    earlier_components,
    earlier_features,
    earlier_model,
    insert_earlier_models,
    insert_model,
    unknown_values,
)


@dataclass(frozen=True)
class ModelSettings:
    """When a model no longer fits the customers.

    Attributes:
        max_unknown: share of the values of a column that it does not know, 0 to 1.
        max_growth: customers, as a multiple of those that it was formed on, or the other way round.
    """

    max_unknown: float = 0.1
    max_growth: float = 2.0


MODEL = ModelSettings()


@dataclass(frozen=True)
class Kept:
    """The model of the earlier run, or why there is none to keep.

    Attributes:
        model: it; None where a new one is formed.
        reason: why a new one is formed, in words.
        notes: values that it does not know, in sentences.
    """

    model: EarlierModel | None
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether it is kept without looking for a better one: it showed segments."""
        return self.model is not None and self.model.is_found


def kept_model(
    database: Connection, run: Run, earlier: EarlierRun | None, columns: Sequence[Column], n_customers: int
) -> Kept:
    """Return the model of the earlier run, if it is to be kept; ``work.vocabulary`` has the values of this run."""
    if earlier is None or not earlier.is_followed:
        return Kept(None, "the first run of its dataset")
    model = earlier_model(database)
    if reason := _why_new(run, model, columns, n_customers):
        return Kept(None, reason)
    unknown = unknown_values(database)
    for one in unknown:
        if one.share > MODEL.max_unknown:
            share = f"{one.share:.0%} of the values of {one.source_column}"
            return Kept(None, f"{share} are unknown to model {model.model_id}")
    return Kept(model, notes=tuple(_in_words(one, model) for one in unknown))


def kept_encoding(database: Connection, model: EarlierModel) -> EncodingResult:
    """Return the encoding of the model, not tried yet."""
    features = tuple(Feature(**row) for row in earlier_features(database))
    found = earlier_components(database)
    components = None if found is None else Components(found.loadings, found.variances, found.null_variance)
    encoding = Encoding(model.encoding, features, components)
    reason = f"that of model {model.model_id}, formed on {model.formed_on}, which is kept"
    return EncodingResult(
        model.encoding, encoding, null_model=model.null_model, reason=reason if used_in(features) else "no feature"
    )


def store_models(
    database: Connection,
    run: Run,
    earlier: EarlierRun | None,
    columns: Sequence[Column],
    n_customers: int,
    selected: EncodingResult,
    reason: str,
) -> int:
    """Fill ``models``, with a new one where there is a reason for it; return the number of the last.

    Args:
        database: the run's.
        run: the run.
        earlier: the run that it follows.
        columns: the feature columns.
        n_customers: customers of the run.
        selected: the encoding of the new model.
        reason: why it is formed; empty where the earlier one is kept.
    """
    last = 0
    if earlier is not None and earlier.is_followed:
        insert_earlier_models(database)
        last = earlier_model(database).model_id
    if not reason:
        return last
    model: dict[str, Any] = {
        "model_id": last + 1,
        "run_id": run.run_id,
        "formed_on": run.as_of,
        "encoding": selected.name,
        "null_model": selected.null_model,
        "is_found": selected.is_found,
        "asked_for": run.order.encoding,
        "declaration": declaration_of(columns),
        "customers": n_customers,
        "reason": reason,
    }
    insert_model(database, model)
    return last + 1


def _why_new(run: Run, model: EarlierModel, columns: Sequence[Column], n_customers: int) -> str:
    """Return why the model cannot be kept; empty where it can."""
    every = file_settings_of(load_dataset(run.order.dataset)).model_runs
    if run.order.refit:
        return "asked for by --refit"
    if run.order.encoding != model.asked_for:
        return f"the encoding asked for is {run.order.encoding}, and was {model.asked_for}"
    if declaration_of(columns) != model.declaration:
        return "the declared columns or their settings have changed"
    if every is not None and model.n_runs >= every:
        return f"model {model.model_id} has had {model.n_runs} runs, as many as model_runs={every} allows"
    if not 1 / MODEL.max_growth <= n_customers / model.customers <= MODEL.max_growth:
        return f"there are {n_customers:,} customers, and model {model.model_id} was formed on {model.customers:,}"
    return ""


def _in_words(one: UnknownValues, model: EarlierModel) -> str:
    values = counted(one.n_values, "value is", "values are")
    return f"{one.source_column}: {values} unknown to model {model.model_id} ({one.share:.1%} of all)"
