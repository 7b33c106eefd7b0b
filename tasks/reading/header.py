"""Find the header of a delivered file: its dialect, its line, and the positions of the declared columns."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from schemas.dataset import Column, items_of, normalize_header
from schemas.dialect import Dialect
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from schemas.layout import Layout, WideCells
from schemas.private import private
from tasks.reading.head import HeadRecord, count_quoted_fields, head_records, without_closing
from tasks.reading.reject_columns import refuse_half_a_repair, reject_positions
from tasks.reading.wide_list import FEWEST_ITEMS, wide_items

#: Tried in this order where the dataset does not declare its delimiter, or its quote.
DELIMITERS = (",", ";", "\t", "|")
QUOTES = ('"', "'")

#: Records among which the header is looked for.
HEADER_WITHIN = 50

#: Fields that a message shows, and characters of each.
_SHOWN_FIELDS, _SHOWN_CHARACTERS = 30, 60


@dataclass(frozen=True)
class _Heading:
    """A record taken for the header, under one delimiter and quote."""

    record: HeadRecord
    delimiter: str
    quote: str | None
    columns_found: int


def read_layout(head: Sequence[str], columns: tuple[Column, ...], settings: FileSettings, path: str) -> Layout:
    """Return the layout that the first lines of a file give, reading them by the declared columns first.

    Args:
        head: the first lines of the file, blank ones too.
        settings: what is declared; a delimiter or quote that is not is the one under which most
            declared columns are found.
        path: the file, for the error.

    Raises:
        DataRefused: a header of a list or of kept columns occurs twice, a declared column is missing, or there is no
            header.
    """
    if not any(line.strip() for line in head):
        raise DataRefused(f"{path} holds blank lines only; expected a header line and one row per customer")
    heading = _heading(head, columns, settings)
    if heading is None:
        raise DataRefused(f"{path} holds comment lines only; expected a header line and one row per customer")
    rejects = reject_positions(heading.record.fields, columns)
    if not settings.header and not (rejects and heading.columns_found):
        return _without_header(head, columns, settings, path)
    dialect = _dialect(settings, heading.delimiter, _quote_of_rows(head, settings, heading.delimiter, heading.quote))
    where = f"{path} line {heading.record.first_line}"
    if heading.columns_found == 0 and _looks_like_data(heading.record.fields):
        raise DataRefused(_no_header(heading.record.fields, columns, where))
    header = _without_empty_end(heading.record.fields, columns)
    refuse_half_a_repair(header, rejects, where)
    positions = _positions(header, columns)
    repeated = _repeated(header, columns)
    taken = {*positions.values(), *rejects, *(position for _, position in repeated)}
    spare = tuple((name, number) for number, name in enumerate(header) if number not in taken and name)
    missing = [column for column in columns if column.name not in positions]
    wide = _wide_column(missing, columns, spare)
    items, cells = wide_items(spare if wide else (), head[heading.record.last_line :], dialect, len(header))
    lists = [column.header for column in items_of(columns)]
    kept = [name for name, _ in (spare if settings.columns == "evolve" and positions else items)]
    refuse_duplicate_headers(header, where, [*lists, *kept])
    if missing and len(items) < FEWEST_ITEMS:
        raise DataRefused(_missing_columns(missing, header, where, items, cells, has_header=bool(positions)))
    return Layout(
        dialect=dialect,
        header=header,
        header_text="\n".join(head[heading.record.first_line - 1 : heading.record.last_line]),
        header_line=heading.record.first_line,
        first_line=heading.record.last_line + 1,
        positions=positions,
        list_column=_list_column(columns, positions),
        wide_column=wide,
        item_positions=items,
        item_cells=cells,
        undeclared=tuple(column for column in spare if column not in items),
        repeated=repeated,
        reject_positions=rejects,
    )


def share_held(head: Sequence[str], columns: tuple[Column, ...], settings: FileSettings) -> float | None:
    """Return the share of the declared columns that the header holds; None where there is none to see it."""
    heading = _heading(head, columns, settings) if settings.header else None
    return heading.columns_found / len(columns) if heading else None


def refuse_duplicate_headers(header: tuple[str, ...], path: str, names: Iterable[str]) -> None:
    """Refuse a header in which one of some names occurs twice.

    Raises:
        DataRefused: with both columns.
    """
    first: dict[str, int] = {}
    keys = set(map(normalize_header, names))
    for number, name in enumerate(header, start=1):
        key = normalize_header(name)
        if key in keys and first.setdefault(key, number) != number:
            raise DataRefused(
                f"{path}: header {name!r} occurs twice, in columns {first[key]} and {number} "
                "(case, spaces and underscores do not count); rename or remove one"
            )


def _heading(head: Sequence[str], columns: tuple[Column, ...], settings: FileSettings) -> _Heading | None:
    """Return the record that holds most declared columns, the earliest of them, under the delimiter that shows it."""
    best: _Heading | None = None
    for dialect in _possible_dialects(settings):
        found = _best_record(head, columns, dialect)
        if found and (best is None or _rank(found) > _rank(best)):
            best = found
    return best


def _possible_dialects(settings: FileSettings) -> list[Dialect]:
    delimiters = (settings.delimiter,) if settings.delimiter else DELIMITERS
    quotes = (settings.quote or None,) if settings.quote is not None else QUOTES
    return [
        _dialect(settings, delimiter, quote) for quote, delimiter in product(quotes, delimiters) if delimiter != quote
    ]


def _rank(heading: _Heading) -> tuple[int, int, int]:
    return heading.columns_found, -heading.record.first_line, len(heading.record.fields)


def _best_record(head: Sequence[str], columns: tuple[Column, ...], dialect: Dialect) -> _Heading | None:
    best: _Heading | None = None
    for record, _ in zip(head_records(head, dialect), range(HEADER_WITHIN), strict=False):
        found = _Heading(record, dialect.delimiter, dialect.quote, len(_positions(record.fields, columns)))
        if best is None or found.columns_found > best.columns_found:
            best = found
        if best.columns_found == len(columns):
            break
    return best


def _dialect(settings: FileSettings, delimiter: str, quote: str | None) -> Dialect:
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        escape=settings.escape,
        comment=settings.comment,
        decimal=settings.decimal or ".",
        thousands=settings.thousands or None,
    )


def _without_header(head: Sequence[str], columns: tuple[Column, ...], settings: FileSettings, path: str) -> Layout:
    """Return the layout of a file without a header: the declared columns in their order.

    The dialect is the one under which most of the first records agree in their number of fields, each column having
    one; of equals, the one that takes quotes off whole fields.

    Raises:
        DataRefused: no record has a field for each, or they agree as well under another delimiter.
    """
    positions = {column.name: number for number, column in enumerate(columns)}
    list_column = _list_column(columns, positions)
    agreeing = {
        dialect: _agreeing(head, dialect, len(columns), takes_more=list_column is not None)
        for dialect in _possible_dialects(settings)
    }
    best, *others = sorted(agreeing, key=lambda tried: agreeing[tried], reverse=True)
    if agreeing[best][0] == 0:
        raise DataRefused(
            f"{path} line 1: no record has the {len(columns)} declared columns under any of the delimiters "
            f"{' '.join(map(repr, DELIMITERS))}; set delimiter= in the schema, or declare the columns that are there"
        )
    for other in others:
        is_there = other.delimiter != best.delimiter and any(other.delimiter in line for line in head)
        if is_there and agreeing[other] == agreeing[best]:
            raise DataRefused(
                f"{path} line 1: the fields may be separated by {best.delimiter!r} as well as by {other.delimiter!r}, "
                f"as {agreeing[best][0]} records have one length under each; set delimiter= in the schema"
            )
    return Layout(
        dialect=best,
        header=tuple(column.header for column in columns),
        positions=positions,
        list_column=list_column,
    )


def _quote_of_rows(head: Sequence[str], settings: FileSettings, delimiter: str, quote: str | None) -> str | None:
    """Return the quote that half of the first lines have around a field, where nothing else shows which one it is."""
    if settings.quote is not None or quote != QUOTES[0]:
        return quote
    lines = [line for line in head if line.strip()]
    usual, other = (sum(count_quoted_fields(line, delimiter, mark) > 0 for line in lines) for mark in QUOTES)
    return QUOTES[1] if other > usual and 2 * other >= len(lines) else quote


def _agreeing(head: Sequence[str], dialect: Dialect, n_columns: int, *, takes_more: bool) -> tuple[int, int]:
    """Return how many of the first records have one length that fits the columns, and how many fields are in quotes."""
    records = [record for record, _ in zip(head_records(head, dialect), range(HEADER_WITHIN), strict=False)]
    sizes = Counter(len(without_closing(record.fields, n_columns)) for record in records)
    fitting = [n for size, n in sizes.items() if size == n_columns or (takes_more and size > n_columns)]
    text = "\n".join(head[: records[-1].last_line]) if records else ""
    quoted = count_quoted_fields(text, dialect.delimiter, dialect.quote) if dialect.quote else 0
    return max(fitting, default=0), quoted


def _list_column(columns: tuple[Column, ...], positions: dict[str, int]) -> str | None:
    lists = [column.name for column in items_of(columns) if column.name in positions]
    return lists[0] if len(lists) == 1 else None


def _without_empty_end(header: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the header without the unnamed end that an extra delimiter makes after a list.

    It would take the last item of every list for itself.
    """
    named = len(header)
    while named > 0 and not header[named - 1]:
        named -= 1
    lists = {normalize_header(column.header) for column in items_of(columns)}
    return header[:named] if named and normalize_header(header[named - 1]) in lists else header


