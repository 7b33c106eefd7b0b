"""The names of the encodings: how customers can be made numbers; docs/encodings.md gives the reasons and the figures.

``standard``: the textbook's, every number standardised and every value of a category or list 0 or 1.
``numbers``: the numbers standardised, at least two of them, and nothing else.
``mixed``: an equal say for every column, and the components in which columns go together more than by chance.
``brackets``: the same with every number cut into brackets, so that what is not linear in it is seen.
``single``: one number alone, where it falls apart into groups by itself.
"""

from typing import Final, Literal, get_args

Encoding = Literal["standard", "numbers", "mixed", "brackets", "single"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

#: Selects the encoding whose segments stand out most from what permuted columns give.
AUTO: Final = "auto"
EncodingOption = Literal["auto", Encoding]
