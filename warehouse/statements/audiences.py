"""SQL that compares the groups of a frozen audience."""

from collections.abc import Sequence

from warehouse.statements.quoting import quote_identifier, quote_text


def compare_groups(audience: str, numbers: Sequence[str]) -> str:
    """Return the query that compares the control group of an audience with the other members, as they are now.

    One row per group: its members, how many are customers still, and of each number the mean and its standard error.

    Args:
        audience: its name.
        numbers: the numeric columns of customers.
    """
    means = [
        f"    avg(customers.{quote_identifier(name)}) AS {quote_identifier(name)},\n"
        f"    stddev_samp(customers.{quote_identifier(name)}) / sqrt(count(customers.{quote_identifier(name)})) "
        f"AS {quote_identifier(f'{name}_error')}"
        for name in numbers
    ]
    columns = ",\n".join(["    count(*) AS members", "    count(customers.customer_id) AS still_customers", *means])
    return (
        f"SELECT audience_members.is_control,\n{columns}\n"
        "FROM audience_members LEFT JOIN customers USING (customer_id)\n"
        f"WHERE audience_members.audience = {quote_text(audience)}\n"
        "GROUP BY audience_members.is_control ORDER BY audience_members.is_control"
    )
