"""The names of the encodings, which turn customers into numbers; docs/encodings.md gives the reasons and the figures.

``standard``: the textbook's: every number standardized, every category, flag and item a binary feature.
``numbers``: the numbers standardized, at least two of them, and nothing else.
``mixed``: equal influence of every column, and the components in which columns vary together more than by chance.
``brackets``: the same with every number binned into brackets, which shows non-linear relations.
``single``: one number alone, where it is multimodal on its own.
"""

from typing import Final, Literal, get_args

Encoding = Literal["standard", "numbers", "mixed", "brackets", "single"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

#: Selects the encoding with the highest silhouette gain over permuted columns.
AUTO: Final = "auto"
EncodingOption = Literal["auto", Encoding]
