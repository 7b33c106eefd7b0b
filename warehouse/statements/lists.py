"""SQL that splits the lists of a column into items, and detects how the lists are written."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.layout import Layout
from warehouse.statements.fields import content_of, fields_of, named_cells, trimmed
from warehouse.statements.quoting import pattern_of, quote_identifier, quote_text

#: A list in brackets, as Python and JSON write it, and the brackets.
_IN_BRACKETS = r"\[.*\]|\(.*\)|\{.*\}"
_BRACKETS = r"^[\[({]\s*|\s*[\])}]$"

#: One item within brackets, up to the separator: in quotes (with the value of a pair after a colon) or without.
_ITEM = r"\s*(?:\"[^\"]*\"|'[^']*')\s*(?::[^{0}]*)?(?:{0}|$)|[^{0}]+"
_ITEM_QUOTES = r"^[\"'](.*?)[\"']\s*(?::.*)?$"

#: Items up to which a list keeps its order while repetitions are taken out: that takes the square of their number.
_ORDERED_ITEMS = 1_000


def select_bracketed_shares(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the query for the share of the lists in brackets: one row per items column, empty lists aside."""
    texts = ", ".join(
        f"{{'name': {quote_text(column.name)}, 'text': trim({_whole_list(layout, column)})}}" for column in columns
    )
    return f"""
        SELECT name, avg(regexp_full_match(text, {quote_text(_IN_BRACKETS)}, 's')::INT) AS share
        FROM (SELECT unnest([{texts}], recursive := true) FROM work.record_fields)
        WHERE text <> '' GROUP BY name"""


def select_separators(layout: Layout, columns: Sequence[Column], separators: Sequence[str], records: LineRange) -> str:
    """Return the query for the texts that may separate the items of lists: one row per text that is in any list.

    ``lists`` counts the lists that hold something, ``separated`` those of them with the separator, ``parts`` what it
    makes of these, and ``shared`` those parts that other lists hold too.
    """
    lists = ", ".join(_whole_list(layout, column) for column in columns)
    return f"""
        WITH lists AS (
            SELECT row_number() OVER () AS number, unnest([{lists}]) AS text
            FROM work.record_fields WHERE record BETWEEN {records.first} AND {records.last}
        ), without_entities AS (
            SELECT number, regexp_replace(text, '&#?[a-zA-Z0-9]+;', '', 'g') AS text FROM lists WHERE trim(text) <> ''
        ), separators AS (
            SELECT unnest([{", ".join(map(quote_text, separators))}]) AS separator
        ), parts AS (
            SELECT separator, number, contains(text, separator) AS is_separated,
                lower(trim(unnest(string_split(text, separator)))) AS part
            FROM without_entities, separators
        ), owners AS (
            SELECT separator, part, count(DISTINCT number) AS n FROM parts GROUP BY separator, part
        )
        SELECT
            separator,
            (SELECT count(*) FROM without_entities) AS lists,
            count(DISTINCT number) AS separated,
            count(*) AS parts,
            count(*) FILTER (WHERE owners.n > 1) AS shared
        FROM parts INNER JOIN owners USING (separator, part)
        WHERE is_separated AND part <> ''
        GROUP BY separator"""


def items_of_column(layout: Layout, column: Column) -> str:
    """Return the expression for the items of a column among the fields, trimmed, with repetitions."""
    if column.name == layout.wide_column:
        bought = f"list_filter({named_cells(layout, layout.item_positions)}, lambda z: {_is_bought(layout)})"
        return f"list_transform({bought}, lambda z: z[2])"
    if column.name not in layout.positions:
        return "NULL::VARCHAR[]"
    items = f"list_transform({_delivered_items(layout, column)}, lambda f: {trimmed('f')})"
    return f"list_filter({items}, lambda x: x <> '')"


def is_known_cell(layout: Layout) -> str:
    """Return the condition for a cell of a wide list, ``z[1]``, that says whether the item is there."""
    cells = layout.item_cells
    words = _is_one_of((*cells.yes, *cells.no))
    return f"regexp_full_match(z[1], '[0-9]+(\\.0+)?') OR {words}" if cells.are_counts else words


def _is_bought(layout: Layout) -> str:
    return "regexp_matches(z[1], '[1-9]')" if layout.item_cells.are_counts else _is_one_of(layout.item_cells.yes)


def _is_one_of(words: Sequence[str]) -> str:
    cell = "lower(z[1])" if any(word.lower() != word.upper() for word in words) else "z[1]"
    return f"{cell} IN ({', '.join(map(quote_text, words))})"


def first_of_each(items: str) -> str:
    """Return the expression for a list without repetitions, in its own order; sorted where it is very long.

    Args:
        items: a column: an expression would be computed again for each of its items.
    """
    few = f"list_filter({items}, lambda x, i: list_position({items}, x) = i)"
    return f"CASE WHEN len({items}) <= {_ORDERED_ITEMS} THEN {few} ELSE list_sort(list_distinct({items})) END"


def with_first_of_each(source: str, items: dict[str, str]) -> str:
    """Return the FROM item of a source whose items columns are replaced by expressions, without repetitions.

    Args:
        source: what follows FROM.
        items: column name -> expression for its items.
    """
    if not items:
        return source
    computed = ", ".join(f"{expression} AS {quote_identifier(name)}" for name, expression in items.items())
    different = ", ".join(f"{first_of_each(name)} AS {name}" for name in map(quote_identifier, items))
    return f"(SELECT * REPLACE ({different}) FROM (SELECT * REPLACE ({computed}) FROM {source}))"


def _whole_list(layout: Layout, column: Column) -> str:
    """Return the expression for the text of a list, without quotes around its fields."""
    contents = f"list_transform({fields_of(layout, column.name)}, lambda f: {content_of('f', layout)})"
    return f"array_to_string({contents}, {quote_text(layout.dialect.delimiter)})"


def _delivered_items(layout: Layout, column: Column) -> str:
    separator = column.settings.separator or layout.dialect.item_separator
    if column.name in layout.bracketed:
        return _items_in_brackets(layout, column, separator)
    fields = fields_of(layout, column.name)
    items = f"string_split({content_of(f'({fields})[1]', layout)}, {quote_text(separator)})"
    if column.name != layout.list_column or not layout.takes_more:
        return items
    # What separates the fields separates the items, so a comma within a field is part of its item.
    run_on = f"list_transform({fields}, lambda f: {content_of('f', layout)})"
    return f"CASE WHEN len(fields) > {layout.n_fields} THEN {run_on} ELSE {items} END"


def _items_in_brackets(layout: Layout, column: Column, separator: str) -> str:
    """Return the expression for the items of a list such as ``['tea', 'red wine']``; of pairs the first of each."""
    inner = f"regexp_replace(trim({_whole_list(layout, column)}), {quote_text(_BRACKETS)}, '', 'gs')"
    pattern = pattern_of(separator)
    items = f"regexp_extract_all({inner}, {quote_text(_ITEM.format(pattern))})"
    ended = f"trim(regexp_replace(x, {quote_text(f'{pattern}$')}, ''))"
    return f"list_transform({items}, lambda x: regexp_replace({ended}, {quote_text(_ITEM_QUOTES)}, '\\1', 's'))"
