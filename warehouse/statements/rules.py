"""SQL of the rules that say who is in a segment: conditions on the columns of a customer."""

import math
from collections.abc import Sequence

from schemas.fields import MISSING_CATEGORY, Role
from schemas.rules import Condition, Question
from warehouse.statements.customers import truth
from warehouse.statements.quoting import quote_identifier, quote_text


def select_answers(questions: Sequence[Question]) -> str:
    """Return the query for the answers of the customers at ``$positions``, in canonical order.

    One row per customer: a double per question, named by its place; null where it is not known.
    """
    answers = ", ".join(f"CAST({_answer(one)} AS DOUBLE) AS a{place}" for place, one in enumerate(questions))
    return f"SELECT {answers} FROM customers WHERE rowid IN (SELECT unnest($positions)) ORDER BY rowid"


def rule_in_sql(alternatives: Sequence[Sequence[Condition]]) -> str:
    """Return a rule as a condition on a row of ``customers``: one of several lists of conditions is met."""
    met = [" AND ".join(map(_met, conditions)) or "true" for conditions in alternatives]
    return " OR ".join(f"({one})" if " AND " in one and len(met) > 1 else one for one in met)


def count_matching(condition: str) -> str:
    """Return the query for customers, precision and recall of the rule of the segment ``$segment_id``, in one row."""
    return f"""
        SELECT
            count(*) AS customers,
            count(*) FILTER (WHERE customer_segments.segment_id = $segment_id) AS matching_members,
            matching_members / nullif(count(*), 0) AS precision,
            matching_members / (SELECT customers FROM segments WHERE segment_id = $segment_id) AS recall
        FROM (SELECT rowid AS _position FROM customers WHERE {condition}) AS matching
        INNER JOIN customer_segments ON matching._position = customer_segments.rowid"""


def _answer(question: Question) -> str:
    """Return the expression for the answer to a question."""
    return quote_identifier(question.column.name) if question.is_number else _is_so(question, is_yes=True)


def _met(condition: Condition) -> str:
    if not condition.question.is_number:
        return _is_so(condition.question, is_yes=condition.is_yes)
    name = quote_identifier(condition.question.column.name)
    bounds = [
        f"{name} {sign} {f'{bound:.0f}' if bound.is_integer() else repr(bound)}"
        for sign, bound in ((">", condition.low), ("<=", condition.high))
        if math.isfinite(bound)
    ]
    met = " AND ".join(bounds)
    return f"({met} OR {name} IS NULL)" if condition.or_missing else met


def _is_so(question: Question, *, is_yes: bool) -> str:
    """Return the expression for whether a flag, category or item is there, or is not; never null."""
    column, name, value = question.column, quote_identifier(question.column.name), quote_text(question.value or "")
    if column.role is Role.CATEGORY:
        stored = name if column.value_type is str else f"CAST({name} AS VARCHAR)"
        if question.value == MISSING_CATEGORY:
            return f"coalesce({stored}, {value}) {'=' if is_yes else '<>'} {value}"
        same, other = ("IS NOT DISTINCT FROM", "IS DISTINCT FROM") if column.nullable else ("=", "<>")
        return f"{stored} {same if is_yes else other} {value}"
    held = f"list_contains({name}, {value})" if column.role is Role.ITEMS else truth(column)
    known = f"coalesce({held}, false)" if column.nullable else held
    return known if is_yes else f"NOT {known}"
