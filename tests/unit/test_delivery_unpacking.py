"""Packed files are known by their first bytes and unpacked within bounds; other kinds of file are refused by name."""

import bz2
import codecs
import contextlib
import gzip
import hashlib
import io
import lzma
import random
import shutil
import sqlite3
import subprocess
import threading
import zipfile

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from tasks.delivery.copying import copy_source
from tasks.delivery.unpacking import packing_of

ROWS = "Age,Location\n" + "".join(f"{20 + n % 60},Québec {n * 7919 % 1009}\n" for n in range(2000))
MIB = 1 << 20


def zstd(content):
    return pa.Codec("zstd").compress(content, asbytes=True)


def zipped(members):
    """Return a zip of files by their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def copied(write, tmp_path):
    """Copy delivered bytes; return how they were read, and the copy."""

    def copy(content, name="customers.csv", **settings):
        facts = copy_source(write(content, name), tmp_path / "copy", tmp_path / "undecodable", FileSettings(**settings))
        return facts, (tmp_path / "copy").read_bytes().decode()

    return copy


@pytest.fixture
def refused(copied, tmp_path):
    """Copy delivered bytes that must be refused; return the message, nothing being left on the disk."""

    def refuse(content, name="customers.csv", **settings):
        with pytest.raises(DataRefused) as raised:
            copied(content, name, **settings)
        assert not (tmp_path / "copy").exists()
        assert str(raised.value).startswith((str(tmp_path / name), f"what {tmp_path / name}"))
        return str(raised.value)

    return refuse


DATA = ROWS.encode()
PACKED = {
    "gzip": (gzip.compress(DATA), "gzip"),
    "gzip of several members": (gzip.compress(DATA[:100]) + gzip.compress(b"") + gzip.compress(DATA[100:]), "gzip"),
    "gzip filled up with zeros": (gzip.compress(DATA) + bytes(100), "gzip"),
    "zstd": (zstd(DATA), "zstd"),
    "zstd of several frames": (zstd(DATA[:100]) + zstd(DATA[100:]), "zstd"),
    "zstd after a frame to skip": (b"\x50\x2a\x4d\x18\x04\0\0\0note" + zstd(DATA), "zstd"),
    "zip": (zipped({"customers.csv": DATA}), "zip"),
    "zip with what a Mac adds": (
        zipped(
            {"night/": "", "night/customers.csv": DATA, "__MACOSX/night/._customers.csv": "x", "night/.DS_Store": "x"}
        ),
        "zip",
    ),
    "UTF-16 in gzip": (gzip.compress(ROWS.encode("utf-16")), "gzip"),
    "cp1252 in zstd": (zstd(ROWS.encode("cp1252")), "zstd"),
    "CRLF in zip": (zipped({"a.csv": codecs.BOM_UTF8 + DATA.replace(b"\n", b"\r\n")}), "zip"),
}


@pytest.mark.parametrize(("content", "packing"), PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("name", ["customers.csv", "customers.gz"])
def test_packed_file_is_known_by_its_bytes(copied, content, packing, name):
    facts, text = copied(content, name)
    assert (facts.packing, facts.size, text) == (packing, len(content), ROWS)


def test_hash_is_that_of_the_packed_bytes(copied):
    for content in (gzip.compress(DATA), zstd(DATA), zipped({"a.csv": DATA}), DATA):
        assert copied(content)[0].sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("tool", ["gzip", "zstd"])
def test_what_the_tools_pack_is_read(copied, tmp_path, tool):
    if shutil.which(tool) is None:
        pytest.skip(f"no {tool} here")
    (tmp_path / "plain").write_bytes(DATA)
    packed = subprocess.run([tool, "-q", "-c", tmp_path / "plain"], capture_output=True, check=True).stdout
    assert copied(packed)[1] == ROWS


@pytest.mark.parametrize(
    "pack", [gzip.compress, zstd, lambda content: zipped({"a.csv": content})], ids=["gzip", "zstd", "zip"]
)
@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_truncated_packed_file_is_refused(refused, pack, share):
    whole = pack(DATA)
    message = refused(whole[: max(int(len(whole) * share), 5)])
    assert "cannot be unpacked: it is damaged or cut off" in message
    assert "have it delivered again" in message


@pytest.mark.parametrize("missing", [1, 4, 8])
def test_missing_checksum_is_a_file_cut_off(refused, missing):
    assert "cut off" in refused(gzip.compress(DATA)[:-missing])


def test_damaged_gzip_is_refused(write, tmp_path):
    whole = gzip.compress(DATA)
    for place in [*range(10, len(whole), len(whole) // 40), len(whole) - 6]:
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        with pytest.raises(DataRefused, match="cannot be unpacked: it is damaged"):
            copy_source(write(bytes(damaged)), tmp_path / "copy")


def test_damaged_zip_is_refused_or_read_right(write, tmp_path):
    whole, chance = zipped({"customers.csv": DATA[:3000]}), random.Random(3)
    for _ in range(1000):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 3])):
            damaged[chance.choice([chance.randrange(60), -chance.randrange(1, 130), chance.randrange(len(whole))])] = (
                chance.randrange(256)
            )
        try:
            copy_source(write(bytes(damaged)), tmp_path / "copy")
        except DataRefused:
            continue
        assert (tmp_path / "copy").read_bytes().startswith(DATA[:2990])


def test_zip_with_wrong_size_is_not_cut(refused):
    whole = bytearray(zipped({"a.csv": DATA}))
    size = whole.rindex(b"PK\x01\x02") + 24
    assert int.from_bytes(whole[size : size + 4], "little") == len(DATA)
    whole[size : size + 4] = (len(DATA) - 500).to_bytes(4, "little")
    assert "cannot be unpacked: it is damaged or cut off" in refused(bytes(whole))


def text_of(size):
    line = b"30,Ohio,apples, juice, steak\n"
    return line * (size // len(line))


BOMBS = {"gzip": gzip.compress, "zstd": zstd, "zip": lambda content: zipped({"a.csv": content})}


@pytest.mark.parametrize("pack", BOMBS.values(), ids=BOMBS)
def test_file_that_unpacks_too_large_is_refused(refused, pack):
    message = refused(pack(text_of(12 * MIB)), max_unpacked_bytes=8 * MIB)
    assert "unpacks to more than 8,388,608 bytes" in message
    assert "raise max_unpacked_bytes in the schema" in message


@pytest.mark.parametrize("pack", BOMBS.values(), ids=BOMBS)
def test_file_of_suspicious_ratio_is_refused(refused, pack):
    message = refused(pack(text_of(64 * MIB)))
    assert "unpacks to more than 200 times its" in message
    assert "raise max_unpacked_ratio in the schema" in message


def test_high_ratio_may_be_declared_or_small(copied):
    packed = gzip.compress(text_of(40 * MIB))
    assert copied(packed, max_unpacked_ratio=2000.0)[0].packing == "gzip"
    assert copied(gzip.compress(text_of(30 * MIB)))[0].packing == "gzip"


def test_bounds_hold_before_the_text_is_written(write, tmp_path):
    path = write(gzip.compress(text_of(64 * MIB)))
    largest = 0
    done = threading.Event()

    def watch():
        nonlocal largest
        while not done.is_set():
            with contextlib.suppress(FileNotFoundError):
                largest = max(largest, (tmp_path / "copy").stat().st_size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with pytest.raises(DataRefused):
        copy_source(path, tmp_path / "copy", None, FileSettings(max_unpacked_bytes=4 * MIB))
    done.set()
    watcher.join()
    assert largest <= 4 * MIB


def encrypted_zip(tmp_path):
    if shutil.which("zip") is None:
        pytest.skip("no zip here")
    (tmp_path / "a.csv").write_bytes(DATA)
    subprocess.run(["zip", "-q", "-j", "-P", "secret", tmp_path / "a.zip", tmp_path / "a.csv"], check=True)
    return (tmp_path / "a.zip").read_bytes()


def test_zip_with_a_password_is_refused(refused, tmp_path):
    message = refused(encrypted_zip(tmp_path))
    assert "'a.csv' is encrypted; expected a zip without a password" in message


def test_zip_of_unknown_method_is_refused(refused):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", DATA)
    assert "'a.csv' is packed by method 14; expected an ordinary zip" in refused(file.getvalue())


ZIPS = {
    "no member": (zipped({}), "is a zip with no file; expected exactly one CSV file in it"),
    "only a directory": (zipped({"a/": ""}), "is a zip with no file"),
    "two files": (
        zipped({"a.csv": DATA, "b.csv": DATA}),
        "is a zip with 2 files ('a.csv', 'b.csv'); expected exactly one",
    ),
    "many files": (
        zipped({f"f{n}.csv": "x" for n in range(9)}),
        "is a zip with 9 files ('f0.csv', 'f1.csv', 'f2.csv', 'f3.csv', 'f4.csv', ...)",
    ),
    "an .xlsx": (
        zipped({"[Content_Types].xml": "x", "xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": "x"}),
        "is a spreadsheet (.xlsx); expected a CSV file, so save it as CSV",
    ),
    "an .ods": (
        zipped({"mimetype": "x", "content.xml": "x", "META-INF/manifest.xml": "x"}),
        "is a spreadsheet (.ods); expected a CSV file",
    ),
    "an empty file": (
        zipped({"a.csv": ""}),
        "(zip) unpacks to no text; expected a header line and one row per customer",
    ),
    "a zip": (zipped({"a.zip": zipped({"a.csv": DATA})}), "is packed twice, with zip and zip"),
}


@pytest.mark.parametrize(("content", "said"), ZIPS.values(), ids=ZIPS)
def test_zip_must_hold_one_csv_file(refused, content, said):
    assert said in refused(content)


INNER = {
    "gzip in gzip": (gzip.compress(gzip.compress(DATA)), "is packed twice, with gzip and gzip"),
    "gzip in zstd": (zstd(gzip.compress(DATA)), "is packed twice, with zstd and gzip"),
    "nothing in gzip": (gzip.compress(b""), "(gzip) unpacks to no text"),
    "only a mark in zstd": (zstd(codecs.BOM_UTF8), "(zstd) unpacks to no text"),
    "PDF in gzip": (
        gzip.compress(b"%PDF-1.7 ..."),
        "customers.csv (gzip) holds is a PDF document; expected a CSV file",
    ),
    "random bytes in gzip": (gzip.compress(random.Random(1).randbytes(9000)), "is not text"),
}


@pytest.mark.parametrize(("content", "said"), INNER.values(), ids=INNER)
def test_packed_content_must_be_csv(refused, content, said):
    assert said in refused(content)


FOREIGN = {
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a Parquet file": b"PAR1\x15\x04\x15\x10",
    "an Arrow file": b"ARROW1\0\0\xff\xff\xff\xff",
    "a SQLite database": b"SQLite format 3\0\x10\0",
    "an Excel file (.xls, or with a password)": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
    "a web page (HTML)": b"\xef\xbb\xbf\r\n <!DOCTYPE html>\n<html lang='en'><body>Please log in</body></html>\n",
    "XML": b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>",
    "packed with bzip2": bz2.compress(DATA),
    "packed with xz": lzma.compress(DATA),
    "packed with lz4": b"\x04\x22\x4d\x18" + bytes(20),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\0\x04",
    "a RAR archive": b"Rar!\x1a\x07\x01\0",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_other_kinds_are_refused_by_name(refused, name):
    assert f"is {name}; expected a CSV file, so " in refused(FOREIGN[name])


TEXTS = {
    "JSON": [b'{"age": 30}\n', b'\xef\xbb\xbf [\n {"age": 30}]', b"[[30, 31]]", b'{"a b" :1}', b"{}"],
    "a dump of a database (SQL)": [
        b"-- MySQL dump 10.13\n--\n-- Host: localhost\n",
        b"--\n-- PostgreSQL database dump\n--\n",
        b"INSERT INTO customers VALUES (1, 30);\n",
        b"-- customers\ncreate table customers (age int);\n",
        b"COPY public.customers (age) FROM stdin;\n30\n",
    ],
    "YAML": [b"customers:\n- id: 1\n  age: 30\n", b"---\n- id: 1\n  age: 30\n"],
    "an e-mail or an address card": [b"From: a@b.de\nTo: b@c.de\nSubject: list\n", b"BEGIN:VCARD\nN:A\n"],
    "a web page (HTML)": [b"<table><tr><th>age</th></tr></table>"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_other_texts_are_refused_by_name(refused, name, text):
    assert f"is {name}; expected a CSV file, so " in refused(text)


@pytest.mark.parametrize(
    "head",
    [
        "{milk},age",
        "From: To,age",
        "- id: 1,age",
        "copy,age",
        "table,age",
        "[id],age",
        "{id},age",
        "--id,age",
        "-- dumped on,age",
        "insert,age",
        "<id>,age",
        "{'a': 1},b",
    ],
)
def test_headers_with_brackets_are_read(tmp_path, head):
    source = tmp_path / "customers.csv"
    source.write_text(f"{head}\n1,30\n")
    assert packing_of(source) is None


def test_real_databases_are_refused_by_name(tmp_path):
    sqlite3.connect(tmp_path / "a.sqlite").execute("create table a (b)").connection.close()
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute("create table a as select 42 as b")
    pyarrow.parquet.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    for name, said in {"a.sqlite": "a SQLite", "a.duckdb": "a DuckDB", "a.parquet": "a Parquet"}.items():
        with pytest.raises(DataRefused, match=f"{name} is {said}"):
            copy_source(tmp_path / name, tmp_path / "copy")


@pytest.mark.parametrize(
    "text", ["PAR1,PAR2\n1,2\n", "PK,BZh9\n1,2\n", "customerDUCK,b\n1,2\n", "<htmlx>,b\n1,2\n", "%PDF,b\n1,2\n"]
)
def test_header_like_another_kind_is_accepted(copied, text):
    assert copied(text)[1] == text
