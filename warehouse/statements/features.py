"""SQL that turns customers into features: codes, long and wide views, the points of a chart."""

from collections.abc import Collection, Sequence

from schemas.dataset import Column
from schemas.fields import MISSING_CATEGORY, OTHER_VALUES, Role
from schemas.tables import profile_view
from warehouse.statements.customers import truth
from warehouse.statements.quoting import quote_identifier, quote_text
from warehouse.statements.tables import create_view

#: Features up to which each has a comment in segment_profile: every comment writes the whole view once more.
_MOST_COMMENTED = 1_000


def select_numbers(column: Column) -> str:
    """Return the query for the values of a numeric column and their places, of the customers in a range."""
    value = f"CAST({quote_identifier(column.name)} AS DOUBLE)"
    return f"SELECT rowid - $first AS place, {value} AS v FROM customers WHERE rowid BETWEEN $first AND $last"


def insert_vocabulary(column: Column) -> str:
    """Return the statement that adds the different values of a category, flag or items column to ``work.vocabulary``.

    Infrequent categories, below the column's ``min_frequency``, are grouped where there are at least two of them,
    with any value that is delivered under the name of the group.
    """
    source, next_index = quote_text(column.name), "(SELECT coalesce(max(binary_index) + 1, 0) FROM work.vocabulary)"
    if column.role is Role.FLAG:
        is_usual = "false" if column.settings.missing == "no" else "2 * is_set > known"
        return f"""
            INSERT INTO work.vocabulary
            WITH counted AS (
                SELECT count(*) AS customers, count(is_set) AS known, count(*) FILTER (is_set) AS is_set
                FROM (SELECT {truth(column)} AS is_set FROM customers)
            )
            SELECT {source}, NULL, is_set + if({is_usual}, customers - known, 0), false, false, {is_usual}, {next_index}
            FROM counted"""
    min_frequency = f"{quote_text(repr(column.settings.min_frequency))}::DOUBLE"
    may_join = f"value <> {quote_text(MISSING_CATEGORY)}" if column.settings.missing == "category" else "true"
    return f"""
        INSERT INTO work.vocabulary
        WITH counted AS (
            SELECT value, count(*) AS customers FROM (SELECT {_category(column)} AS value FROM customers)
            WHERE value IS NOT NULL GROUP BY value
        ), judged AS (
            SELECT *, customers / (SELECT count(*) FROM customers) < {min_frequency} AND {may_join} AS is_infrequent
            FROM counted
        ), joined AS (
            SELECT *, (is_infrequent OR value = {quote_text(OTHER_VALUES)})
                AND (SELECT count(*) FROM judged WHERE is_infrequent) > 1 AS is_grouped
            FROM judged
        )
        SELECT {source}, value, customers, is_infrequent AND is_grouped, is_grouped,
            row_number() OVER (ORDER BY customers DESC, value) = 1,
            {next_index} + dense_rank() OVER (ORDER BY is_grouped, if(is_grouped, NULL, value)) - 1
        FROM joined"""


def select_binary(columns: Sequence[Column]) -> str:
    """Return the query for which customer has which binary feature, of the customers in a range; in no order.

    One row per customer and value: key, which is ``$n_binary`` * index in the range + binary_index.
    """
    binary = " UNION ALL ".join(_binary(column) for column in columns)
    return f"SELECT $n_binary * (_position - $first) + binary_index AS key FROM ({binary})"


def create_value_views(columns: Sequence[Column], joined: Collection[str] = (), cut: Collection[str] = ()) -> list[str]:
    """Return the temporary views that give the customers in the long form.

    ``number_values`` has one row per customer and number, ``present_values`` one row per customer and
    binary feature that is 1; ``_position`` is the customer's index in the canonical order.

    Args:
        columns: the columns of the night.
        joined: names of the columns with grouped values.
        cut: names of the numbers that are binned into brackets.
    """
    numbers = [_number_values(column) for column in columns if column.role is Role.NUMERIC]
    binary_columns = [column for column in columns if column.is_feature and column.role is not Role.NUMERIC]
    present = [
        _grouped_values(column) if column.name in joined else _present_values(column) for column in binary_columns
    ]
    present += [_bracket_values(column) for column in columns if column.name in cut]
    no_numbers, no_present = (
        "SELECT NULL::BIGINT AS _position, NULL::VARCHAR AS customer_id, NULL::VARCHAR AS source_column, "
        f"NULL::{value_type} AS v WHERE false"
        for value_type in ("DOUBLE", "VARCHAR")
    )
    return [
        f"CREATE OR REPLACE TEMP VIEW number_values AS {' UNION ALL '.join(numbers or [no_numbers])}",
        f"CREATE OR REPLACE TEMP VIEW present_values AS {' UNION ALL '.join(present or [no_present])}",
    ]


