"""SQL that finds the segment of a customer, with the model written out in numbers: it needs no table but the customers.

Each layer is a select list over the one before: the values as they are encoded, their coordinates along the
components (or what they add to each squared distance), the squared distances, the nearest and the second.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from schemas.dataset import Column
from schemas.encoded_feature import EncodedFeature
from schemas.fields import Role
from schemas.published import MACROS
from warehouse.statements.customers import is_true_word
from warehouse.statements.engines import ENGINES, Engine, EngineName
from warehouse.statements.features import stored_values
from warehouse.statements.quoting import quote_text
from warehouse.statements.scoring_model import Floats, ScoringModel

#: No row of what ``select_unknown_values`` has.
_NO_VALUES = "SELECT 0::BIGINT AS _position, '' AS source_column, '' AS value WHERE false"

#: What is told of a customer; in the layers with an underscore, as no column has: a macro's parameters replace others.
_RESULT = ("segment_id", "distance", "second_segment_id", "second_distance")

#: Terms of a sum in one pair of parentheses: DuckDB refuses expressions that are a thousand deep.
_TERMS = 50


def score_macro(model: ScoringModel, parameters: Sequence[str]) -> list[str]:
    """Return the statements that create the macro ``score_customer``, of the columns of a customer.

    Args:
        model: the model.
        parameters: the feature columns in their declared order; those without part in the distances, too.
    """
    query = _nested(_layers(model, ENGINES["duckdb"]))
    result = ", ".join(f"'{name}': _{name}" for name in _RESULT)
    names = ", ".join(map(ENGINES["duckdb"].name, parameters))
    return [
        f"CREATE OR REPLACE MACRO score_customer({names}) AS (SELECT {{{result}}} FROM ({query}))",
        f"COMMENT ON MACRO score_customer IS {quote_text(MACROS['score_customer'])}",
    ]


def score_query(model: ScoringModel, engine: EngineName, table: str, key: str = "customer_id") -> str:
    """Return the query that scores the customers of a table: key, segment_id, distance and the second nearest.

    Args:
        model: the model.
        engine: one of ``ENGINES``.
        table: the table as that engine names it.
        key: the column that tells customers apart.
    """
    dialect = ENGINES[engine]
    source, steps = table, []
    for number, layer in enumerate(_layers(model, dialect), start=1):
        own = {dialect.name(key): "", **layer}
        source, step = f"step_{number}", _select(own, f"\n    FROM {source}", separator=",\n        ")
        steps.append(f"{source} AS (\n    {step}\n)")
    names = ", ".join((dialect.name(key), *(f"_{name} AS {name}" for name in _RESULT)))
    return f"WITH {', '.join(steps)}\nSELECT {names}\nFROM {source}\n"


def select_unknown_values(columns: Sequence[Column]) -> str:
    """Return the query for the values that neither the model nor a published customer has, attached as ``previous``.

    One row per customer and different value: _position, source_column, value.
    """
    binary = [column for column in columns if column.role in (Role.CATEGORY, Role.ITEMS)]
    return " UNION ALL ".join(_unknown_values(column) for column in binary) or _NO_VALUES


def create_squares(model: ScoringModel, every: int) -> str:
    """Return the temporary view ``squares``: one row per customer and segment, with the squared distance.

    Args:
        model: the model.
        every: of so many customers one is scored.
    """
    *layers, squares = islice(_layers(model, ENGINES["duckdb"]), 3)
    query = _nested(
        [{"rowid": "", **layer} for layer in (*layers, squares)], f" FROM customers WHERE rowid % {every} = 0"
    )
    ids = ", ".join(map(str, model.segment_ids))
    return (
        "CREATE OR REPLACE TEMP VIEW squares AS "
        f"SELECT rowid AS _position, unnest([{ids}]) AS segment_id, unnest([{', '.join(squares)}]) AS square "
        f"FROM ({query})"
    )


def _unknown_values(column: Column) -> str:
    source = quote_text(column.name)
    return f"""
        SELECT DISTINCT _position, source_column, v AS value
        FROM ({stored_values(column)})
        WHERE v IS NOT NULL
            AND v NOT IN (SELECT value FROM previous.features WHERE source_column = {source} AND value IS NOT NULL)
            AND v NOT IN (SELECT v FROM ({stored_values(column, "previous.customers")}) WHERE v IS NOT NULL)"""


def _nested(layers: Iterable[Mapping[str, str]], source: str = "") -> str:
    """Return one query of all layers, the first of them over a source."""
    query = ""
    for layer in layers:
        query = _select(layer, f" FROM ({query})" if query else source)
    return query


def _select(layer: Mapping[str, str], source: str, separator: str = ", ") -> str:
    """Return a query; an expression that is empty is the column itself."""
    parts = [f"{expression} AS {name}" if expression else name for name, expression in layer.items()]
    return f"SELECT {separator.join(parts)}{source}"


def _layers(model: ScoringModel, engine: Engine) -> Iterator[dict[str, str]]:
    """Yield the select lists, each over the one before: name -> expression."""
    encoded = dict(_encoded(model, engine))
    yield encoded or {"_nothing": "0"}
    yield _coordinates(model, engine)
    yield _squares(model)
    yield from _nearest(model, engine)


def _encoded(model: ScoringModel, engine: Engine) -> Iterator[tuple[str, str]]:
    """Yield the encoded numbers, the parts of each category, and whether flags, items and brackets are present."""
    for number, feature in enumerate(model.features):
        if feature.is_number:
            yield f"_number_{number}", _encoded_number(feature, engine)
        elif feature.encoding == "flag":
            yield f"_has_{number}", _has_flag(model, feature, engine)
        elif feature.encoding == "bracket":
            yield f"_has_{number}", _in_bracket(feature, engine)
        elif feature.encoding == "multi-hot" and not _is_group(feature):
            held = engine.contains(engine.name(feature.source_column), engine.text(str(feature.value)))
            yield f"_has_{number}", f"coalesce({held}, false)"
        elif feature.encoding == "multi-hot":
            yield f"_has_{number}", _has_other_items(model, feature, engine)
    for column, own in model.categories.items():
        yield f"_parts_{own[0]}", _parts_of_category(model, column, own, engine)


def _encoded_number(feature: EncodedFeature, engine: Engine) -> str:
    stored = f"CAST({engine.name(feature.source_column)} AS {engine.double})"
    x = stored
    if feature.clip_high is not None:
        x = f"LEAST({x}, {_number(feature.clip_high)})"
    if feature.clip_low is not None:
        x = f"GREATEST({x}, {_number(feature.clip_low)})"
    if feature.is_log:
        x = f"SIGN({x}) * LN(1 + ABS({x}))"
    return (
        f"{_number(feature.added)} * "
        f"(CASE WHEN {stored} IS NULL THEN {_number(feature.imputed)} ELSE {x} END - {_number(feature.center)})"
    )


def _has_flag(model: ScoringModel, feature: EncodedFeature, engine: Engine) -> str:
    name = engine.name(feature.source_column)
    is_set = is_true_word(name) if feature.source_column in model.text_flags else f"CAST({name} AS BOOLEAN)"
    return f"coalesce({is_set}, {_truth(feature.imputed == 1)})"


def _in_bracket(feature: EncodedFeature, engine: Engine) -> str:
    stored = f"CAST({engine.name(feature.source_column)} AS {engine.double})"
    bounds = [
        *([] if feature.clip_low is None else [f"{stored} >= {_number(feature.clip_low)}"]),
        *([] if feature.clip_high is None else [f"{stored} < {_number(feature.clip_high)}"]),
    ]
    return f"CASE WHEN {stored} IS NULL THEN {_truth(feature.imputed == 1)} ELSE {' AND '.join(bounds) or 'true'} END"


def _known_items(model: ScoringModel, column: str) -> Iterator[str]:
    """Yield the items of a column that are features of their own."""
    for feature in model.features:
        if feature.source_column == column and not _is_group(feature):
            yield str(feature.value)
    yield from model.left_out_of(column)


def _has_other_items(model: ScoringModel, group: EncodedFeature, engine: Engine) -> str:
    """Return whether a list holds more different items than those that are features of their own."""
    name = engine.name(group.source_column)
    known = [
        f"CASE WHEN {engine.contains(name, engine.text(item))} THEN 1 ELSE 0 END"
        for item in _known_items(model, group.source_column)
    ]
    n_items = engine.count_different(name)
    return f"coalesce({n_items} > {_sum(known)}, false)"


def _parts_of_category(model: ScoringModel, column: str, own: Sequence[int], engine: Engine) -> str:
    """Return the parts of a customer's value of a category, as an array."""
    name, nothing = f"CAST({engine.name(column)} AS {engine.varchar})", np.zeros_like(model.base)
    imputed = next((model.parts[number] for number in own if model.features[number].imputed == 1), nothing)
    others = next((model.parts[number] for number in own if _is_group(model.features[number])), nothing)
    cases = [f"WHEN {name} IS NULL THEN {_array(imputed, engine)}"]
    for number in own:
        feature = model.features[number]
        if not _is_group(feature):
            cases.append(f"WHEN {name} = {engine.text(str(feature.value))} THEN {_array(model.parts[number], engine)}")
    left_out = model.left_out_of(column) if any(_is_group(model.features[number]) for number in own) else []
    cases += [f"WHEN {name} = {engine.text(value)} THEN {_array(nothing, engine)}" for value in left_out]
    return f"CASE {' '.join(cases)} ELSE {_array(others, engine)} END"


