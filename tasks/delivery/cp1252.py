"""Recognize cp1252, the Windows encoding of Western European text, in bytes that are not UTF-8.

The single-byte encodings of Latin scripts differ in a few letters, and bytes alone seldom show which
it is: ``Poznañ`` in cp1252 is ``Poznań`` in cp1250. So only letters count that are where Western
languages put them, such as ñ before a vowel, and several words are needed, all but a few of which
must agree. What is not sure is left to the schema to declare.

A detector of encodings does not replace this: on 51 real files and 80 short tables, charset_normalizer
reads Turkish and DOS text as cp1252 and misses French, Spanish and Danish; asked beside these
words, it changes no answer, on 2,500 pieces of those files either.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_VOWELS = "aeiouyáàâäãåæéèêëíìîïóòôöõøúùûüœ"
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_AFTER_OPEN_E = "bcdfglmnprstv"

_LETTERS = "áàâäãåæçéèêëíìîïñóòôöõøúùûüßœÁÀÂÄÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØÚÙÛÜŒ"

#: Letters where Western languages put them; the comment names what they are elsewhere.
_USUAL_LETTER = re.compile(
    "|".join(
        [
            "[éöüäíóúôå]",
            r"(?<![aoeá])á(?!\b)|(?<![aoeiuá])á\b",  # DOS: ß, after a vowel
            "(?<=[aeiouäöü])ß",
            "ç(?=[aouáãâéóôõúû])",  # cp1257: ē
            rf"(?<![{_VOWELS}])ê(?=[tmvlrx]|que|ch|ut|s?\b)|ê(?=n)",  # cp1250: ę
            "(?<=[aeiou])ë",  # cp1257: ė
            rf"(?:(?<![{_VOWELS}])|(?<=[iüï])|(?<=[gq]u))è(?=[{_AFTER_OPEN_E}])|(?:(?<=ff)|(?<=ch))è\b",
            rf"(?<=[{_CONSONANTS}])à\b|(?<=\s)[àè](?=\s)",  # è in cp1250: č; à: ŕ, cp1257: ą
            r"(?<=[clrs])ì\b|(?<=[bcdlmrstv])ò\b",  # cp1250: ě, ň
            r"\boù\b|(?:(?<=\b[gp]i)|(?<=\bges))ù\b",  # cp1250: ů
            "ñ(?=[aeiouáéíóú])",  # cp1250: ń
            "ã(?=[oe])|õ(?=e)",  # cp1250: ă, ő
            r"(?:(?<=o)|(?<=[bf]r)|(?<=fl)|(?<=ff))û|(?<=\b[sdm])û(?=r)",  # cp1250: ű
            "(?<=[aeou])ï(?=[bcdlmnqrstvz])",  # cp1250: ď
            r"\bæ(?=[rgblsk])|(?<=[bcdfghjklmnprstv])æ(?=[bcdfghjklmnprstv])",  # cp1250: ć
            rf"(?<![{_VOWELS}\d])ø(?=[{_CONSONANTS}y])|(?<=ni)ø(?=r)|(?<=[dgjmnrsv])ø\b",  # cp1250: ř
            "œ(?=[ui])",  # cp1250: ś
            r"(?<=[ao])î|\bî(?=le)|(?<=\bn)î(?=mes\b)",  # cp1257: ī
            r"(?<=ch)â|â(?=t|ge\b|[nm])",  # cp1257: ā
        ]
    ),
    re.IGNORECASE,
)

#: Typographic characters where they are usual: apostrophes, dashes, currencies, degrees, numbers.
_USUAL_CHARACTER = re.compile(
    "|".join(
        [
            r"(?<=s)’(?!\w)|(?<=[a-zé])’(?=(?:s|t|re|ll|ve|d|m)\b)|(?<=\b[ldjmnstco])’(?=\w)|(?<=\bqu)’(?=\w)",  # noqa: RUF001
            r"(?<=\d)–(?=\d)|(?<= )[–—](?= )|(?<=\w)…(?!\w)",  # noqa: RUF001
            r"€(?= ?\d)|(?<=\d)€|(?<=\d )€|(?<![^\W\d_])£(?=\d)",
            r"(?<=\d)°|(?<= )°(?=[CF]\b)|(?<=\bn)°|(?<=\d)[ºª]|(?<=\d)[½¼¾]|(?<=m)[²³](?!\w)",
            r"(?<=[a-z0-9])[®™](?!\w)|(?<!\w)“(?=\w)|(?<=[\w.,!?])”(?!\w)",
            r"(?<=\d)\xa0(?=[\d%€])|\xa0(?=[:;!?»])",
        ]
    ),
    re.IGNORECASE,
)
#: Characters that show nothing for or against an encoding: a currency in brackets, a no-break space.
_NEUTRAL_CHARACTER = re.compile(r"(?<=[ (\[])[€£](?=[ )\]])|(?<=\w)\xa0(?=[\dA-Z])|(?<=\d)\xa0(?=\w)")
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*")
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BETWEEN_FIELDS = re.compile(rb'[,;\t|"]')

#: Words of letters that every other encoding in use reads as the same, or as no word.
_NO_OTHER_READING = re.compile("[A-Za-z][A-Za-zéöüô]*")

#: They show nothing by themselves.
_WORDS_OF_ONE_LETTER = ("à", "À", "è", "È")


@dataclass(frozen=True)
class WordLimits:
    """How many words show that a text is cp1252.

    Attributes:
        fewest: words of letters that another encoding may read as other words; fewer may be chance.
        many: words from which a few may be odd: names are.
        odd_share: share of these that may be odd.
        remembered: different words and fields kept; more would not change the answer.
        longest: characters of a word or field that is kept; longer ones seldom repeat.
        longest_line: bytes after which a line is cut, as its end may never come.
    """

    fewest: int = 3
    many: int = 20
    odd_share: float = 0.05
    remembered: int = 20_000
    longest: int = 200
    longest_line: int = 1 << 20


_LIMITS = WordLimits()


def reads_as_western(blocks: Iterable[bytes]) -> bool:
    """Return whether a text that is not UTF-8 is unmistakably cp1252.

    Args:
        blocks: the bytes of the whole text.
    """
    words = _Words()
    return all(words.admit(line) for line in _lines_with_high_bytes(blocks)) and words.are_western()


class _Words:
    """The different words with letters beyond ASCII, read as cp1252: those that are usual, and those that are odd."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._usual: set[str] = set()
        self._odd: set[str] = set()
        self._usual_letters: Counter[str] = Counter()
        self._odd_letters: Counter[str] = Counter()

    def admit(self, line: bytes) -> bool:
        """Take the words of a line; return whether the text can still be Western."""
        fields = [field for field in _BETWEEN_FIELDS.split(line) if not field.isascii() and field not in self._seen]
        if len(self._seen) < _LIMITS.remembered:
            self._seen.update(field for field in fields if len(field) <= _LIMITS.longest)
        return all(self._admit_field(field) for field in fields)

    def are_western(self) -> bool:
        """Return whether the words are enough, and all but a few of them usual."""
        if self._odd:
            is_rare = len(self._odd) <= _LIMITS.odd_share * len(self._usual)
            is_usual_elsewhere = all(self._usual_letters[letter] >= n for letter, n in self._odd_letters.items())
            return is_rare and is_usual_elsewhere and len(self._usual) >= _LIMITS.many
        n_certain = sum(bool(_NO_OTHER_READING.fullmatch(word)) for word in self._usual)
        return n_certain == len(self._usual) > 0 or len(self._usual) >= _LIMITS.fewest

    def _admit_field(self, field: bytes) -> bool:
        if _UTF8_CHARACTER.search(field):
            return False
        try:
            text = f" {field.decode('cp1252')} "
        except UnicodeDecodeError:
            return False
        for found in _USUAL_CHARACTER.finditer(text):
            if found[0] != "…":  # in DOS it is the à of words such as volontà, and nothing else may show it
                self._add_usual(text[max(found.start() - 3, 0) : found.end() + 3], ())
        text = _NEUTRAL_CHARACTER.sub("'", _USUAL_CHARACTER.sub("'", text))
        if not all(character.isascii() or character in _LETTERS for character in text):
            return False
        marked = _USUAL_LETTER.sub("\0", text)
        for found in _WORD.finditer(text):
            if found[0] not in _WORDS_OF_ONE_LETTER:
                self._admit_word(found[0], marked[found.start() : found.end()])
        return True

    def _admit_word(self, word: str, marked: str) -> None:
        """Take a word and the same with NUL for each letter that is where it is usual."""
        letters = {letter for letter in word.lower() if not letter.isascii()}
        n_plain = sum(letter.isascii() for letter in word)
        if marked.isascii() and n_plain >= 1 and len(word) <= min(3 * n_plain, _LIMITS.longest):
            self._add_usual(word, letters)
        elif word not in self._odd and len(self._odd) < _LIMITS.remembered:
            self._odd.add(word[: _LIMITS.longest])
            self._odd_letters.update({letter for letter in marked.lower() if not letter.isascii()})

    def _add_usual(self, word: str, letters: Iterable[str]) -> None:
        if word not in self._usual and len(self._usual) < _LIMITS.remembered:
            self._usual.add(word)
            self._usual_letters.update(letters)


def _lines_with_high_bytes(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).replace(b"\r", b"\n").split(b"\n")
        if len(rest) > _LIMITS.longest_line:
            lines, rest = [*lines, rest], b""
        yield from (line for line in lines if not line.isascii())
    if not rest.isascii():
        yield rest
