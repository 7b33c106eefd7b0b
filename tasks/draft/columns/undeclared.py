"""Find the columns that a schema should not declare: without a name or a value, or of a header that stands twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.dataset import normalize_header
from tasks.draft.columns.facts import Facts
from tasks.draft.text.wording import examples, several, shown


@dataclass(frozen=True)
class Declarable:
    """The columns that are declared, and what is to be said of the others."""

    columns: tuple[Facts, ...]
    notes: tuple[str, ...]


def split_declarable(columns: Sequence[Facts]) -> Declarable:
    """Return the columns of a file that its schema declares; of a file without a header, all of them."""
    of_header: dict[str, list[Facts]] = defaultdict(list)
    for facts in columns:
        of_header[normalize_header(facts.header or "")].append(facts)
    reasons = {facts.index: _reason(facts, of_header[normalize_header(facts.header or "")]) for facts in columns}
    said: dict[str, list[str]] = defaultdict(list)
    for facts in columns:
        if reasons[facts.index]:
            said[reasons[facts.index]].append(shown(facts.header) if facts.header else f"column {facts.index + 1}")
    return Declarable(
        columns=tuple(facts for facts in columns if not reasons[facts.index]),
        notes=tuple(f"Left out: {several(names)}, {reason}." for reason, names in said.items()),
    )


def _reason(facts: Facts, same: Sequence[Facts]) -> str:
    """Return why a column is not declared, of those of one header; empty where it is."""
    if facts.header is None:
        return ""
    if not facts.n_known:
        words = examples(facts.profile.most_common)
        return f"nothing but {words}" if words else "empty in every row"
    if facts.header == "":
        return "without a name in the header"
    if len({(one.profile.grouping, one.profile.most_common) for one in same}) > 1:
        return "as the header occurs twice over different values: rename one"
    return "" if facts is same[0] else "as an earlier column of that name holds the same"
