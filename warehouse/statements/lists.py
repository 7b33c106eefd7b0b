"""SQL that splits the lists of a column into items, and detects how the lists are written."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.layout import Layout, ListForm
from warehouse.statements.fields import content_of, fields_of, named_cells, trimmed
from warehouse.statements.quoting import pattern_of, quote_identifier, quote_text

#: A list in brackets, as Python and JSON write it, or of items in quotes.
_BRACKETS = r"^(?:\[(.*)\]|(?:set)?\((.*)\)|\{(.*)\})$"
_ENCLOSED = rf"{_BRACKETS[1:-1]}|\".*\"|'.*'|[«„“].*[»“”]"

#: One item within brackets, up to the separator: in quotes (with the value of a pair after a colon) or without.
_ITEM = r"\s*(?:\"[^\"]*\"|'[^']*'|[«„“][^»“”]*[»“”])\s*(?::[^{0}]*)?(?:{0}|$)|[^{0}]+"
_ITEM_QUOTES = r"^[\"'«„“]\s*(.*?)\s*[\"'»“”]\s*(?::.*)?$"
_NONE_OF_IT = r"(?i)^[\"'].*[\"']\s*:\s*(?:0+(?:\.0*)?|false|null|none)$"

#: Items that are looked at for what nearly all of them have.
_FIRST_ITEMS = 5_000

#: What stands before each item where people write one per line: a sign, or the number of the line.
_BULLET_SIGN, _BULLET_NUMBER = r"[-*•·‣▪●\x{2013}\x{2014}]", r"[0-9]{1,2}"
_BULLET = rf"^(?:{_BULLET_SIGN}|{_BULLET_NUMBER}[.)])\s+"

#: HTML entities, and those that are read, each as the character that it stands for.
_ENTITY = "&#?[a-zA-Z0-9]+;"
_READ_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&#039;": "'", "&amp;": "&"}

#: How many of an item there are, around it: milk (2), milk x2 or milk*2, milk: 2, 2 x milk or 2 pcs. milk.
COUNTS = (
    r"^(.*\pL(?:.*\S)?)\s*[(\[](?:(?:qty\.?:?|[xX\x{{d7}}])\s*)?(?:{})\s*[xX\x{{d7}}]?[)\]]$",
    r"^(.*\pL(?:.*\S)?)(?:\s+[xX]\s?|\s*[\x{{d7}}*]\s*)(?:{})$",
    r"^(.*\pL(?:.*\S)?)\s*[:=]\s*(?:{})$",
    r"^(?:{})\s*(?:(?i:x|pcs?|stk|stück|szt|uds?)\.?\s+|[\x{{d7}}*]\s*)(.*\pL.*)$",
)
_NUMBER, _ZERO = "[0-9]{1,3}", "0{1,3}"

#: Shares that are nearly all, and more than a few.
_USUAL, _SOME = 0.9, 0.05

#: Items up to which a list keeps its order while repetitions are taken out: that takes the square of their number.
_ORDERED_ITEMS = 1_000


def select_enclosed(layout: Layout, columns: Sequence[Column], records: LineRange) -> str:
    """Return the query for the items columns whose lists are in brackets or quotes, nearly all: one row per name."""
    texts = ", ".join(
        f"{{'name': {quote_text(column.name)}, 'text': trim({_whole_list(layout, column)})}}" for column in columns
    )
    return f"""
        SELECT name FROM (SELECT unnest([{texts}], recursive := true) FROM work.record_fields WHERE {_within(records)})
        WHERE text <> '' GROUP BY name
        HAVING avg(regexp_full_match(text, {quote_text(_ENCLOSED)}, 's')::INT) > {_USUAL}"""


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
    """Return the expression for the text of a list as a separator may split it: no ``;`` of an entity, no brackets.

    Args:
        text: expression for the text.
        separator: expression for the separator.
    """
    inner = f"regexp_replace(trim({text}), {quote_text(_BRACKETS)}, '\\1\\2\\3', 's')"
    return f"if({separator} LIKE '&%', {inner}, regexp_replace({inner}, '{_ENTITY}', '', 'g'))"


def plain_item(text: str) -> str:
    """Return the expression for what an item may be without a bullet, quotes and a count around it."""
    text = f"regexp_replace({text}, {quote_text(_BULLET)}, '')"
    for pattern in (_ITEM_QUOTES, *(count.format(_NUMBER) for count in COUNTS)):
        text = f"regexp_replace({text}, {quote_text(pattern)}, '\\1', 's')"
    return text


def select_bullets(layout: Layout, column: Column, records: LineRange) -> str:
    """Return the query for whether nearly all items of a column follow the same bullet: one row, or none."""
    return f"""
        WITH items AS (
            SELECT unnest(list_transform(items, lambda x, i: {_bullet_of("x", "i")})) AS bullet, len(items) AS n
            FROM (SELECT {items_of_column(layout, column)} AS items FROM work.record_fields WHERE {_within(records)})
            LIMIT {_FIRST_ITEMS}
        )
        SELECT true AS has_bullets FROM items
        HAVING count(bullet) > {_USUAL} * count(*) AND count(DISTINCT bullet) = 1 AND max(n) > 1"""


def _bullet_of(item: str, number: str) -> str:
    """Return the expression for the sign before an item, 1. for its number in its list, or null."""
    sign = f"nullif(regexp_extract({item}, '^({_BULLET_SIGN})\\s', 1), '')"
    is_numbered = f"regexp_extract({item}, '^({_BULLET_NUMBER})[.)]\\s', 1) = ({number})::VARCHAR"
    return f"coalesce({sign}, if({is_numbered}, '1.', NULL))"


def select_any_digit(layout: Layout, column: Column, records: LineRange) -> str:
    """Return the query for one record with a digit in an item of a column; without one, none carries a count."""
    items = items_of_column(layout, column)
    return f"""
        SELECT record FROM work.record_fields
        WHERE {_within(records)} AND regexp_matches(array_to_string({items}, ''), '[0-9]') LIMIT 1"""


def select_counts(layout: Layout, column: Column, records: LineRange) -> str:
    """Return the query for how the items of a column carry counts: one row, the way in ``COUNTS``, or none.

    Numbers are counts where half are below six, they are not of one product alone (Level 1, Level 2), and most items
    have one, or some, nearly all of which come again with another number or none.
    """
    ways = " UNION ALL ".join(
        f"""SELECT {way} AS way, item, n, {_matches("item", count, "[1-5]")} AS is_few,
                lower(regexp_replace(item, {quote_text(count.format(_NUMBER))}, '\\1')) AS product
            FROM items WHERE {_matches("item", count, _NUMBER)}"""
        for way, count in enumerate(COUNTS)
    )
    return f"""
        WITH items AS MATERIALIZED (
            SELECT item, count(*) AS n
            FROM (SELECT unnest({items_of_column(layout, column)}) AS item FROM work.record_fields
                WHERE {_within(records)})
            GROUP BY item
        ), ways AS (
            {ways}
        ), judged AS (
            SELECT *, count(*) OVER (PARTITION BY way, product) > 1
                OR product IN (SELECT lower(item) FROM items) AS comes_again
            FROM ways
        )
        SELECT way, min(item) AS example FROM judged GROUP BY way
        HAVING sum(n) FILTER (is_few) >= 0.5 * sum(n) AND (count(DISTINCT product) > 1 OR count(*) = 1)
            AND (sum(n) > 0.5 * (SELECT sum(n) FROM items) OR (
                sum(n) >= {_SOME} * (SELECT sum(n) FROM items) AND sum(n) FILTER (comes_again) >= {_USUAL} * sum(n)))
        ORDER BY sum(n) DESC, way LIMIT 1"""


def select_last_word(layout: Layout, column: Column, word: str) -> str:
    """Return the query for a word before the last item, where nearly all lists of several have it: one row, or none.

    ``whole`` are the items with the word that are one, as a part of them is no item of its own anywhere; not all are.
    """
    pattern = quote_text(_before_last(word))
    return f"""
        WITH lists AS MATERIALIZED (
            SELECT {items_of_column(layout, column)} AS items FROM work.record_fields
        ), items AS (
            SELECT DISTINCT item, regexp_matches(item, {pattern}) AS has_word
            FROM (SELECT unnest(items) AS item FROM lists)
        ), parts AS (
            SELECT item, lower(unnest(regexp_split_to_array(item, {pattern}))) AS part FROM items WHERE has_word
        )
        SELECT (SELECT coalesce(list(DISTINCT item ORDER BY item), []) FROM parts
            WHERE part <> '' AND part NOT IN (SELECT lower(item) FROM items WHERE NOT has_word)) AS whole
        FROM lists
        HAVING len(whole) < (SELECT count(*) FROM items WHERE has_word)
            AND count_if(len(items) > 1 AND regexp_matches(items[-1], {pattern})) > 0
            AND count_if(len(items) > 1 AND NOT regexp_matches(items[-1], {pattern}))
            < {1 - _USUAL} * count_if(len(items) > 1 OR regexp_matches(items[-1], {pattern}))"""


def items_of_column(layout: Layout, column: Column) -> str:
    """Return the expression for the items of a column among the fields, trimmed, with repetitions."""
    if column.name == layout.wide_column:
        bought = f"list_filter({named_cells(layout, layout.item_positions)}, lambda z: {_is_bought(layout)})"
        return f"list_transform({bought}, lambda z: z[2])"
    if column.name not in layout.positions:
        return "NULL::VARCHAR[]"
    form = layout.forms.get(column.name, ListForm())
    items = f"list_transform({_delivered_items(layout, column, form)}, lambda f: {trimmed('f')})"
    if form.has_bullets:
        plain = f"regexp_replace(x, {quote_text(_BULLET)}, '')"
        items = f"list_transform({items}, lambda x, i: if({_bullet_of('x', 'i')} IS NULL, x, {plain}))"
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
    if form.is_enclosed:
        return _enclosed_items(_decoded(_whole_list(layout, column), form), separator)
    fields = fields_of(layout, column.name)
    items = f"string_split({_decoded(content_of(f'({fields})[1]', layout), form)}, {quote_text(separator)})"
    if column.name != layout.list_column or not layout.takes_more:
        return items
    # What separates the fields separates the items, so a comma within a field is part of its item. A delimiter behind
    # the one field of a list separates nothing.
    run_on = f"list_transform({fields}, lambda f: {_decoded(content_of('f', layout), form)})"
    is_one = "len(list_filter(list_fields[2:], lambda f: trim(f) <> '')) = 0"
    return f"""CASE WHEN len(fields) <= {layout.n_fields} THEN {items}
        WHEN trim(list_fields[-1]) <> '' THEN {run_on} WHEN {is_one} THEN {items} ELSE {run_on} END"""


def _decoded(text: str, form: ListForm) -> str:
    """Return the expression for a text with the characters that its HTML entities stand for."""
    for entity, character in _READ_ENTITIES.items() if form.has_entities else ():
        text = f"replace({text}, {quote_text(entity)}, {quote_text(character)})"
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
