"""``REJECT_CODES``: the code and meaning of every fault for which a row is rejected, declared once.

Rows are rejected by ``tasks/reading/checks.py`` for their values, else by the statements that name the code.
"""

#: code -> what it means, and what to do about it.
REJECT_CODES: dict[str, str] = {
    "not_text": "Bytes are not text in the encoding of the file; deliver text, or declare `encoding=`.",
    "broken_quote": "A quote opens or closes within a field, or never closes; quote fields as a whole.",
    "before_header": "The row precedes the header, as a title does; deliver the header first.",
    "header_again": "The row repeats the header, as files that were joined do; remove it.",
    "empty_row": "The row is all delimiters, as the empty rows of a spreadsheet are; nothing is lost with it.",
    "ruled_line": "The row is dashes, as programs draw under a header; nothing is lost with it.",
    "total_row": "The numbers of the row are the sums of other rows, or its text says total or mean; remove it.",
    "heading_row": "One cell of the row is filled, and not as its column is: a heading or a footer; remove it.",
    "too_few_fields": "The row has fewer fields than the header; a delimiter or the end of the row is missing.",
    "too_many_fields": "The row has more fields than the header, none a list; quote what holds a delimiter.",
    "empty_end": "The row ends with more delimiters than columns, after a list; remove them.",
    "undecidable_comma": "A comma may belong to the text before the list or to the list; quote it, or set `isin=`.",
    "not_zero_or_one": "A cell of a list that is delivered as one column per item is neither 0 nor 1, nor the like.",
    "undeclared_value": 'A column that the schema does not declare is filled, and `columns="discard_row"` is declared.',
    "missing_value": "A value is missing in a column that may not be empty; deliver it, or declare `missing=`.",
    "not_a_whole_number": "The cell of a `Series[int]` is not a whole number; `strip=` takes a unit off it.",
    "not_a_number": "The cell of a `Series[float]` is not a number; see `strip=`, `sentinels=` and `decimal=`.",
    "not_a_flag": "The cell of a flag is none of 1/0, yes/no, y/n, true/false, t/f, or the like in a known language.",
    "out_of_range": "A number is outside of `ge=`, `gt=`, `le=`, `lt=` or `in_range=`, or too large to compute with.",
    "not_allowed": "A value is none of those that `isin=`, `eq=`, `notin=`, `str_matches=` or `str_length=` allow.",
    "check_failed": "A value fails another check of pandera that the schema declares.",
    "lost_id": "The identifier is a long number that a spreadsheet rounded, 6.28E+12; export the column as text.",
    "duplicate_id": 'The identifier is on an earlier row too (with `keep="last"` a later one), which is kept.',
}
