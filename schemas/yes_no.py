"""Words for yes and no, as people and programs of several languages write them."""

#: (words for yes, words for no) that one file uses, in lower case; no word means both. The last stands beside blanks.
YES_NO: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("1", "1.0", "1,0"), ("0", "0.0", "0,0")),
    (("yes", "y"), ("no", "n")),
    (("true", "t"), ("false", "f")),
    (("on",), ("off",)),
    (("ja", "j", "wahr"), ("nein", "n", "falsch")),
    (("ja", "j"), ("nee", "nej", "nei", "n")),
    (("oui", "vrai"), ("non", "faux")),
    (("si", "sí", "sì", "vero", "verdadero"), ("no", "n", "falso")),
    (("sim", "verdadeiro"), ("não", "nao", "n", "falso")),
    (("tak",), ("nie",)),
    (("да",), ("нет",)),
    (("是",), ("否",)),
    (("はい",), ("いいえ",)),
    (("x", "✓", "✔"), ()),
)

YES_WORDS = tuple(dict.fromkeys(word for yes, _ in YES_NO for word in yes))
NO_WORDS = tuple(dict.fromkeys(word for _, no in YES_NO for word in no))


def are_yes_and_no(texts: set[str]) -> bool:
    """Return whether texts in lower case are words for yes and no, two of them at least of one language."""
    is_one_language = any(texts.intersection(yes) and texts.intersection(no) for yes, no in YES_NO)
    return is_one_language and texts <= {*YES_WORDS, *NO_WORDS}
