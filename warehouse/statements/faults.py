"""SQL for faults: the code of what is wrong with the shape of a record, so that its fields are ambiguous."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.layout import Layout
from warehouse.statements.commas import is_shifted
from warehouse.statements.fields import is_blank, is_ruled, named_cells, trimmed
from warehouse.statements.lists import is_known_cell
from warehouse.statements.quotes import is_broken, unquoted
from warehouse.statements.quoting import quote_text


def shape_fault(layout: Layout, columns: Sequence[Column], first_record: int) -> str:
    """Return the expression for the code of what is wrong with a record's shape; null where nothing is.

    It reads the columns ``not_zero_or_one`` and ``undeclared_value`` beside those of ``work.record_fields``.

    Args:
        first_record: key of the first line of the source.
    """
    header_record, is_more = first_record + layout.header_line - 1, f"len(fields) > {layout.n_fields}"
    conditions = {
        "before_header": f"record < {header_record}" if layout.header_line else "false",
        "header_again": _repeats_header(layout) if layout.header_line else "false",
        "broken_quote": _has_broken_quote(layout),
        "empty_row": is_blank(layout),
        "ruled_line": is_ruled(layout),
        "too_few_fields": f"len(fields) < {layout.n_fields}",
        "undecidable_comma": f"{is_more} AND {is_shifted(layout, columns)}",
        "empty_end": f"{is_more} AND {_ends_empty(layout)}",
        "too_many_fields": "false" if layout.takes_more else is_more,
        "not_zero_or_one": "not_zero_or_one IS NOT NULL",
        "undeclared_value": "undeclared_value IS NOT NULL",
    }
    cases = "".join(
        f"\n                WHEN {condition} THEN '{code}'"
        for code, condition in conditions.items()
        if condition != "false"
    )
    return f"CASE WHEN broken IS NOT NULL THEN 'broken_quote'{cases} END"


def not_zero_or_one(layout: Layout) -> str:
    """Return the expression for the first cell of a wide list that is neither 0 nor 1 or the like, as 'item=cell'."""
    return _first_cell(layout, layout.item_positions if layout.wide_column else (), f"NOT ({is_known_cell(layout)})")


def undeclared_value(layout: Layout) -> str:
    """Return the expression for the first cell of an undeclared column that is not empty, as 'header=cell'."""
    return _first_cell(layout, layout.undeclared if layout.rejects_undeclared else (), "z[1] <> ''")


def _first_cell(layout: Layout, named: Sequence[tuple[str, int]], condition: str) -> str:
    if not named:
        return "NULL::VARCHAR"
    faults = f"list_filter({named_cells(layout, named)}, lambda z: {condition})"
    return f"list_transform({faults}, lambda z: z[2] || '=' || z[1])[1]"


def _repeats_header(layout: Layout) -> str:
    """Return the condition for a record that repeats the header; its first field is looked at first."""
    cells = f"list_transform(fields, lambda f: lower({trimmed(unquoted('f', layout.dialect))}))"
    names = [quote_text(name.lower()) for name in layout.header]
    is_first = f"lower({trimmed(unquoted('fields[1]', layout.dialect))}) = {names[0]}"
    n_more = f"len(list_filter({cells}[{layout.n_fields + 1}:], lambda c: c <> ''))"
    return f"{is_first} AND {cells}[:{layout.n_fields}] = [{', '.join(names)}] AND {n_more} = 0"


def _has_broken_quote(layout: Layout) -> str:
    if layout.dialect.quote is None:
        return "false"
    n_broken = f"len(list_filter(fields, lambda f: {is_broken('f', layout.dialect)}))"
    return f"contains(raw, {quote_text(layout.dialect.quote)}) AND {n_broken} > 0"


def _ends_empty(layout: Layout) -> str:
    """Return the condition for delimiters too many where the list and the record end: any may be the wrong one."""
    is_list_last = layout.list_column is not None and layout.positions[layout.list_column] == layout.n_fields - 1
    if not layout.takes_more or is_list_last:
        return "false"
    return "trim(fields[-1]) = '' AND trim(list_fields[-1]) = ''"