def _coordinates(model: ScoringModel, engine: Engine) -> dict[str, str]:
    """Return the coordinates along the components; without any, the numbers and what else adds to each square."""
    sums = {}
    for place, base in enumerate(model.base):
        terms = [_number(base)]
        if model.loadings is not None:
            terms += [f"{_number(model.loadings[number, place])} * _number_{number}" for number in model.numbers]
        terms += list(_present_terms(model, place, engine))
        sums[f"_sum_{place}"] = _sum(terms)
    return sums if model.loadings is not None else {f"_number_{number}": "" for number in model.numbers} | sums


def _present_terms(model: ScoringModel, place: int, engine: Engine) -> Iterator[str]:
    for own in model.categories.values():
        yield engine.element(f"_parts_{own[0]}", place)
    for number, feature in enumerate(model.features):
        if not feature.is_number and feature.encoding != "one-hot":
            yield f"CASE WHEN _has_{number} THEN {_number(model.parts[number, place])} ELSE 0 END"


def _squares(model: ScoringModel) -> dict[str, str]:
    """Return the squared distance to each centroid."""
    if model.loadings is not None:
        names = [f"_sum_{place}" for place in range(model.loadings.shape[1])]
    else:
        names = [f"_number_{number}" for number in model.numbers]
    squares = {}
    for place, center in enumerate(model.centers):
        terms = [f"POWER({name} - {_number(value)}, 2)" for name, value in zip(names, center, strict=True)]
        rest = [] if model.loadings is not None else [f"_sum_{place}"]
        squares[f"_square_{place}"] = f"GREATEST({_sum([*terms, *rest])}, 0)"
    return squares


