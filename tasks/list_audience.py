"""List the customers of a segment for upload: all of them, or those added and removed since the last list."""

import csv
import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from schemas.errors import SegmentsError, UsageError
from schemas.shown import counted
from tasks.export import refuse_in_home
from warehouse.audience_lists import (
    Listed,
    keep_list,
    kinds_of,
    last_list_file,
    list_to_write,
    make_changes,
    make_list,
    unusable_values,
)
from warehouse.audiences import has_identifier, refuse_without_identifier
from warehouse.connection import Connection, published
from warehouse.exporting import TableFormat, relation_of, write_relation
from warehouse.home.directory import Home, make_directory
from warehouse.private_files import check_output, place_files, private_folder
from warehouse.querying import refuse_another_version
from warehouse.segments import no_such_segment, published_names
from warehouse.statements.audience_lists import ListColumn

#: What is said of a customer or several who are not in a list.
_LEFT_OUT = ("customer is left out", "customers are left out")


@dataclass(frozen=True)
class ListOrder:
    """What was asked for.

    Attributes:
        segment: number or name of the segment.
        columns: columns of customers, with commas between them.
        hashed: those of them that are listed as a hash; they need not be in ``columns``.
        country_code: of phone numbers without one.
        delta: list what has changed since the last list, and no more.
    """

    segment: str
    columns: str | None = None
    hashed: str | None = None
    country_code: str | None = None
    delta: bool = False


@dataclass(frozen=True)
class AudienceList:
    """What a list has.

    Attributes:
        segment_id: the segment.
        segment_name: its name; None where it is no longer published.
        n_rows: rows written.
        added: rows that are new since the last list; None where the whole list was written.
        removed: rows of the last list that are no longer in it; None as ``added``.
        n_marked: cells that were marked, as a spreadsheet would run them.
        remarks: what a reader should know of it, in words.
    """

    segment_id: int
    segment_name: str | None
    n_rows: int
    added: int | None = None
    removed: int | None = None
    n_marked: int = 0
    remarks: tuple[str, ...] = ()


@dataclass
class _Listing:
    """A list under construction."""

    home: Home
    segment_id: int
    segment_name: str | None
    columns: list[ListColumn]
    remarks: list[str] = field(default_factory=list)


#: What to know of keys that no other system has.
_MADE_UP_KEYS = (
    "customer_id is made from the row, as the dataset declares no identifier, and no other system knows it; "
    "--columns lists other columns"
)


def list_audience(
    home: Home, order: ListOrder, form: TableFormat, output: Path | BinaryIO, *, force: bool = False
) -> AudienceList:
    """Write the list of a segment's customers, or what has changed in it.

    A list that is written to a file is kept in the home as the last one; one that is printed is not.

    Args:
        home: directory of the published file.
        order: what was asked for.
        form: how it is written.
        output: the file to write, or a stream to print to.
        force: write over a file that exists.

    Raises:
        UsageError: nothing is published, there is no such segment or column, a column cannot be hashed, the customers
            have no identifier to find changes by, or the file cannot be written.
        HomeNotWritable: the list cannot be kept in the home.
    """
    if isinstance(output, Path):
        refuse_in_home(home, output)
        check_output(output, force=force)
    with private_folder() as folder, published(home, folder) as database:
        refuse_another_version(database, home)
        is_kept = has_identifier(database)
        if order.delta:
            refuse_without_identifier(database, "--delta cannot tell a customer who left from one who changed")
        segment_id, name = _segment(database, home, order)
        listing = _Listing(home, segment_id, name, _columns(database, order))
        listed = make_list(database, listing.columns, segment_id)
        _note_left_out(database, listing, listed)
        if not is_kept and any(column.name == "customer_id" for column in listing.columns):
            listing.remarks.append(_MADE_UP_KEYS)
        last = last_list_file(home, segment_id, listed.columns)
        added, removed = _changes(database, listing, last, folder) if order.delta else (None, None)
        relation = list_to_write(database, only_changes=order.delta)
        written, kept = folder / f"list.{form.name}", folder / "kept.parquet"
        n_marked = write_relation(database, relation, written, form)
        keep_list(database, kept)
        if isinstance(output, Path):
            if is_kept:
                make_directory(home.audiences, 0o700)  # lists that later ones are compared with: for their owner alone
            place_files([(written, output), *([(kept, last)] if is_kept else [])])
        else:
            with written.open("rb") as file:
                shutil.copyfileobj(file, output)
    return AudienceList(segment_id, name, relation.n_rows, added, removed, n_marked, tuple(listing.remarks))