def insert_profiled(column: Column) -> str:
    """Return the statement that adds a column that is profiled beside the features to ``profiled``.

    Of a category the values that ``$min_support`` customers have and that are not infrequent.
    """
    name, kind = quote_text(column.name), quote_text(column.role.value)
    next_number = "(SELECT coalesce(max(feature_number), 0) FROM work.profiled)"
    if column.role is not Role.CATEGORY:
        encoding = "standardized" if column.role is Role.NUMERIC else "flag"
        return f"INSERT INTO work.profiled SELECT {name}, {next_number} + 1, {name}, {kind}, '{encoding}', NULL, false"
    return f"""
        INSERT INTO work.profiled
        SELECT {name} || '=' || v, {next_number} + row_number() OVER (ORDER BY count(*) DESC, v), {name}, {kind},
            'one-hot', v, false
        FROM ({stored_values(column)}) WHERE v IS NOT NULL GROUP BY v
        HAVING count(*) >= greatest($min_support, {column.settings.min_frequency} * (SELECT count(*) FROM customers))"""


def create_profile(features: Sequence[str]) -> str:
    """Return the statements, in one text, that create ``segment_profile``, the wide form of ``segment_stats``."""
    # One list per segment, split by index: one aggregate per feature would be quadratic in their number.
    means = ", ".join(f"means[{number}] AS {quote_identifier(name)}" for number, name in enumerate(features, start=1))
    query = f"""
        WITH lists AS (
            SELECT segment_stats.segment_id, list(segment_stats.mean ORDER BY features.feature_number) AS means
            FROM segment_stats JOIN features USING (feature)
            GROUP BY segment_stats.segment_id
        )
        SELECT segments.segment_id, segments.customers{", " if means else ""}{means}
        FROM segments LEFT JOIN lists USING (segment_id)
        ORDER BY segments.segment_id"""
    return create_view(profile_view(features if len(features) <= _MOST_COMMENTED else ()), query)


def select_scatter(x: Column, y: Column) -> str:
    """Return the query for x, y and segment_id of the customers at ``$positions``, missing values left out.

    Of an items column it is the number of items.
    """
    return f"""
        SELECT * FROM (
            SELECT {_axis_value(x)} AS x, {_axis_value(y)} AS y, customer_segments.segment_id, ordered._position
            FROM work.ordered
            INNER JOIN customer_segments ON ordered._position = customer_segments.rowid
            WHERE ordered._position IN (SELECT unnest($positions))
        )
        WHERE x IS NOT NULL AND y IS NOT NULL
        ORDER BY _position"""


def select_axes(x: Column, y: Column) -> str:
    """Return the query for x, y and segment_id of all customers, for people to run on the published tables."""
    values = [f"    {_axis_value(column, 'customers')} AS {name}" for column, name in ((x, "x"), (y, "y"))]
    select = ",\n".join([*values, "    customer_segments.segment_id"])
    return f"SELECT\n{select}\nFROM customers INNER JOIN customer_segments USING (customer_id)"


def _number_values(column: Column) -> str:
    name = quote_identifier(column.name)
    return (
        f"SELECT rowid AS _position, customer_id, {quote_text(column.name)} AS source_column, "
        f"CAST({name} AS DOUBLE) AS v FROM customers"
    )


def _bracket_values(column: Column) -> str:
    """Return the query for the bracket of each customer's number, one row per customer."""
    name, source = f"CAST(customers.{quote_identifier(column.name)} AS DOUBLE)", quote_text(column.name)
    return f"""
        SELECT customers.rowid AS _position, customers.customer_id, {source} AS source_column, features.value AS v
        FROM customers
        INNER JOIN features ON features.source_column = {source} AND features.encoding = 'bracket'
            AND if({name} IS NULL, features.imputed = 1,
                {name} >= coalesce(features.clip_low, '-inf'::DOUBLE)
                AND {name} < coalesce(features.clip_high, 'inf'::DOUBLE))"""


