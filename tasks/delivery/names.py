"""What the names of files in a directory say: which of them are no deliveries, of which day, and of which kind."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

#: What a file is -> the names of such files, which are never taken.
_NEVER: dict[str, str] = {
    "unfinished": r"_?te?mp[ _-].*|.*\.(?:!ut|!qb|part|partial|filepart|crdownload|opdownload|download|te?mp"
    r"|incomplete|in-?progress|writing|upload(?:ing)?|sw[px])|unconfirmed .*",
    "a lock": r"~\$.*|\.~.*|.*\.(?:lock|lck)",
    "hidden": r"\..*",
    "a backup": r".*(?:~|\.(?:bak|old|orig))",
    "a checksum or signature": r".*\.(?:md5|sha-?\d{1,3}|sfv|crc|sig|\w+\.asc)|(?:.*\W)?(?:md5|sha\d*)sums?(?:\.txt)?",
    "a marker": r".*\.(?:done|ok|ready|rdy|complete|finished|fin|trg|ctl|eof|go|flag|success)|_success",
}

#: The same of files that are taken where the setting ``deliveries`` names them.
_OTHER: dict[str, str] = {
    "a readme": r"(?:read[ _-]?me|liesmich|lisez[ _-]?moi|l[eé][ae]me|leggimi)(?:[\W_].*)?|licen[sc]e(?:\.txt)?",
    "another format": r".*\.(?:xlsx?|xlsm|xlsb|ods|numbers|pdf|docx?|odt|rtf|pptx?|md|html?|xml|jsonl?|ya?ml|ini|log"
    r"|png|jpe?g|gif|svg|eml|msg|py|sql|sh|bat|exe|lnk|url|db|sqlite3?|duckdb|parquet|avro|orc|gpg|pgp|7z|rar|tar"
    r")(?:\.(?:gz|zip|zstd?))?",
}

#: Words for those who are customers no more.
_OF_OTHERS = frozenset(
    {"unsubscribed", "unsubscribes", "unsubscriber", "cleaned", "bounced", "bounces", "deleted", "removed", "returns",
     "refunds", "refunded", "blocked", "blacklist", "suppressed", "suppression", "suppressions", "inactive", "archived",
     "rejected", "rejects", "abgemeldet", "abgemeldete", "geloescht", "gelöscht", "gesperrt", "retouren",
     "désabonnés", "desabonnes", "supprimés", "bajas", "cancellati", "afgemeld"}
)  # fmt: skip

_DATE = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})(?P<mark>[-_.]?)(?P<month>\d{2})(?P=mark)(?P<day>\d{2})"
    r"|(?P<day_>\d{2})\.(?P<month_>\d{2})\.(?P<year_>\d{4}))(?!\d)"
)

_ENDINGS = re.compile(r"(?i)(?:\.(?:csv|txt|tsv|tab|dat|psv|gz|zip|zst|zstd))+$")


def why_passed_over(name: str, done_marker: str | None, *, is_named: bool) -> str | None:
    """Return what the name of a file says it is instead of a finished delivery; None where it may be one.

    Args:
        done_marker: ending of the files that are markers.
        is_named: whether the setting ``deliveries`` names the file.
    """
    if done_marker and name.endswith(done_marker):
        return "a marker"
    kinds = _NEVER if is_named else _NEVER | _OTHER
    return next((what for what, pattern in kinds.items() if re.fullmatch(pattern, name, re.IGNORECASE)), None)


def day_of(path: Path) -> date | None:
    """Return the first date in a file's name; None where there is none."""
    return next((day for day, _ in _dates(path.name)), None)


def is_to_come(day: date) -> bool:
    """Return whether a day is after tomorrow in UTC; tomorrow has come in other time zones."""
    return day > datetime.now(UTC).date() + timedelta(days=1)


def is_of_others(path: Path) -> bool:
    """Return whether a file's name says that it lists those who are customers no more, or should not be written to."""
    return bool(_OF_OTHERS.intersection(re.findall(r"[^\W\d_]+", path.name.casefold())))


def stem_of(path: Path) -> str:
    """Return the words with which a file's name begins, its date aside: files of one kind share them."""
    name = _ENDINGS.sub("", path.name)
    for _, date_found in _dates(name):
        name = name.replace(date_found[0], " ")
    words: list[str] = []
    for word in re.findall(r"[^\W_]+", name.casefold()):
        bare = re.sub(r"v?\d+$", "", word)
        if re.search(r"\d", bare) or (bare != word and words):
            break
        words.append(bare)
    return " ".join(filter(None, words))


def _dates(name: str) -> Iterator[tuple[date, re.Match[str]]]:
    for match in _DATE.finditer(name):
        with suppress(ValueError):
            yield date(*(int(match[part] or match[f"{part}_"]) for part in ("year", "month", "day"))), match
