"""SQL for rows that a report adds to its customers: totals, headings and footers."""

from collections.abc import Iterable, Sequence

from schemas.dataset import Column
from schemas.fields import Role
from warehouse.statements.quoting import quote_identifier, quote_text

#: Words of many languages that name a total or a mean, as a pattern in small letters.
_TOTALS = (
    r"(?:^|[^\pL])(?:(?:sub|zwischen|gesamt|end)?(?:totals?|summen?)|total[eit]|totaal|totalt|toplam|sums?|suma|somme|"
    r"som|gesamt|insgesamt|összesen|celkem|spolu|razem|ogółem|ukupno|yhteensä|i alt|итого|всего|合計|總計|总计|합계|"
    r"averages?|mean|avg|moyennes?|durchschnitt|mittelwert|schnitt|promedio|media|média|gemiddelde|średnia|среднее|平均)"
    r"(?:[^\pL]|$)"
)

#: First records that show what a text usually looks like, and the share of them that must.
_SHOWING, _USUAL = 1_000, 0.9


def number_columns(columns: Sequence[Column]) -> list[Column]:
    """Return the columns whose cells a total may add up."""
    return [column for column in columns if column.role is Role.NUMERIC]


def select_any_bare(columns: Sequence[Column]) -> str:
    """Return the query for one record of ``work.texts`` with one text at most, as each suspect has."""
    return f"SELECT _record FROM work.texts WHERE {_is_bare(columns)} LIMIT 1"


def select_suspects(columns: Sequence[Column]) -> str:
    """Return the query for the records of ``work.texts`` that may be no customers: one row per record.

    Some cell is empty, and one text at most is not, which names a total, is not written as the others of its column,
    or stands alone. ``numbers`` has the number of each column of numbers, in their order.
    """
    numbers, texts = number_columns(columns), [column for column in columns if column.role is not Role.NUMERIC]
    cells, values = list(map(_text_of, texts)), list(map(_number_of, numbers))
    strays = [f"CASE WHEN {_number_of(column)} IS NULL THEN {quote_identifier(column.name)} END" for column in numbers]
    names = [
        f"WHEN {cell} IS NOT NULL THEN {quote_text(column.name)}"
        for column, cell in zip([*texts, *numbers], [*cells, *strays], strict=True)
    ]
    # What is no yes or no in a flag is rejected as such.
    shaped = [_text_of(column) for column in texts if column.role is not Role.FLAG]
    usual = [f"WHEN {cell} IS NOT NULL THEN {_shape(cell)} <> _usual[{place}]" for place, cell in enumerate(shaped, 1)]
    stray = f"WHEN _label IS NOT NULL AND {_count(cells)} = 0 THEN true"
    return f"""
        WITH shapes AS (
            SELECT [{", ".join(map(_shape, shaped))}]::VARCHAR[] AS shapes FROM work.texts LIMIT {_SHOWING}
        ), counted AS (
            SELECT place, shape, count(*) AS n
            FROM (SELECT unnest(shapes) AS shape, generate_subscripts(shapes, 1) AS place FROM shapes)
            WHERE shape IS NOT NULL GROUP BY place, shape
        ), habits AS (
            SELECT map(list(place), list(usual)) AS _usual
            FROM (
                SELECT place, CASE WHEN max(n) > {_USUAL} * sum(n) THEN arg_max(shape, n) END AS usual
                FROM counted GROUP BY place
            )
        ), suspects AS (
            SELECT *, CASE {" ".join(names)} END AS _column_name,
                coalesce({", ".join([*cells, *strays, "NULL"])}) AS _label,
                {_count(cells)} + {_count(strays)} AS _n_texts, {_count(values)} AS _n_numbers
            FROM work.texts WHERE {_is_bare(columns)}
        ), judged AS (
            SELECT *,
                coalesce(regexp_matches(lower(_label), {quote_text(_TOTALS)}), false) AS _is_named_total,
                coalesce(CASE {" ".join([*usual, stray])} END, false) AS _is_unusual,
                _n_texts = 1 AND _n_numbers = 0 AND {len(columns)} > 2 AS _is_alone
            FROM suspects, habits
        )
        SELECT _record AS record, _column_name AS column_name, _label AS label, _is_named_total AS is_named_total,
            _is_unusual AS is_unusual, _is_alone AS is_alone,
            [{", ".join(values)}]::DOUBLE[] AS numbers
        FROM judged
        WHERE _n_texts <= 1 AND _n_texts + _n_numbers > 0
            AND (_n_texts + _n_numbers < {len(columns)} OR _is_named_total)
            AND (_label IS NULL OR _is_named_total OR _is_unusual OR _is_alone)
        ORDER BY _record"""


def select_sums_between(columns: Sequence[Column]) -> str:
    """Return the query for what the records between those of ``_suspects`` add up to: one row per record of it.

    ``n`` counts the records between it and the one before, and ``sums`` has the sum of each column of numbers.
    """
    sums = ", ".join(f"coalesce(sum({_number_of(column)}), 0)" for column in number_columns(columns))
    return f"""
        WITH others AS (
            SELECT * FROM work.texts ANTI JOIN _suspects ON texts._record = _suspects.record
        )
        SELECT _suspects.record, count(others._record) AS n, [{sums}]::DOUBLE[] AS sums
        FROM others ASOF JOIN _suspects ON others._record < _suspects.record
        GROUP BY _suspects.record ORDER BY _suspects.record"""


def select_met_once(column: Column) -> str:
    """Return the query for the texts of ``_suspects`` that a column holds in no other record: one row per text."""
    name = quote_identifier(column.name)
    return f"""
        SELECT {name} AS label FROM work.texts
        WHERE {name} IN (SELECT label FROM _suspects) GROUP BY {name} HAVING count(*) = 1"""


def select_without(column: Column) -> str:
    """Return the query for the records of ``work.texts`` in which a column is empty: one row per record."""
    return f"SELECT _record AS record FROM work.texts WHERE {quote_identifier(column.name)} IS NULL ORDER BY _record"


def _is_bare(columns: Sequence[Column]) -> str:
    return f"{_count(_text_of(column) for column in columns if column.role is not Role.NUMERIC)} <= 1"


def _text_of(column: Column) -> str:
    name = quote_identifier(column.name)
    return f"nullif(array_to_string({name}, ', '), '')" if column.role is Role.ITEMS else name


def _number_of(column: Column) -> str:
    return f"TRY_CAST({quote_identifier(column.name)} AS DOUBLE)"


def _count(expressions: Iterable[str]) -> str:
    """Return the expression for how many of some are not null."""
    return f"list_count([{', '.join(expressions)}])"


def _shape(text: str) -> str:
    """Return the expression for what a text looks like: its runs of digits and of letters are one each."""
    return f"regexp_replace(regexp_replace({text}, '[0-9]+', '9', 'g'), '\\pL+', 'a', 'g')"