def _present_values(column: Column) -> str:
    source = quote_text(column.name)
    imputed = _imputed_values(column)
    if column.role is Role.FLAG:
        present = (
            f"SELECT rowid AS _position, customer_id, {source} AS source_column, NULL::VARCHAR AS v FROM customers"
        )
        return f"{present} WHERE {truth(column)}{imputed}"
    if column.settings.profile:
        own = f"(SELECT value FROM work.profiled WHERE source_column = {source})"
        return f"SELECT * FROM ({stored_values(column)}) WHERE v IN {own}"
    return f"SELECT * FROM ({stored_values(column)}) WHERE v IS NOT NULL{imputed}"


def _grouped_values(column: Column) -> str:
    """Return the query for the present values of a column, with the grouped ones as one value.

    A customer has that one once, however many of them it holds.
    """
    source, other = quote_text(column.name), quote_text(OTHER_VALUES)
    own = f"(SELECT value FROM features WHERE source_column = {source} AND grouped_values = 1)"
    return f"""
        SELECT stored.* FROM ({stored_values(column)}) AS stored WHERE stored.v IN {own}
        UNION ALL
        SELECT rowid AS _position, customer_id, {source} AS source_column, {other} AS v
        FROM customers
        WHERE rowid IN (
            SELECT stored._position FROM ({stored_values(column)}) AS stored
            WHERE stored.v IS NOT NULL AND stored.v NOT IN {own}
        ){_imputed_values(column)}"""


def stored_values(column: Column, table: str = "customers") -> str:
    """Return the query for the values of a category or items column: one row per customer and value, null for none."""
    source = quote_text(column.name)
    return f"SELECT rowid AS _position, customer_id, {source} AS source_column, {_stored(column)} AS v FROM {table}"


def _stored(column: Column) -> str:
    """Return the expression for the stored values of a category or items column."""
    name = quote_identifier(column.name)
    return f"unnest({name})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"


def _imputed_values(column: Column) -> str:
    """Return what adds the values that the customers without one count as having; empty where none can be missing."""
    if column.role is Role.ITEMS or not column.nullable:
        return ""
    return f"""
        UNION ALL
        SELECT customers.rowid AS _position, customers.customer_id, features.source_column, features.value AS v
        FROM customers
        INNER JOIN features ON features.source_column = {quote_text(column.name)} AND features.imputed = 1
        WHERE customers.{quote_identifier(column.name)} IS NULL"""


def _binary(column: Column) -> str:
    """Return the query for the binary features of one column, one row per customer and value."""
    in_range = "FROM customers WHERE rowid BETWEEN $first AND $last"
    columns = "value, binary_index, is_most_frequent"
    own = f"source_column = {quote_text(column.name)} AND binary_index IS NOT NULL"  # null is unknown to a kept model
    vocabulary = f"(SELECT {columns} FROM work.vocabulary WHERE {own})"
    if column.role is Role.FLAG:
        return f"""
            SELECT flags._position, vocabulary.binary_index
            FROM (SELECT rowid AS _position, {truth(column)} AS is_set {in_range}) AS flags, {vocabulary} AS vocabulary
            WHERE coalesce(flags.is_set, vocabulary.is_most_frequent)"""
    most_frequent = f"(SELECT value FROM {vocabulary} WHERE is_most_frequent)"
    return f"""
        SELECT held._position, vocabulary.binary_index
        FROM (SELECT rowid AS _position, {_category(column, most_frequent)} AS value {in_range}) AS held
        INNER JOIN {vocabulary} AS vocabulary ON held.value = vocabulary.value"""


def _category(column: Column, most_frequent: str | None = None) -> str:
    """Return the expression for the values of a category or items column, with missing ones by the column's rule.

    Args:
        column: the column.
        most_frequent: expression for its most frequent value, where that is known.
    """
    value = _stored(column)
    if column.settings.missing == "category":
        return f"coalesce({value}, {quote_text(MISSING_CATEGORY)})"
    if column.settings.missing == "most_frequent":
        return f"coalesce({value}, {most_frequent or _most_frequent(value)})"
    return value


def _most_frequent(value: str) -> str:
    return (
        f"(SELECT {value} AS value FROM customers WHERE {value} IS NOT NULL "
        f"GROUP BY {value} ORDER BY count(*) DESC, {value} LIMIT 1)"
    )


def _axis_value(column: Column, table: str = "ordered") -> str:
    name = f"{table}.{quote_identifier(column.name)}"
    return f"CAST({f'len({name})' if column.role is Role.ITEMS else name} AS DOUBLE)"
