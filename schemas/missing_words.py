"""Words for a missing value: none of them is a key of a customer, and a category may well be one."""

#: Texts that stand for a missing value in files of many origins, without regard to case.
MISSING_WORDS = (
    "?", "-", "--", "---", "\N{EN DASH}", "\N{EM DASH}", ".", "n/a", "na", "n.a.", "nan", "null", "nil", "none",
    "unknown", "undefined", "missing", "not available", "not specified", "(blank)", "(null)", "<null>", "<na>",
    "\\n", "#n/a", "#na", "#null!", "#value!",
    "#div/0!", "#ref!", "#name?", "#num!", "k.a.", "keine angabe", "unbekannt", "inconnu", "desconocido", "s/d",
)  # fmt: skip