def _nearest(model: ScoringModel, engine: Engine) -> Iterator[dict[str, str]]:
    """Yield the nearest segment, the second nearest of the others, and both as they are published."""
    squares = [f"_square_{place}" for place in range(len(model.segment_ids))]
    carried = dict.fromkeys(squares, "")
    yield carried | {"_nearest": _least(squares)}
    segment_id = _first_of(model, "_nearest")
    yield carried | {"_nearest": "", "_segment_id": segment_id}
    others = [
        f"CASE WHEN _segment_id = {number} THEN {_number(np.finfo(float).max)} ELSE {square} END"
        for number, square in zip(model.segment_ids, squares, strict=True)
    ]
    carried |= {"_nearest": "", "_segment_id": ""}
    yield carried | {"_second": _least(others) if len(squares) > 1 else f"CAST(NULL AS {engine.double})"}
    yield {
        "_segment_id": "",
        "_distance": "SQRT(_nearest)",
        "_second_segment_id": _first_of(model, "_second", besides="_segment_id"),
        "_second_distance": "SQRT(_second)",
    }


def _first_of(model: ScoringModel, square: str, besides: str = "") -> str:
    """Return the first segment whose squared distance is this one."""
    cases = [
        f"WHEN _square_{place} = {square}{f' AND {besides} <> {number}' if besides else ''} THEN {number}"
        for place, number in enumerate(model.segment_ids)
    ]
    return f"CASE {' '.join(cases)} END"


def _least(expressions: Sequence[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"LEAST({', '.join(expressions)})"


def _sum(terms: Sequence[str]) -> str:
    """Return a sum of many terms in which none is deep."""
    while len(terms) > _TERMS:
        terms = [f"({' + '.join(terms[first : first + _TERMS])})" for first in range(0, len(terms), _TERMS)]
    return " + ".join(terms) or "0"


def _array(numbers: Floats, engine: Engine) -> str:
    return engine.array([_number(value) for value in numbers])


def _number(value: float) -> str:
    """Return the literal of a double in every engine: without an exponent it would be a decimal in some.

    What is no finite number, in a damaged model, is null, so that nobody is near it.
    """
    if not np.isfinite(value):
        return "NULL"
    return np.format_float_scientific(value, trim="0", exp_digits=1)


def _truth(is_true: bool) -> str:
    return "true" if is_true else "false"


def _is_group(feature: EncodedFeature) -> bool:
    return feature.grouped_values is not None and feature.grouped_values > 1
