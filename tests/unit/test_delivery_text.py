"""The copy of a delivered text: UTF-8, LF line ends, no NUL; what is no text is made visible, line by line."""
# ruff: noqa: RUF001  letters of all the world are what this is about

import codecs
import random
import tracemalloc
from dataclasses import replace

import pytest

import tasks.delivery.unpacking
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from tasks.delivery.copying import copy_source
from tasks.delivery.cp1252 import reads_as_western
from tasks.delivery.limits import LIMITS
from tasks.delivery.text_encoding import known_encoding

HEADER = "Age,Location\n"
ROWS = "".join(f"{20 + n % 60},Ohio\n" for n in range(40))
TEXT = HEADER + ROWS + "33,Québec\n34,東京\n35,\U0001f34e\n"


@pytest.fixture
def copied(write, tmp_path):
    """Copy delivered bytes; return how they were read, the copy, and the rows of the undecodable lines."""

    def copy(content, **settings):
        target, undecodable = tmp_path / "copy.csv", tmp_path / "undecodable.csv"
        facts = copy_source(write(content), target, undecodable, FileSettings(**settings))
        lines = undecodable.read_text().splitlines() if undecodable.exists() else None
        assert facts.undecodable_lines == len(lines or [])
        return facts, target.read_bytes().decode(), lines

    return copy


MARKED = {
    "UTF-8": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16 LE": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16 BE": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "UTF-32 LE": (codecs.BOM_UTF32_LE, "utf-32-le"),
    "UTF-32 BE": (codecs.BOM_UTF32_BE, "utf-32-be"),
}


@pytest.mark.parametrize(("mark", "encoding"), MARKED.values(), ids=MARKED)
def test_byte_order_mark_decides_the_encoding(copied, mark, encoding):
    facts, text, lines = copied(mark + TEXT.encode(encoding))
    assert (facts.encoding, text, lines) == (encoding, TEXT, None)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_is_known_by_zero_bytes(copied, encoding):
    facts, text, _ = copied(TEXT.encode(encoding))
    assert (facts.encoding, text) == (encoding, TEXT)


DECLARED = {
    "cp1252": ("cp1252", HEADER + "33,Québec €\n"),
    "latin-1": ("latin-1", HEADER + "33,Québec\n"),
    "cp1251": ("cp1251", HEADER + "33,Москва\n"),
    "cp949": ("cp949", HEADER + "33,서울\n" * 20),
    "utf-16-be": ("utf-16-be", TEXT),
    "utf-8": ("utf-8", TEXT),
}


