"""From customers to features: codes, long and wide views, the points of a chart."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.fields import MISSING_CATEGORY, Role
from warehouse.generated.customers import truth
from warehouse.generated.quoting import quote_identifier, quote_text


def select_numbers(column: Column) -> str:
    """Return the query for the values of a numeric or flag column in canonical order."""
    value = truth(column) if column.role is Role.FLAG else quote_identifier(column.name)
    return f"SELECT CAST({value} AS DOUBLE) AS v FROM work.ordered ORDER BY _position"


def select_vocabulary(column: Column) -> str:
    """Return the query for the different values of a category or items column, sorted."""
    value = _category(column)
    return f"""
        SELECT DISTINCT value FROM (SELECT {value} AS value FROM work.ordered)
        WHERE value IS NOT NULL ORDER BY value"""


def select_codes(column: Column) -> str:
    """Return the query for (position, code) of a category or items column, codes being sorted ranks from 0."""
    value = _category(column)
    return f"""
        WITH vocabulary AS (
            SELECT value, row_number() OVER (ORDER BY value) - 1 AS code FROM ({select_vocabulary(column)})
        )
        SELECT _position, code
        FROM (SELECT _position, {value} AS value FROM work.ordered) JOIN vocabulary USING (value)
        ORDER BY _position, code"""


def create_value_views(columns: Sequence[Column]) -> list[str]:
    """Return the temporary views that give the customers in the long form.

    ``number_values`` has one row a customer and number, ``present_values`` one row a customer and
    0/1 feature that is 1.
    """
    numbers = [_number_values(column) for column in columns if column.role is Role.NUMERIC]
    present = [_present_values(column) for column in columns if column.is_feature and column.role is not Role.NUMERIC]
    no_numbers = "SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS source_column, NULL::DOUBLE AS v WHERE false"
    no_present = "SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS source_column, NULL::VARCHAR AS v WHERE false"
    return [
        f"CREATE OR REPLACE TEMP VIEW number_values AS {' UNION ALL '.join(numbers or [no_numbers])}",
        f"CREATE OR REPLACE TEMP VIEW present_values AS {' UNION ALL '.join(present or [no_present])}",
    ]


def create_profile(features: Sequence[str]) -> list[str]:
    """Return the statements that create ``segment_profile``, the wide form of ``segment_stats``."""
    # A list a segment, taken apart by place: an aggregate a feature would cost the square of their number.
    means = ", ".join(f"means[{number}] AS {quote_identifier(name)}" for number, name in enumerate(features, start=1))
    view = f"""
        CREATE OR REPLACE VIEW segment_profile AS
        WITH lists AS (
            SELECT segment_stats.segment_id, list(segment_stats.mean ORDER BY features.feature_number) AS means
            FROM segment_stats JOIN features USING (feature)
            GROUP BY segment_stats.segment_id
        )
        SELECT segments.segment_id, segments.customers{", " if means else ""}{means}
        FROM segments LEFT JOIN lists USING (segment_id)
        ORDER BY segments.segment_id"""
    grain = "One row a segment: its number of customers and the mean of every feature, in the source column's units."
    comments = {"segment_id": "Key of segments", "customers": "Number of customers in the segment"} | {
        name: f"Mean of {name}; of a 0/1 feature the share of customers that have it" for name in features
    }
    return [
        view,
        f"COMMENT ON VIEW segment_profile IS {quote_text(grain)}",
        *(
            f"COMMENT ON COLUMN segment_profile.{quote_identifier(name)} IS {quote_text(text)}"
            for name, text in comments.items()
        ),
    ]


def select_scatter(x: Column, y: Column) -> str:
    """Return the query for x, y and segment_id of the customers at ``$positions``, missing values left out.

    Of an items column it is the number of items.
    """
    return f"""
        SELECT * FROM (
            SELECT {_axis_value(x)} AS x, {_axis_value(y)} AS y, customer_segments.segment_id, ordered._position
            FROM work.ordered
            INNER JOIN customer_segments ON ordered.customer_id = customer_segments.customer_id
            WHERE ordered._position IN (SELECT unnest($positions))
        )
        WHERE x IS NOT NULL AND y IS NOT NULL
        ORDER BY _position"""


def _number_values(column: Column) -> str:
    name = quote_identifier(column.name)
    return f"SELECT customer_id, {quote_text(column.name)} AS source_column, CAST({name} AS DOUBLE) AS v FROM customers"


def _present_values(column: Column) -> str:
    name = quote_identifier(column.name)
    source = quote_text(column.name)
    imputed = f" UNION ALL {_imputed_values(column)}" if column.nullable and column.role is not Role.ITEMS else ""
    if column.role is Role.FLAG:
        present = f"SELECT customer_id, {source} AS source_column, NULL::VARCHAR AS v FROM customers"
        return f"{present} WHERE {truth(column)}{imputed}"
    value = f"unnest({name})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"
    values = f"SELECT customer_id, {source} AS source_column, {value} AS v FROM customers"
    return f"SELECT * FROM ({values}) WHERE v IS NOT NULL{imputed}"


def _imputed_values(column: Column) -> str:
    """Return the query for what the customers without a value count as having."""
    return f"""
        SELECT customers.customer_id, features.source_column, features.value AS v
        FROM customers
        INNER JOIN features ON features.source_column = {quote_text(column.name)} AND features.imputed = 1
        WHERE customers.{quote_identifier(column.name)} IS NULL"""


def _category(column: Column) -> str:
    """Return the expression for the values of a category or items column, what is missing by the column's own rule."""
    name = quote_identifier(column.name)
    if column.role is Role.ITEMS:
        return f"unnest({name})"
    value = f"CAST({name} AS VARCHAR)"
    if column.settings.missing == "own":
        return f"coalesce({value}, {quote_text(MISSING_CATEGORY)})"
    if column.settings.missing == "commonest":
        return f"coalesce({value}, ({_commonest(value, name)}))"
    return value


def _commonest(value: str, name: str) -> str:
    return (
        f"SELECT {value} FROM work.ordered WHERE {name} IS NOT NULL "
        f"GROUP BY {value} ORDER BY count(*) DESC, {value} LIMIT 1"
    )


def _axis_value(column: Column) -> str:
    name = f"ordered.{quote_identifier(column.name)}"
    return f"CAST({f'len({name})' if column.role is Role.ITEMS else name} AS DOUBLE)"