def _positions(header: tuple[str, ...], columns: tuple[Column, ...]) -> dict[str, int]:
    positions = {normalize_header(name): position for position, name in reversed(list(enumerate(header)))}
    wanted = {column.name: normalize_header(column.header) for column in columns}
    return {name: positions[key] for name, key in wanted.items() if key in positions}


def _repeated(header: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[tuple[str, int], ...]:
    """Return (declared column, position) of each header of a declared column after the first of that name."""
    names = {normalize_header(column.header): column.name for column in columns}
    first: dict[str, int] = {}
    return tuple(
        (names[key], position)
        for position, key in enumerate(map(normalize_header, header))
        if key in names and first.setdefault(key, position) != position
    )


def _wide_column(missing: list[Column], columns: tuple[Column, ...], spare: tuple[tuple[str, int], ...]) -> str | None:
    """Return the items column that the spare headers may be the items of: the only one, and the only one missing."""
    if len(missing) == 1 and items_of(columns) == tuple(missing) and spare:
        return missing[0].name
    return None


def _missing_columns(
    missing: list[Column],
    header: tuple[str, ...],
    path: str,
    items: tuple[tuple[str, int], ...],
    cells: WideCells,
    *,
    has_header: bool,
) -> str:
    """Return the message for declared columns that the header does not hold.

    Args:
        items: (header, position) of the columns of 0 and 1 or the like, too few for a list.
        cells: what these hold.
        has_header: whether a declared column was found, so that the other fields are headers, too.
    """
    wanted = ", ".join(repr(column.header) for column in missing)
    # Without a declared column this may be a row of a file without a header.
    said = str if has_header else private
    likely = _most_similar(missing[0], header, is_only_one=len(missing) == 1)
    hint = f"; is {said(repr(likely))} the same? then set alias={said(repr(likely))}" if likely else ""
    lone = "".join(
        f"; {said(repr(name))} holds {cells.in_words}, but one such column is not a list" for name, _ in items
    )
    found = said(_shown(header))
    what = f"column {wanted} is" if len(missing) == 1 else f"columns {wanted} are"
    what_to_deliver = "the column" if len(missing) == 1 else "the columns"
    advice = f"deliver {what_to_deliver}, or name the header with alias= in a schema, which segments draft writes"
    return f"{path}: {what} missing (found {found}){hint}{lone}; {advice}"


def _most_similar(missing: Column, header: tuple[str, ...], *, is_only_one: bool) -> str | None:
    """Return the header that most likely is the missing column under another name."""
    by_key = {normalize_header(name): name for name in header if name}
    close = difflib.get_close_matches(normalize_header(missing.header), list(by_key), n=1)
    if close:
        return by_key[close[0]]
    holding = [name for key, name in by_key.items() if normalize_header(missing.header) in key]
    return holding[0] if is_only_one and holding else None


def _shown(fields: tuple[str, ...]) -> str:
    """Return the first of some fields, cut, for a message of one line."""
    cut = [
        repr(field if len(field) <= _SHOWN_CHARACTERS else f"{field[: _SHOWN_CHARACTERS - 3]}...")
        for field in fields[:_SHOWN_FIELDS]
    ]
    rest = len(fields) - len(cut)
    return ", ".join(cut) + (f" and {rest} more" if rest > 0 else "")


def _looks_like_data(fields: tuple[str, ...]) -> bool:
    """Return whether a record holds a number: headers hold words."""
    return any(field.replace(".", "", 1).replace(",", "", 1).lstrip("+-").isdecimal() for field in fields)


def _no_header(fields: tuple[str, ...], columns: tuple[Column, ...], path: str) -> str:
    wanted = ", ".join(repr(column.header) for column in columns)
    return (
        f"{path}: no header, found {private(_shown(fields))}; expected {wanted}. If the file has none, set "
        "header=False in the schema and declare the columns in their order"
    )