def _segment(database: Connection, home: Home, order: ListOrder) -> tuple[int, str | None]:
    """Return number and name of the segment; one that is gone has no name, and only its last list."""
    names, asked = published_names(database), order.segment.strip()
    if not re.fullmatch(r"[0-9]{1,9}", asked):
        found = [number for number, name in names.items() if name.casefold() == asked.casefold()]
    elif int(asked) in names:
        found = [int(asked)]
    elif order.delta and any(home.audiences.glob(f"segment-{int(asked)}-*.parquet")):
        return int(asked), None
    else:
        found = []
    if len(found) != 1:
        raise no_such_segment(asked, home, names)
    return found[0], names[found[0]]


def _columns(database: Connection, order: ListOrder) -> list[ListColumn]:
    """Return the columns of the list, in the order asked for, those that are only hashed last."""
    known = {column.name.casefold(): column.name for column in relation_of(database, "main", "customers").columns}
    hashed = [_known(name, "--hash", known) for name in _names(order.hashed)]
    chosen = [_known(name, "--columns", known) for name in _names(order.columns)]
    code = _country_code(order.country_code)
    columns = [
        _hashed(database, name, code) if name in hashed else ListColumn(name)
        for name in dict.fromkeys([*chosen, *hashed] or ["customer_id"])
    ]
    listed = [column.listed_name.casefold() for column in columns]
    if twice := [name for name in listed if listed.count(name) > 1 or (order.delta and name == "change")]:
        raise UsageError(f"the list would have two columns {twice[0]}; leave one of them out of --columns")
    return columns


def _names(text: str | None) -> list[str]:
    """Return the names in a text with commas between them; one that has a comma itself is in quotes."""
    return [name.strip() for name in next(csv.reader([text or ""]), []) if name.strip()]


def _known(name: str, option: str, known: dict[str, str]) -> str:
    if name.casefold() not in known:
        raise UsageError(
            f"{option} {name}: customers have no such column, but {', '.join(known.values())}; declare it in the "
            f"schema, as in: email: Series[str] = ignored(nullable=True)"
        )
    return known[name.casefold()]


def _country_code(text: str | None) -> str | None:
    if text is None:
        return None
    digits = text.strip().removeprefix("+")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", digits):
        raise UsageError(f"--country-code {text} cannot be used; expected one to three digits, such as 1 or 49")
    return digits


def _hashed(database: Connection, name: str, country_code: str | None) -> ListColumn:
    """Return a column that is hashed as what most of its values are."""
    kinds = kinds_of(database, name)
    if 2 * kinds.n_emails >= max(kinds.n_values, 1):
        return ListColumn(name, "e-mail address")
    if 2 * kinds.n_phones < kinds.n_values:
        raise UsageError(
            f"--hash {name}: {kinds.n_values:,} values, of which {kinds.n_emails:,} are e-mail addresses and "
            f"{kinds.n_phones:,} phone numbers; expected most of them to be one or the other"
        )
    return ListColumn(name, "phone number", country_code)


def _note_left_out(database: Connection, listing: _Listing, listed: Listed) -> None:
    """Remark on the values that are left blank, and the customers that are left out."""
    for column in listing.columns:
        if column.kind == "as it is":
            continue
        unusable = unusable_values(database, column, listing.segment_id)
        if n := unusable.n_without_code:
            were = counted(n, "phone number has no country code and was", "phone numbers have no country code and were")
            listing.remarks.append(f"{column.name}: {were} left blank; give --country-code, as in --country-code 1")
        if n := unusable.n_unusable - unusable.n_without_code:
            values = counted(n, "value is", "values are")
            listing.remarks.append(f"{column.name}: {values} no {column.kind}; left blank")
    hashed = [column.name for column in listing.columns if column.kind != "as it is"]
    names = ", ".join(hashed or [column.name for column in listing.columns])
    if n := listed.n_blank:
        listing.remarks.append(f"{counted(n, *_LEFT_OUT)}, without a value in {names}")
    if n := listed.n_repeated:
        listing.remarks.append(f"{counted(n, *_LEFT_OUT)}, as another one has the same {names}")


def _changes(database: Connection, listing: _Listing, last: Path, folder: Path) -> tuple[int, int]:
    """Compare the list with the last one, and remark on what it is compared with."""
    copied = None
    if last.exists():
        copied = Path(shutil.copyfile(last, folder / "last.parquet"))
        day = datetime.fromtimestamp(last.stat().st_mtime, UTC)
        listing.remarks.append(f"compared with the list of {day:%Y-%m-%d %H:%M} UTC ({last})")
    elif listing.segment_name is None:
        raise UsageError(
            f"segment {listing.segment_id} is no longer published, and no list of it with these columns is kept; "
            "give the --columns and --hash of its last list"
        )
    else:
        listing.remarks.append("no earlier list of this segment with these columns is kept: all customers are added")
    if listing.segment_name is None:
        listing.remarks.append(f"segment {listing.segment_id} is no longer published: all of its last list are removed")
    try:
        return make_changes(database, listing.columns, copied)
    except SegmentsError as error:
        raise SegmentsError(f"{last}: {error}; remove it, and all customers are listed as added") from error
