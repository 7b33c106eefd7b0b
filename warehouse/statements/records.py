"""SQL for records: one row per record of a source, split into the declared columns, with the fault of its shape."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.fields import Role
from schemas.layout import Layout
from warehouse.statements.commas import first_item, style_of_list
from warehouse.statements.faults import not_zero_or_one, shape_fault, undeclared_value
from warehouse.statements.fields import cell_of
from warehouse.statements.lists import first_of_each, items_of_column
from warehouse.statements.quoting import quote_identifier


def select_records(layout: Layout, columns: Sequence[Column], first_record: int) -> str:
    """Return the query that makes records of ``work.record_fields``: one row per record.

    Every declared column becomes a text without blanks around it (null where empty), an items
    column a list without blanks, empties and repetitions.

    Args:
        layout: where the columns are in this source.
        columns: the declared columns, and the undeclared ones that are kept.
        first_record: key of the first line of the source.
    """
    items = {column.name: quote_identifier(f"items:{column.name}") for column in columns if column.role is Role.ITEMS}
    lists = "".join(
        f",\n                {items_of_column(layout, column)} AS {items[column.name]}"
        for column in columns
        if column.name in items
    )
    cells = ",\n            ".join(
        f"{first_of_each(items[column.name]) if column.name in items else cell_of(layout, column)}"
        f" AS {quote_identifier(column.name)}"
        for column in columns
    )
    return f"""
        WITH judged AS (
            SELECT
                *,
                {not_zero_or_one(layout)} AS not_zero_or_one,
                {undeclared_value(layout)} AS undeclared_value{lists}
            FROM work.record_fields
        )
        SELECT
            record AS _record,
            {shape_fault(layout, columns, first_record)} AS _fault,
            len(fields) AS _n_fields,
            coalesce(not_zero_or_one, undeclared_value) AS _found,
            broken AS _broken,
            {first_item(layout, columns)} AS _first_item,
            {style_of_list(layout, columns)} AS _style,
            {cells}
        FROM judged"""