@pytest.mark.parametrize(("encoding", "text"), DECLARED.values(), ids=DECLARED)
def test_declared_encoding_is_used_as_it_is(copied, encoding, text):
    _, found, lines = copied(text.encode(encoding), encoding=encoding)
    assert (found, lines) == (text, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_utf8_byte_order_mark_is_not_copied(copied, encoding):
    assert copied(codecs.BOM_UTF8 + HEADER.encode() + b"33,Ohio\n", encoding=encoding)[1] == f"{HEADER}33,Ohio\n"


@pytest.mark.parametrize(
    ("mark", "codec"), [(b"", "utf-16-le"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
def test_declared_utf16_is_little_endian_without_mark(copied, mark, codec):
    text = "東京,大阪\n名古屋,京都\n"  # no zero byte would give it away
    facts, found, _ = copied(mark + text.encode(codec), encoding="utf-16")
    assert (facts.encoding, found) == (codec, text)


def test_mark_that_contradicts_the_declaration_is_refused(copied):
    with pytest.raises(DataRefused, match=r"byte-order mark of utf-16-le, but the schema declares encoding='cp1252'"):
        copied(TEXT.encode("utf-16"), encoding="cp1252")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1250"])
@pytest.mark.parametrize("end", [b"", "é".encode()[:1]], ids=["whole", "cut"])
def test_utf8_under_another_declaration_is_refused(encoding, end):
    head = codecs.BOM_UTF8 + f"{HEADER}33,São Paulo\n".encode() + end
    with pytest.raises(DataRefused, match=rf"x begins with the byte-order mark of utf-8.*encoding='{encoding}'"):
        known_encoding(encoding, head, "x")


def test_utf8_mark_before_declared_encoding_is_dropped(copied):
    content = codecs.BOM_UTF8 + f"{HEADER}33,São Paulo\n".encode("cp1252")
    assert copied(content, encoding="cp1252")[1] == f"{HEADER}33,São Paulo\n"


LINE_ENDS = {
    "CRLF": (b"a,b\r\n1,2\r\n", "a,b\n1,2\n"),
    "CR": (b"a,b\r1,2\r", "a,b\n1,2\n"),
    "mixed": (b"a,b\r\n1,2\r3,4\n\r5,6", "a,b\n1,2\n3,4\n\n5,6"),
    "CR at the end": (b"a,b\n1,2\r", "a,b\n1,2\n"),
    "none at the end": (b"a,b\n1,2", "a,b\n1,2"),
    "only one": (b"\r", "\n"),
}


@pytest.mark.parametrize(("content", "expected"), LINE_ENDS.values(), ids=LINE_ENDS)
def test_every_line_end_becomes_lf(copied, content, expected):
    assert copied(content)[1] == expected


@pytest.mark.parametrize("before", range(LIMITS.block_bytes - 2, LIMITS.block_bytes + 2))
def test_line_end_across_blocks_is_one(copied, before):
    assert copied(b"a" * before + b"\r\nb\r\n")[1] == "a" * before + "\nb\n"


@pytest.mark.parametrize("before", range(LIMITS.block_bytes - 4, LIMITS.block_bytes + 2))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_character_across_blocks_is_one(copied, before, encoding):
    text = "a" * (before // len("a".encode(encoding))) + "\U0001f34e,é\n"
    assert copied(text.encode(encoding), encoding=encoding)[1:] == (text, None)


@pytest.mark.parametrize("before", range(LIMITS.block_bytes - 2, LIMITS.block_bytes + 2))
@pytest.mark.parametrize("bad", [b"\xff", b"\0", b"\xf0\x9f\x8d"])
def test_bad_byte_between_blocks_marks_one_line(copied, before, bad):
    lines = b"x\n" * 100
    content = lines + b"a" * (before - len(lines)) + bad + b"\nb\n"
    visible = "".join(f"\\x{byte:02x}" for byte in bad)
    found = " ".join(f"0x{byte:02x}" for byte in bad)
    assert copied(content)[1:] == ("x\n" * 100 + "a" * (before - 200) + visible + "\nb\n", [f"101,{found}"])


SPOILT = {
    "a byte": (b"33,Qu\xffbec\n", "33,Qu\\xffbec\n", "0xff"),
    "two places": (b"33\xfe,Qu\xff\xffbec\n", "33\\xfe,Qu\\xff\\xffbec\n", "0xfe"),
    "many bytes": (b"33,\xff\xff\xff\xff\xff\xff\n", "33," + "\\xff" * 6 + "\n", "0xff 0xff 0xff 0xff"),
    "a NUL": (b"33,Oh\0io\n", "33,Oh\\x00io\n", "0x00"),
    "half a character": (b"33,Qu\xc3\n", "33,Qu\\xc3\n", "0xc3"),
    "half a character at the end": (b"33,Qu\xc3", "33,Qu\\xc3", "0xc3"),
    "a half of a surrogate pair in UTF-8": (b"33,\xed\xa0\x80\n", "33,\\xed\\xa0\\x80\n", "0xed 0xa0 0x80"),
}


@pytest.mark.parametrize(("line", "visible", "found"), SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_undecodable_bytes_are_visible_and_listed(copied, line, visible, found, end):
    rows = "33,Québec\n" + ROWS  # UTF-8 beyond doubt
    facts, text, lines = copied(
        (rows.encode() + line).replace(b"\n", end) + (b"" if line[-1:] == b"\xc3" else b"9,x\n")
    )
    assert facts.encoding == "utf-8"
    assert text == rows + visible + ("" if line[-1:] == b"\xc3" else "9,x\n")
    assert lines == [f"42,{found}"]


def test_undecodable_lines_are_listed_once(copied):
    _, text, lines = copied("33,Québec\n".encode() + b"a\xffb\xffc\n\xfe\n" + ROWS.encode() + b"\xfd\0\n")
    assert lines == ["2,0xff", "3,0xfe", "44,0xfd 0x00"]
    assert text.count("\n") == 44


def test_lines_are_counted_over_all_blocks(copied):
    line = "33,Québec\n".encode()
    n = 3 * LIMITS.block_bytes // len(line)
    assert copied(line * n + b"\xff\n")[2] == [f"{n + 1},0xff"]


def test_list_of_earlier_copy_is_removed(copied):
    assert copied("33,Québec\n".encode() + b"\xff\n")[2] == ["2,0xff"]
    assert copied("33,Québec\n".encode())[2] is None


@pytest.mark.parametrize(("half", "found"), [("\ud83d", "0x3d 0xd8"), ("\udc00", "0x00 0xdc")])
def test_half_surrogate_pair_makes_line_undecodable(copied, half, found):
    content = codecs.BOM_UTF16_LE + f"{TEXT}36,a{half}b\n37,Ohio\n".encode("utf-16-le", "surrogatepass")
    _, text, lines = copied(content)
    assert text == TEXT + "36,a" + found.replace("0x", "\\x").replace(" ", "") + "b\n37,Ohio\n"
    assert lines == [f"45,{found}"]


def test_nul_in_utf_16_spoils_its_line(copied):
    assert copied(f"{TEXT}36,a\0b\n".encode("utf-16"))[2] == ["45,0x00"]


def test_odd_last_byte_makes_line_undecodable(copied):
    assert copied(TEXT.encode("utf-16") + b"x")[2] == ["45,0x78"]


def test_byte_outside_declared_encoding_is_undecodable(copied):
    assert copied(HEADER.encode() + b"33,a\x81b\n", encoding="cp1252")[1:] == (HEADER + "33,a\\x81b\n", ["2,0x81"])


WESTERN = {
    "French": "Québec\nÎle-de-France\nGenève\nFrançois Lefèvre\nForêt\nl’été à Orléans\n",
    "German": "München\nKöln\nStraße\nGrüße\n",
    "Spanish": "Peña\nMuñoz\nGarcía\nMálaga\nLeón\nJosé\n",
    "Portuguese": "São Paulo\nGonçalves\nJoão\nAções\nConceição\n",
    "Danish": "Sørensen\nNæstved\nÅrhus\nKøbenhavn\nBjørn\n",
    "Swedish": "Malmö\nGöteborg\nÖrebro\nÅsa Sjöström\n",
    "English with typographic marks": "“Café”\nMen’s jacket – 25 €\nKids’ toys’s\n12°\nAcme® tea\n",
    "German with a currency in brackets": "Köln\nGröße\nUmsatz (€)\nPreis [£]\nMünchen\n",
    "Spanish with blanks that bind": "Peña\nLogitech\u00a0G600\n5\u00a0kg\nJosé\nMuñoz\n",
    "one word": "Québec\n",
}


@pytest.mark.parametrize("words", WESTERN.values(), ids=WESTERN)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unmistakable_cp1252_is_read_as_such(copied, words, end):
    text = HEADER + ROWS + "".join(f"30,{word}\n" for word in words.splitlines())
    facts, found, lines = copied(text.replace("\n", end).encode("cp1252"))
    assert (facts.encoding, found, lines) == ("cp1252", text, None)


def test_last_line_may_lack_its_end(copied):
    assert copied(HEADER.encode() + "33,Québec".encode("cp1252"))[1] == f"{HEADER}33,Québec"


OTHERS = {
    "Russian": (
        "Москва\nСанкт-Петербург\nНижний Новгород\n",
        ["cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic"],
    ),
    "Polish": ("Kraków\nPoznań\nGdańsk\nŁódź\nCzęstochowa\nWrocław\n", ["cp1250", "iso8859-2", "cp852"]),
    "one Polish word": ("Poznań\n", ["cp1250", "iso8859-2", "cp852"]),
    "Czech": ("Plzeň\nTřebíč\nDvořák\nPetr Novák\nJiří\n", ["cp1250", "iso8859-2", "cp852", "mac-latin2"]),
    "Hungarian": ("Győr\nSzékesfehérvár\nPécs\nErdős Pál\nGyűrű\nÓbuda\n", ["cp1250", "iso8859-2", "cp852"]),
    "Romanian": ("Bacău\nBrăila\nŢara\nIaşi\n", ["cp1250", "iso8859-2"]),
    "Turkish": ("İstanbul\nDiyarbakır\nMuğla\nŞişli\nÇankırı\n", ["cp1254", "iso8859-9"]),
    "Latvian": ("Rīga\nLiepāja\nBērziņš\nĶekava\n", ["cp1257", "iso8859-13", "iso8859-4"]),
    "Lithuanian": ("Eglė\nKėdainiai\nŠiauliai\n", ["cp1257", "iso8859-13"]),
    "Greek": ("Αθήνα\nΘεσσαλονίκη\n", ["cp1253", "iso8859-7"]),
    "Hebrew": ("תל אביב\nירושלים\n", ["cp1255", "iso8859-8"]),
    "Arabic": ("القاهرة\nبغداد\n", ["cp1256"]),
    "Thai": ("กรุงเทพ\nเชียงใหม่\n", ["cp874"]),
    "Korean": ("서울\n부산\n대구\n", ["cp949", "johab"]),
    "Japanese": ("東京\n大阪\n京都\n", ["shift_jis", "euc-jp"]),
    "Chinese": ("北京\n上海\n", ["gbk", "big5"]),
    "German of DOS": ("Straße\nGeißler\nWeiß\nGroß\nFuß\n", ["cp437", "cp850"]),
    "Italian of DOS": ("volontà\nautorità\npapà\nMassarà\ncittà\n", ["cp437", "cp850"]),
    "Spanish of DOS": ("Málaga\nLeón\nMuñoz\nJosé\nCórdoba\n", ["cp850", "mac-roman"]),
}


@pytest.mark.parametrize(
    ("words", "encoding"),
    [(words, encoding) for words, encodings in OTHERS.values() for encoding in encodings],
    ids=[f"{name} in {encoding}" for name, (_, encodings) in OTHERS.items() for encoding in encodings],
)
def test_other_encodings_are_never_read_as_cp1252(copied, words, encoding):
    content = (HEADER + ROWS * 3 + "".join(f"30,{word}\n" for word in words.splitlines())).encode(encoding)
    facts, _, lines = copied(content)
    assert facts.encoding == "utf-8"
    assert lines
    assert lines[0].startswith("122,0x")


def test_one_utf8_character_rules_out_cp1252(copied):
    words = ["München", "Köln", "Québec"]
    rows = [f"30,{word}\n".encode("cp1252") for word in words]
    assert copied(ROWS.encode() + b"".join(rows))[0].encoding == "cp1252"
    facts, _, lines = copied(ROWS.encode() + b"".join([*rows, "30,東京\n".encode()]))
    assert (facts.encoding, [line.partition(",")[0] for line in lines]) == ("utf-8", ["41", "42", "43"])


def test_utf8_character_outweighs_many_cp1252_words():
    usual = [f"{start}{middle}é{end}\n" for start in "BCDFG" for middle in ("l", "r") for end in "st"]
    words = "".join([*usual, "São\n", "João\n"]).encode("cp1252")
    assert reads_as_western([words])
    assert not reads_as_western([words, "ZÅ\n".encode()])


def test_only_few_odd_names_are_tolerated():
    usual = [f"{start}{middle}é{end}\n" for start in "BCDFG" for middle in ("l", "r") for end in "st"]
    danish = ["Bjørn\n", "Mørk\n", "Sønder\n"]
    odd = ["Miljøet\n", "Bøe\n", "Sjøen\n"]
    assert reads_as_western(["".join([*usual, *danish, odd[0]]).encode("cp1252")])
    assert not reads_as_western(["".join([*usual, *danish, *odd]).encode("cp1252")])


def test_real_files_are_not_misread_as_cp1252(data, tmp_path):
    read = {}
    for path in sorted((data / "badcsv" / "encodings-chardet" / "tests").glob("*/*.txt")):
        name = path.parent.name
        is_western = name in ("iso-8859-1", "windows-1252")
        try:
            facts = copy_source(path, tmp_path / "copy.csv")
        except DataRefused:
            assert not is_western
            continue
        read[f"{name}/{path.name}"] = facts.encoding
        assert (facts.encoding == "cp1252") == is_western, path
    assert {name: encoding for name, encoding in read.items() if name.startswith("UTF-")} == {
        "UTF-16LE/nobom-utf16le.txt": "utf-16-le",
        "UTF-32BE/nobom-utf32be.txt": "utf-32-be",
        "UTF-32LE/nobom-utf32le.txt": "utf-32-le",
    }


NO_TEXT = {
    "random bytes": (random.Random(7).randbytes(20_000), "customers.csv is not text"),
    "random bytes without NUL": (random.Random(7).randbytes(20_000).replace(b"\0", b""), "customers.csv is not text"),
    "zeros": (bytes(5000), "customers.csv is not text"),
    "Russian": (("30,Москва\n" * 30).encode("cp1251"), "customers.csv line 1: holds the byte 0xcc, which is not UTF-8"),
    "Russian in one line": (
        ("Москва, Пермь, Омск " * 30).encode("cp1251"),
        "line 1: holds the byte 0xcc, which is not UTF-8",
    ),
    "Korean": ((HEADER + "30,서울\n" * 30).encode("cp949"), "line 2: holds the byte 0xbc, which is not UTF-8"),
    "most lines": (
        (HEADER + "30,Ohio in the United States,Poznań\n" * 30).encode("cp1250"),
        "line 2: holds the byte 0xf1, which is not UTF-8, as do 30 of its first 32 lines; expected UTF-8 text",
    ),
}


@pytest.mark.parametrize(("content", "said"), NO_TEXT.values(), ids=NO_TEXT)
def test_file_of_non_text_is_refused(copied, tmp_path, content, said):
    with pytest.raises(DataRefused) as raised:
        copied(content)
    assert said in str(raised.value)
    assert not (tmp_path / "copy.csv").exists()


EMPTY = {
    "no bytes": (b"", "customers.csv is empty (0 bytes); expected a header line and one row per customer"),
    "only a mark": (codecs.BOM_UTF8, "customers.csv holds a byte-order mark and no text; expected a header line"),
    "only a mark of UTF-16": (codecs.BOM_UTF16_LE, "customers.csv holds a byte-order mark and no text; expected"),
}


@pytest.mark.parametrize(("content", "said"), EMPTY.values(), ids=EMPTY)
def test_file_without_text_is_refused(copied, tmp_path, content, said):
    with pytest.raises(DataRefused) as raised:
        copied(content)
    assert said in str(raised.value)
    assert not (tmp_path / "copy.csv").exists()


def test_memory_does_not_grow_with_the_file(write, tmp_path, monkeypatch):
    small = replace(LIMITS, block_bytes=LIMITS.block_bytes // 8)
    monkeypatch.setattr(tasks.delivery.unpacking, "LIMITS", small)
    line = "30,Québec and so on\n".encode("cp1252")
    path = write(line * (40 * small.block_bytes // len(line)))
    tracemalloc.start()
    copy_source(path, tmp_path / "copy.csv", tmp_path / "undecodable.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * small.block_bytes
