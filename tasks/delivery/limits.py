"""``DeliveryLimits``: how much of a delivered file is inspected, and what counts as text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryLimits:
    """Bounds of taking a file in.

    Attributes:
        poll_seconds: time between two looks at a file that is being written.
        block_bytes: bytes read at a time, which bound the memory whatever the file holds.
        kind_bytes: first bytes that show the kind of a file, with the leading blanks of a web page.
        encoding_bytes: first bytes that show UTF-16 or UTF-32; more would not change the answer.
        ratio_from_bytes: unpacked bytes below which no ratio to the packed ones is suspicious.
        judged_characters: first characters by which it is decided whether a file is text.
        non_text_share: share of these that text does not exceed, even in the wrong encoding.
        control_share: share of control characters in what is not text: random bytes have one in nine.
        undecodable_lines: lines with undecodable bytes that refuse a file if they are most of its lines.
        shown_bytes: undecodable bytes of a line that a reason names.
    """

    poll_seconds: float = 0.1
    block_bytes: int = 1 << 20
    kind_bytes: int = 4096
    encoding_bytes: int = 64 << 10
    ratio_from_bytes: int = 32 << 20
    judged_characters: int = 64 << 10
    non_text_share: float = 0.3
    control_share: float = 0.02
    undecodable_lines: int = 10
    shown_bytes: int = 4


LIMITS = DeliveryLimits()
