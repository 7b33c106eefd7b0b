"""Tell whether bytes that are not UTF-8 are unmistakably cp1252, the text of Western European programs.

The single-byte encodings of Latin scripts differ in a few letters, and bytes alone seldom tell which
it is: ``Poznañ`` in cp1252 is ``Poznań`` in cp1250. So only letters count that stand where Western
languages put them, such as ñ before a vowel, and several words are needed, all but a few of which
must agree. What is not sure is left to the schema to declare.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

_VOWELS = "aeiouyáàâäãåæéèêëíìîïóòôöõøúùûüœ"
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_AFTER_OPEN_E = "bcdfglmnprstv"

_LETTERS = "áàâäãåæçéèêëíìîïñóòôöõøúùûüßœÁÀÂÄÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØÚÙÛÜŒ"

#: Letters where Western languages put them; the comment names whose letter it is elsewhere.
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

#: Typographic marks where they are usual: apostrophes, dashes, currencies, degrees, numbers.
_USUAL_MARK = re.compile(
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
#: Marks that say nothing for an encoding nor against it: a currency in brackets, a blank that keeps words together.
_NEUTRAL_MARK = re.compile(r"(?<=[ (\[])[€£](?=[ )\]])|(?<=\w)\xa0(?=[\dA-Z])|(?<=\d)\xa0(?=\w)")
_QUOTED = re.compile(r"«([^«»]*)»|‘([^‘’]*)’(?!\w)")  # noqa: RUF001

_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*")
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BETWEEN_FIELDS = re.compile(rb'[,;\t|"]')

#: Words of letters that every other encoding in use reads as the same, or as no word.
_NO_OTHER_READING = re.compile("[A-Za-z][A-Za-zéöüô]*")

#: They say nothing by themselves.
_WORDS_OF_ONE_LETTER = ("à", "À", "è", "È")

_FEWEST_WORDS = 3
_FEWEST_UNCERTAIN_WORDS = 5
#: From so many words on, a few may be unusual: names are.
_MANY_WORDS = 20
_LARGEST_SHARE_OF_ODD_WORDS = 0.05
#: Words and fields remembered; more would not change the answer.
_MOST_WORDS = 20_000
_LONGEST_REMEMBERED = 200

_SAMPLE_BYTES = 16 << 10
_LONGEST_LINE = 1 << 20

#: What the detector chooses between. It cannot tell the encodings of Latin scripts apart (of those
#: that read equally well it names the first of the alphabet, cp1250), so that is left to the words.
_SCRIPTS = [
    "cp1252", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp866", "cp437", "cp850", "cp852",
    "cp932", "euc_jp", "cp949", "gb18030", "big5",
]  # fmt: skip


def reads_as_western(blocks: Iterable[bytes]) -> bool:
    """Return whether a text that is not UTF-8 is unmistakably cp1252.

    Args:
        blocks: the bytes of the whole text.
    """
    words = _Words()
    sample = bytearray()
    for line in _lines_with_high_bytes(blocks):
        if not words.admit(line):
            return False
        if len(sample) < _SAMPLE_BYTES:
            sample += line + b"\n"
    return words.are_western() and _detector_agrees(bytes(sample[:_SAMPLE_BYTES]))


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
        if len(self._seen) < _MOST_WORDS:
            self._seen.update(field for field in fields if len(field) <= _LONGEST_REMEMBERED)
        return all(self._admit_field(field) for field in fields)

    def are_western(self) -> bool:
        """Return whether the words are enough, and all but a few of them usual."""
        if self._odd:
            is_rare = len(self._odd) <= _LARGEST_SHARE_OF_ODD_WORDS * len(self._usual)
            is_usual_elsewhere = all(self._usual_letters[letter] >= n for letter, n in self._odd_letters.items())
            return is_rare and is_usual_elsewhere and len(self._usual) >= _MANY_WORDS
        n_certain = sum(bool(_NO_OTHER_READING.fullmatch(word)) for word in self._usual)
        if n_certain == len(self._usual):
            return n_certain > 0
        return len(self._usual) >= (_FEWEST_WORDS if n_certain else _FEWEST_UNCERTAIN_WORDS)

    def _admit_field(self, field: bytes) -> bool:
        if _UTF8_CHARACTER.search(field):
            return False
        try:
            text = f" {field.decode('cp1252')} "
        except UnicodeDecodeError:
            return False
        text = _QUOTED.sub(r'"\1\2"', text)
        for mark in _USUAL_MARK.finditer(text):
            if mark[0] != "…":  # in DOS it is the à of words such as volontà, and nothing else may show it
                self._add_usual(text[max(mark.start() - 3, 0) : mark.end() + 3], ())
        text = _NEUTRAL_MARK.sub("'", _USUAL_MARK.sub("'", text))
        if not all(character.isascii() or character in _LETTERS for character in text):
            return False
        marked = _USUAL_LETTER.sub("\0", text)
        for found in _WORD.finditer(text):
            if found[0] not in _WORDS_OF_ONE_LETTER:
                self._admit_word(found[0], marked[found.start() : found.end()])
        return True

    def _admit_word(self, word: str, marked: str) -> None:
        """Take a word and the same with NUL for each letter that stands where it is usual."""
        letters = {letter for letter in word.lower() if not letter.isascii()}
        n_plain = sum(letter.isascii() for letter in word)
        if marked.isascii() and n_plain >= 1 and len(word) <= min(3 * n_plain, _LONGEST_REMEMBERED):
            self._add_usual(word, letters)
        elif word not in self._odd and len(self._odd) < _MOST_WORDS:
            self._odd.add(word[:_LONGEST_REMEMBERED])
            self._odd_letters.update({letter for letter in marked.lower() if not letter.isascii()})

    def _add_usual(self, word: str, letters: Iterable[str]) -> None:
        if word not in self._usual and len(self._usual) < _MOST_WORDS:
            self._usual.add(word)
            self._usual_letters.update(letters)


def _detector_agrees(sample: bytes) -> bool:
    """Return whether a detector of encodings knows no better reading than cp1252."""
    matches = from_bytes(sample, cp_isolation=_SCRIPTS)
    best, western = matches.best(), sample.decode("cp1252")
    return best is not None and any(
        str(match) == western and (match.chaos, -match.coherence) <= (best.chaos, -best.coherence) for match in matches
    )


def _lines_with_high_bytes(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).replace(b"\r", b"\n").split(b"\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], b""
        yield from (line for line in lines if not line.isascii())
    if not rest.isascii():
        yield rest
