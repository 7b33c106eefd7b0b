"""SQL that splits the lists of a column into items, and detects how the lists are written."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.layout import Layout, ListForm
from warehouse.statements.fields import content_of, fields_of, named_cells, trimmed
from warehouse.statements.quoting import pattern_of, quote_identifier, quote_text

#: A list in brackets, as Python and JSON write it, or of items in quotes.
_BRACKETS = r"^(?:\[(.*)\]|(?:set)?\((.*)\)|\{(.*)\})$"
_ENCLOSED = rf"{_BRACKETS[1:-1]}|\".*\"|'.*'"

#: One item within brackets, up to the separator: in quotes (with the value of a pair after a colon) or without.
_ITEM = r"\s*(?:\"[^\"]*\"|'[^']*')\s*(?::[^{0}]*)?(?:{0}|$)|[^{0}]+"
_ITEM_QUOTES = r"^[\"'](.*?)[\"']\s*(?::.*)?$"
_NONE_OF_IT = r"(?i)^[\"'].*[\"']\s*:\s*(?:0+(?:\.0*)?|false|null|none)$"

_ENTITY = "&#?[a-zA-Z0-9]+;"

#: How many of an item there are, around it: milk (2), milk x2 or milk*2, milk: 2, 2 x milk.
COUNTS = (
    r"^(.*\pL(?:.*\S)?)\s*[(\[](?:(?:qty\.?:?|[xX×])\s*)?(?:{})\s*[xX×]?[)\]]$",
    r"^(.*\pL(?:.*\S)?)(?:\s+[xX]\s?|\s*[×*]\s*)(?:{})$",
    r"^(.*\pL(?:.*\S)?)\s*[:=]\s*(?:{})$",
    r"^(?:{})\s*(?:[xX]\s+|[×*]\s*)(.*\pL.*)$",
)
_NUMBER, _FEW, _ZERO = "[0-9]{1,3}", "[1-5]", "0{1,3}"

#: Items up to which a list keeps its order while repetitions are taken out: that takes the square of their number.
_ORDERED_ITEMS = 1_000


def select_enclosed_shares(layout: Layout, columns: Sequence[Column], records: LineRange) -> str:
    """Return the query for the share of lists in brackets or quotes: one row per items column, empty lists aside."""
    texts = ", ".join(
        f"{{'name': {quote_text(column.name)}, 'text': trim({_whole_list(layout, column)})}}" for column in columns
    )
    return f"""
        SELECT name, avg(regexp_full_match(text, {quote_text(_ENCLOSED)}, 's')::INT) AS share
        FROM (SELECT unnest([{texts}], recursive := true) FROM work.record_fields WHERE {_within(records)})
        WHERE text <> '' GROUP BY name"""


def select_entities() -> str:
    """Return the query for the HTML entities in lines from ``$first`` to ``$last``, the most frequent first."""
    return f"""
        SELECT entity FROM (
            SELECT unnest(regexp_extract_all(line, '{_ENTITY}')) AS entity FROM work.lines
            WHERE record BETWEEN $first AND $last AND contains(line, '&')
        ) GROUP BY entity ORDER BY count(*) DESC, entity"""


def select_separators(layout: Layout, columns: Sequence[Column], separators: Sequence[str], records: LineRange) -> str:
    """Return the query for the texts that may separate the items of lists: one row per text that is in any list.

    ``lists`` counts the lists that hold something, ``separated`` those of them with the separator, ``parts`` what it
    makes of these, and ``shared`` those parts that other lists hold too.
    """
    lists = ", ".join(_whole_list(layout, column) for column in columns)
    return f"""
        WITH lists AS (
            SELECT row_number() OVER () AS number, unnest([{lists}]) AS text
            FROM work.record_fields WHERE {_within(records)}
        ), separators AS (
            SELECT unnest([{", ".join(map(quote_text, separators))}]) AS separator
        ), separable AS (
            SELECT number, separator, {separable_text("text", "separator")} AS text
            FROM lists, separators WHERE trim(text) <> ''
        ), parts AS (
            SELECT separator, number, contains(text, separator) AS is_separated,
                lower(trim(unnest(string_split(text, separator)))) AS part
            FROM separable
        ), owners AS (
            SELECT separator, part, count(DISTINCT number) AS n FROM parts GROUP BY separator, part
        )
        SELECT
            separator,
            (SELECT count(*) FROM lists WHERE trim(text) <> '') AS lists,
            count(DISTINCT number) AS separated,
            count(*) AS parts,
            count(*) FILTER (WHERE owners.n > 1) AS shared
        FROM parts INNER JOIN owners USING (separator, part)
        WHERE is_separated AND part <> ''
        GROUP BY separator"""


def separable_text(text: str, separator: str) -> str:
    """Return the expression for the text of a list as a separator may split it: no ``;`` of an HTML entity, no brackets.

    Args:
        text: expression for the text.
        separator: expression for the separator.
    """
    inner = f"regexp_replace(trim({text}), {quote_text(_BRACKETS)}, '\\1\\2\\3', 's')"
    return f"if({separator} LIKE '&%', {inner}, regexp_replace({inner}, '{_ENTITY}', '', 'g'))"


def plain_item(text: str) -> str:
    """Return the expression for what an item may be without quotes and a count around it."""
    for pattern in (_ITEM_QUOTES, *(count.format(_NUMBER) for count in COUNTS)):
        text = f"regexp_replace({text}, {quote_text(pattern)}, '\\1', 's')"
    return text


def select_counts(layout: Layout, column: Column, records: LineRange) -> str:
    """Return the query for what shows that items carry a count: one row per way to write it that some item has.

    ``items`` counts the items of all lists, ``counted`` those with a count, ``few`` those with one of 1 to 5, and
    ``recurring`` those of a product that has other counts or none elsewhere.
    """
    ways = " UNION ALL ".join(
        f"""SELECT {number} AS way, item, n, {_matches("item", count, _FEW)} AS is_few,
                lower(regexp_replace(item, {quote_text(count.format(_NUMBER))}, '\\1')) AS product
            FROM items WHERE {_matches("item", count, _NUMBER)}"""
        for number, count in enumerate(COUNTS)
    )
    return f"""
        WITH items AS MATERIALIZED (
            SELECT item, count(*) AS n
            FROM (SELECT unnest({items_of_column(layout, column)}) AS item FROM work.record_fields
                WHERE {_within(records)})
            GROUP BY item
        ), ways AS MATERIALIZED (
            {ways}
        ), products AS (
            SELECT way, product,
                count(DISTINCT lower(item)) + (product IN (SELECT lower(item) FROM items))::INT > 1 AS is_recurring
            FROM ways GROUP BY way, product
        )
        SELECT way, (SELECT sum(n) FROM items)::BIGINT AS items, sum(n)::BIGINT AS counted,
            coalesce(sum(n) FILTER (is_few), 0)::BIGINT AS few,
            coalesce(sum(n) FILTER (is_recurring), 0)::BIGINT AS recurring,
            count(DISTINCT item) AS spellings, count(DISTINCT product) AS products, min(item) AS example
        FROM ways INNER JOIN products USING (way, product)
        GROUP BY way ORDER BY counted DESC, way"""


def select_share_with_word(layout: Layout, column: Column, word: str, records: LineRange) -> str:
    """Return the query for the share of the lists of several items with a word in the last one: one row."""
    has_word = f"regexp_matches(items[-1], {quote_text(_before_last(word))})"
    return f"""
        SELECT coalesce(avg({has_word}::INT), 0) AS share
        FROM (SELECT {items_of_column(layout, column)} AS items FROM work.record_fields WHERE {_within(records)})
        WHERE len(items) > 1 OR {has_word}"""


def select_whole(layout: Layout, column: Column, word: str) -> str:
    """Return the query for the items with a word that are one: a part of them is no item of its own anywhere."""
    pattern = quote_text(_before_last(word))
    return f"""
        WITH items AS (
            SELECT DISTINCT item
            FROM (SELECT unnest({items_of_column(layout, column)}) AS item FROM work.record_fields)
        ), known AS (
            SELECT DISTINCT lower(item) AS part FROM items WHERE NOT regexp_matches(item, {pattern})
        ), parts AS (
            SELECT item, lower(unnest(regexp_split_to_array(item, {pattern}))) AS part
            FROM items WHERE regexp_matches(item, {pattern})
        )
        SELECT DISTINCT item FROM parts ANTI JOIN known USING (part) WHERE part <> '' ORDER BY item"""


def items_of_column(layout: Layout, column: Column) -> str:
    """Return the expression for the items of a column among the fields, trimmed, with repetitions."""
    if column.name == layout.wide_column:
        bought = f"list_filter({named_cells(layout, layout.item_positions)}, lambda z: {_is_bought(layout)})"
        return f"list_transform({bought}, lambda z: z[2])"
    if column.name not in layout.positions:
        return "NULL::VARCHAR[]"
    form = layout.forms.get(column.name, ListForm())
    items = f"list_transform({_delivered_items(layout, column, form)}, lambda f: {trimmed('f')})"
    if form.last_word:
        parts = f"regexp_split_to_array(x, {quote_text(_before_last(form.last_word))})"
        whole = f"x IN ({', '.join(map(quote_text, form.whole))})" if form.whole else "false"
        items = f"flatten(list_transform({items}, lambda x: CASE WHEN {whole} THEN [x] ELSE {parts} END))"
    if form.count:
        item = f"regexp_replace(x, {quote_text(form.count.format(_NUMBER))}, '\\1')"
        items = f"list_transform({items}, lambda x: CASE WHEN NOT {_matches('x', form.count, _ZERO)} THEN {item} END)"
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


def _delivered_items(layout: Layout, column: Column, form: ListForm) -> str:
    separator = column.settings.separator or layout.dialect.item_separator
    # An entity of the separator is part of an item, and read once they are apart.
    later = [entity for entity in form.entities if separator in entity]
    first = [entity for entity in form.entities if entity not in later]
    if form.is_enclosed:
        items = _enclosed_items(_decoded(_whole_list(layout, column), first), separator)
    else:
        items = _separated_items(layout, column, separator, first)
    return f"list_transform({items}, lambda e: {_decoded('e', later)})" if later else items


def _separated_items(layout: Layout, column: Column, separator: str, entities: Sequence[tuple[str, str]]) -> str:
    fields = fields_of(layout, column.name)
    content = _decoded(content_of(f"({fields})[1]", layout), entities)
    items = f"string_split({content}, {quote_text(separator)})"
    if column.name != layout.list_column or not layout.takes_more:
        return items
    # What separates the fields separates the items, so a comma within a field is part of its item. A delimiter behind
    # the one field of a list separates nothing.
    run_on = f"list_transform({fields}, lambda f: {_decoded(content_of('f', layout), entities)})"
    is_one = "len(list_filter(list_fields[2:], lambda f: trim(f) <> '')) = 0"
    return f"""CASE WHEN len(fields) <= {layout.n_fields} THEN {items}
        WHEN trim(list_fields[-1]) <> '' THEN {run_on} WHEN {is_one} THEN {items} ELSE {run_on} END"""


def _decoded(text: str, entities: Sequence[tuple[str, str]]) -> str:
    """Return the expression for a text with some HTML entities as what they stand for."""
    for entity, meaning in entities:
        text = f"replace({text}, {quote_text(entity)}, {quote_text(meaning)})"
    return text


def _enclosed_items(text: str, separator: str) -> str:
    """Return the expression for the items of a list such as ``['tea', 'red wine']``; of pairs the first of each."""
    inner = f"regexp_replace(trim({text}), {quote_text(_BRACKETS)}, '\\1\\2\\3', 's')"
    pattern = pattern_of(separator)
    items = f"regexp_extract_all({inner}, {quote_text(_ITEM.format(pattern))})"
    ended = f"trim(regexp_replace(x, {quote_text(f'{pattern}$')}, ''))"
    there = f"regexp_replace({ended}, {quote_text(_NONE_OF_IT)}, '', 's')"
    return f"list_transform({items}, lambda x: regexp_replace({there}, {quote_text(_ITEM_QUOTES)}, '\\1', 's'))"


def _before_last(word: str) -> str:
    """Return the pattern of a word between two items, or before the one that a comma precedes."""
    return rf"(?i)(?:^|\s+){pattern_of(word)}\s+"


def _matches(item: str, count: str, number: str) -> str:
    return f"regexp_matches({item}, {quote_text(count.format(number))})"


def _within(records: LineRange) -> str:
    return f"record BETWEEN {records.first} AND {records.last}"
