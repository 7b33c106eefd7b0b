"""The SQL that depends on the declared columns; all other statements are files in ``warehouse/sql``.

Identifiers are quoted by ``quote_identifier`` and texts by ``quote_text``, here and nowhere else.
"""

from collections.abc import Sequence

from schemas.dataset import Column, identifier_of
from schemas.fields import Role
from schemas.layout import Layout
from schemas.tables import Table

#: Between the values of a row when its content is hashed; no delivered file holds them.
_UNIT, _MISSING, _ITEM = "chr(31)", "chr(30)", "chr(29)"

_TRUE_WORDS = "('1', 'true', 'yes', 'y', 't')"


def quote_identifier(name: str) -> str:
    """Return a name as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Return a text as an SQL literal, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Table) -> list[str]:
    """Return the statements that create a published table with its comments."""
    name = quote_identifier(table.name)
    columns = ", ".join(
        f"{quote_identifier(column.name)} {column.sql_type}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    )
    comments = [
        f"COMMENT ON COLUMN {name}.{quote_identifier(column.name)} IS {quote_text(column.description)}"
        for column in table.columns
    ]
    return [f"CREATE TABLE {name} ({columns})", f"COMMENT ON TABLE {name} IS {quote_text(table.grain)}", *comments]


def create_records(layout: Layout, columns: Sequence[Column], header_line_number: int) -> str:
    """Return the statement that splits ``work.lines`` into ``work.records``: one row a record.

    Every declared column becomes a text without blanks around it (null where empty), an items
    column a list without blanks, empties and repetitions.
    """
    outputs = ",\n        ".join(f"{_cell(layout, column)} AS {quote_identifier(column.name)}" for column in columns)
    return f"""
        CREATE OR REPLACE TABLE work.records AS
        WITH split AS (
            SELECT line_number AS _line_number, {_split(layout.delimiter)} AS _fields
            FROM work.lines
            WHERE line_number > {header_line_number} AND trim(line) <> ''
        )
        SELECT
            _line_number,
            len(_fields) AS _n_fields,
            list_filter(_fields, lambda f: contains(f, '"') AND NOT regexp_full_match(f, '{_QUOTED}'))[1]
                AS _broken_quote,
            {_wide_fault(layout)} AS _wide_fault,
            {outputs}
        FROM split"""


def create_typed(columns: Sequence[Column]) -> str:
    """Return the view ``work.typed``: the records that are not rejected, in the declared types."""
    values = ",\n".join(f"{_typed(column)} AS {quote_identifier(column.name)}" for column in columns)
    return f"""
        CREATE OR REPLACE VIEW work.typed AS
        SELECT _line_number, {values}
        FROM work.records
        WHERE _line_number NOT IN (SELECT line_number FROM night.rejected_rows)"""


def create_ordered(columns: Sequence[Column]) -> str:
    """Return the statement that puts the customers in their canonical order, ``_position`` from 0.

    The order depends on what the rows hold, not on where they stand in the file, so that the fit
    sees the same matrix whatever the order of the delivery.
    """
    identifier = identifier_of(tuple(columns))
    content = _content([column for column in columns if column is not identifier])
    encoded = _content([column for column in columns if column.is_feature])
    key = (
        f"CAST({quote_identifier(identifier.name)} AS VARCHAR)"
        if identifier
        else "left(_content_key, 16) || '-' || CAST(_occurrence AS VARCHAR)"
    )
    names = ", ".join(quote_identifier(column.name) for column in columns if column.name != "customer_id")
    return f"""
        CREATE OR REPLACE TABLE work.ordered AS
        WITH hashed AS (
            SELECT *, md5({content}) AS _content_key, md5({encoded}) AS _encoded_key FROM work.typed
        ), numbered AS (
            SELECT *, row_number() OVER (PARTITION BY _content_key ORDER BY _line_number) AS _occurrence
            FROM hashed
        ), keyed AS (
            SELECT *, {key} AS _customer_id FROM numbered
        )
        SELECT
            row_number() OVER (ORDER BY _encoded_key, _content_key, _occurrence, _customer_id) - 1 AS _position,
            _customer_id AS customer_id,
            _line_number AS line_number,
            {names}
        FROM keyed
        ORDER BY _position"""


def insert_customers(table: Table) -> str:
    """Return the statement that fills ``customers`` in the canonical order."""
    names = ", ".join(quote_identifier(column.name) for column in table.columns)
    return f"INSERT INTO customers ({names}) SELECT {names} FROM work.ordered ORDER BY _position"


def select_duplicate_identifiers(identifier: Column) -> str:
    """Return the query for records whose identifier an earlier record has: one row a later record."""
    name = quote_identifier(identifier.name)
    return f"""
        WITH numbered AS (
            SELECT
                _line_number,
                CAST({name} AS VARCHAR) AS value,
                first_value(_line_number) OVER (PARTITION BY {name} ORDER BY _line_number) AS first_line
            FROM work.typed
        )
        SELECT _line_number, value, first_line FROM numbered WHERE _line_number <> first_line ORDER BY _line_number"""


def select_texts(columns: Sequence[Column]) -> str:
    """Return the query for the raw text cells of a range of lines, rejected records aside."""
    names = ", ".join(quote_identifier(column.name) for column in columns)
    return f"""
        SELECT _line_number, {names} FROM work.records
        WHERE _line_number BETWEEN $first AND $last
            AND _line_number NOT IN (SELECT line_number FROM night.rejected_rows)
        ORDER BY _line_number"""


def select_typed(columns: Sequence[Column]) -> str:
    """Return the query for the typed cells of a range of lines."""
    names = ", ".join(quote_identifier(column.name) for column in columns)
    return f"SELECT _line_number, {names} FROM work.typed WHERE _line_number BETWEEN $first AND $last"


def select_items(column: Column) -> str:
    """Return the query for the different items of a column, with the lines that hold them."""
    return f"""
        SELECT item, list(_line_number) AS line_numbers
        FROM (SELECT _line_number, unnest({quote_identifier(column.name)}) AS item FROM work.typed)
        GROUP BY item ORDER BY item"""


def select_numbers(column: Column) -> str:
    """Return the query for the values of a numeric or flag column in canonical order."""
    value = _truth(column) if column.role is Role.FLAG else quote_identifier(column.name)
    return f"SELECT CAST({value} AS DOUBLE) AS v FROM work.ordered ORDER BY _position"


def select_vocabulary(column: Column) -> str:
    """Return the query for the different values of a category or items column, sorted."""
    name = quote_identifier(column.name)
    value = f"unnest({name})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"
    return f"""
        SELECT DISTINCT value FROM (SELECT {value} AS value FROM work.ordered)
        WHERE value IS NOT NULL ORDER BY value"""


def select_codes(column: Column) -> str:
    """Return the query for (position, code) of a category or items column, codes being sorted ranks from 0."""
    name = quote_identifier(column.name)
    value = f"unnest({name})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"
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


#: A whole field in quotes, blanks around it allowed; a quote inside is doubled.
_QUOTED = ' *"(?:[^"]|"")*" *'


def _split(delimiter: str) -> str:
    """Return the expression for the fields of ``line``; only a line with a quote pays for quoting."""
    mark = f"\\x{{{ord(delimiter):x}}}"
    pattern = quote_text(f"({_QUOTED}|[^{mark}]*){mark}")
    text = quote_text(delimiter)
    return (
        f"CASE WHEN contains(line, '\"') THEN regexp_extract_all(line || {text}, {pattern}, 1) "
        f"ELSE string_split(line, {text}) END"
    )


def _unquoted(field: str) -> str:
    return (
        f"CASE WHEN starts_with(trim({field}), '\"') THEN replace(trim({field})[2:-2], '\"\"', '\"') ELSE {field} END"
    )


def _cell(layout: Layout, column: Column) -> str:
    if column.name == layout.wide_column:
        return _wide_items(layout)
    place = layout.positions[column.name]
    after = len(layout.header) - 1 - place
    if column.role is Role.ITEMS:
        last = f"len(_fields) - {after}" if column.name == layout.list_column else str(place + 1)
        return _list_items(f"_fields[{place + 1}:{last}]")
    is_behind_list = layout.list_column is not None and place > layout.positions[layout.list_column]
    index = f"len(_fields) - {after}" if is_behind_list else str(place + 1)
    return f"nullif(trim({_unquoted(f'_fields[{index}]')}), '')"


def _list_items(fields: str) -> str:
    things = f"list_transform({fields}, lambda f: string_split({_unquoted('f')}, ','))"
    trimmed = f"list_transform(flatten({things}), lambda f: trim(f))"
    return f"list_filter({trimmed}, lambda x, i: x <> '' AND list_position({trimmed}, x) = i)"


def _wide_items(layout: Layout) -> str:
    return f"list_transform(list_filter({_zipped(layout)}, lambda z: trim(z[1]) = '1'), lambda z: z[2])"


def _wide_fault(layout: Layout) -> str:
    """Return the expression for the first cell that is neither 0 nor 1, as 'item=cell'."""
    if layout.wide_column is None:
        return "NULL"
    faults = f"list_filter({_zipped(layout)}, lambda z: trim(z[1]) NOT IN ('0', '1'))"
    return f"list_transform({faults}, lambda z: z[2] || '=' || trim(z[1]))[1]"


def _zipped(layout: Layout) -> str:
    places = ", ".join(str(place + 1) for _, place in layout.item_positions)
    names = ", ".join(quote_text(name) for name, _ in layout.item_positions)
    return f"list_zip(list_transform(list_select(_fields, [{places}]), lambda f: {_unquoted('f')}), [{names}])"


def _typed(column: Column) -> str:
    text = quote_identifier(column.name)
    if column.role is Role.ITEMS:
        return text
    if column.value_type is bool:
        return _is_true_word(text)
    if column.role is Role.FLAG and column.value_type is int:
        return f"CAST({_is_true_word(text)} AS BIGINT)"
    if column.value_type is int:
        return f"TRY_CAST(regexp_replace({text}, '\\.0*$', '') AS BIGINT)"
    if column.value_type is float:
        return f"TRY_CAST({text} AS DOUBLE)"
    return text


def _is_true_word(text: str) -> str:
    return f"lower({text}) IN {_TRUE_WORDS}"


def _truth(column: Column) -> str:
    """Return the expression for whether a stored flag is set."""
    name = quote_identifier(column.name)
    return _is_true_word(name) if column.value_type is str else f"CAST({name} AS BOOLEAN)"


def _content(columns: Sequence[Column]) -> str:
    """Return the expression for what a row holds, whatever the order of columns and of list items."""
    parts = []
    for column in sorted(columns, key=lambda column: column.name):
        name = quote_identifier(column.name)
        value = (
            f"array_to_string(list_sort({name}), {_ITEM})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"
        )
        parts.append(f"coalesce({value}, {_MISSING})")
    return f"concat_ws({_UNIT}, {', '.join(parts)})" if parts else "''"


def _number_values(column: Column) -> str:
    name = quote_identifier(column.name)
    return f"SELECT customer_id, {quote_text(column.name)} AS source_column, CAST({name} AS DOUBLE) AS v FROM customers"


def _present_values(column: Column) -> str:
    name = quote_identifier(column.name)
    source = quote_text(column.name)
    if column.role is Role.FLAG:
        return (
            f"SELECT customer_id, {source} AS source_column, NULL::VARCHAR AS v FROM customers WHERE {_truth(column)}"
        )
    value = f"unnest({name})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"
    values = f"SELECT customer_id, {source} AS source_column, {value} AS v FROM customers"
    return f"SELECT * FROM ({values}) WHERE v IS NOT NULL"


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


def _axis_value(column: Column) -> str:
    name = f"ordered.{quote_identifier(column.name)}"
    return f"CAST({f'len({name})' if column.role is Role.ITEMS else name} AS DOUBLE)"
