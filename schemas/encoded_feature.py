"""How the values of a column become a number of the encoded rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EncodedFeature:
    """All it takes to encode a value; see the table features."""

    source_column: str
    encoding: str
    value: str | None
    grouped_values: int | None
    center: float
    scale: float
    weight: float
    is_log: bool
    clip_low: float | None
    clip_high: float | None
    imputed: float

    @property
    def is_number(self) -> bool:
        """Whether its encoded value is a number's; else it is present or absent."""
        return self.encoding == "standardized"

    @property
    def absent(self) -> float:
        """Encoded value where it is absent."""
        return -self.weight * self.center / self.scale

    @property
    def added(self) -> float:
        """What its presence adds to that."""
        return self.weight / self.scale
