"""Whatever is wrong: the right exit code, one line that says what, where and what to do, and nothing harmed."""

import json
import os
import random
import re
import shutil
import subprocess
import sys

import pytest

from schemas.errors import (
    AnotherRunUnderWay,
    DataRefused,
    HomeNotWritable,
    SchemaError,
    SegmentsError,
    UsageError,
)
from tests.conftest import ROOT
from tests.nights import SEED_ROWS, quick_night, run_night, value

HEADER = "Age,Location,Purchase History\n"

#: What a scheduler acts on; the same list as in the help.
EXIT_CODES = {UsageError: 2, SchemaError: 2, DataRefused: 65, HomeNotWritable: 73, AnotherRunUnderWay: 75}


def records(home):
    """Return the record of every run of a home by its run_id."""
    found = [json.loads(path.read_text()) for path in home.glob("runs/*/manifest.json")]
    return {record["run_id"]: record for record in found}


def message_of_failure(error, source, home, **order):
    """Run a night that fails; return its message once all that holds for every failure has been checked."""
    published, earlier = (home / "segments.duckdb").read_bytes(), records(home)
    with pytest.raises(SegmentsError) as raised:
        run_night(source, home, **order)
    message = str(raised.value)
    assert (raised.type, raised.value.exit_code) == (error, EXIT_CODES[error])
    assert len(message.splitlines()) == 1
    assert (home / "segments.duckdb").read_bytes() == published
    (record,) = [record for run_id, record in records(home).items() if run_id not in earlier]
    assert (record["status"], record["message"]) == ("refused" if error is DataRefused else "failed", message)
    assert record["finished_at"] is not None
    return message


#: Name -> what is delivered, and what the message says: where, what was found, what was expected, what to do.
BAD_FILES = {
    "no bytes": (b"", ["customers.csv is empty (0 bytes)", "expected a header line and one row per customer"]),
    "blank lines": (b"\n\n  \n\r\n\r", ["customers.csv holds blank lines only", "expected a header line and one row"]),
    "only a header": (HEADER, ["customers.csv holds a header and no row", "expected one row per customer"]),
    "a header and blank lines": (f"\n{HEADER}\n \n", ["customers.csv holds a header and no row"]),
    "random bytes": (random.Random(7).randbytes(20_000), ["customers.csv", "is not text"]),
    "random bytes without NUL": (
        random.Random(7).randbytes(20_000).replace(b"\0", b""),
        ["customers.csv", "is not text"],
    ),
    "a missing column": (
        "Age,Purchase History\n30,apples\n",
        [
            "customers.csv line 1",
            "column 'location' is missing",
            "found 'Age', 'Purchase History'",
            "deliver the column",
        ],
    ),
    "a misspelt column": (
        f"\n{SEED_ROWS.replace('Location', 'Locatoin')}",
        ["customers.csv line 2", "'location' is missing", "is 'Locatoin' the same? then set alias='Locatoin'"],
    ),
    "no header": (
        SEED_ROWS.partition("\n")[2],
        ["customers.csv line 1", "'age'", "found '25', 'New York', 'apples'", "in the schema"],
    ),
    "a header twice": (
        "Age,Location,AGE ,Purchase History\n30,Ohio,31,apples\n",
        ["customers.csv line 2", "header 'AGE' occurs twice, in columns 1 and 3, which hold '30' and '31'", "rename"],
    ),
    "all rows bad": (
        f"{HEADER}x,Ohio,apples\ny,Texas,steak\n207,Ohio,juice\n-1,Ohio,tea\n",
        ["customers.csv line 2", "age 'x' is not a whole number", "4 of 4 rows are rejected", "segments rejects 2"],
    ),
    "a line without an end": (
        f"{HEADER}30,Ohio,{'apples' * 3_000_000}",
        ["customers.csv", "longer than 16 MiB", "expected one line per customer"],
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD_FILES.values(), ids=BAD_FILES)
def test_unusable_file_is_refused_with_its_line(write, home, content, said):
    message = message_of_failure(DataRefused, write(content), home)
    assert [words for words in said if words not in message] == [], message


BAD_SOURCES = {
    "missing": ("missing.csv", "missing.csv: no such file or directory; name a customers file as SOURCE"),
    "below a file": ("customers.csv/x", "customers.csv/x: no such file or directory; name a customers file as SOURCE"),
    "empty directory": ("empty", "empty holds no file; drop a customers file there, or name one as SOURCE"),
    "directory of directories": (
        "outer",
        "outer holds no file but .hidden.csv (hidden); drop a customers file there, or name one as SOURCE",
    ),
    "device": ("/dev/null", "/dev/null is not a regular file; name a customers file as SOURCE"),
    "pipe": ("pipe", "pipe is not a regular file; name a customers file as SOURCE"),
    "dangling link": ("dangling", "dangling: no such file or directory; name a customers file as SOURCE"),
    "link to itself": ("loop", "loop: no such file or directory; name a customers file as SOURCE"),
    "nothing": ("", "name a customers file as SOURCE"),
    "name with a line end": ("a\nb.csv", "no such file or directory; name a customers file as SOURCE"),
    "endless name": ("a" * 5000, "name a customers file as SOURCE"),
}


@pytest.mark.parametrize(("source", "said"), BAD_SOURCES.values(), ids=BAD_SOURCES)
def test_source_must_be_a_file(write, home, tmp_path, monkeypatch, source, said):
    monkeypatch.chdir(tmp_path)
    write(SEED_ROWS)
    (tmp_path / "empty").mkdir()
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "outer" / ".hidden.csv").write_text(SEED_ROWS)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    assert message_of_failure(UsageError, source, home).endswith(said)


BAD_SETTINGS = {
    "k=1": ({"k": 1}, "--k 1 cannot be used; expected at least 2"),
    "k=0": ({"k": 0}, "--k 0 cannot be used; expected at least 2"),
    "k=-2": ({"k": -2}, "--k -2 cannot be used; expected at least 2"),
    "k=101": ({"k": 101}, "--k 101 cannot be used; expected at most 100"),
    "k_min=1": ({"k_min": 1}, "--k-min 1 cannot be used; expected at least 2"),
    "k_max=101": ({"k_max": 101}, "--k-max 101 cannot be used; expected at most 100"),
    "k_min>k_max": ({"k_min": 5, "k_max": 4}, "--k-min 5 is above --k-max 4; expected k-min <= k-max"),
    "seed=-1": ({"seed": -1}, "--seed -1 cannot be used; expected at least 0"),
    "seed=2**32": ({"seed": 2**32}, "--seed 4294967296 cannot be used; expected less than 4294967296"),
    "unknown encoding": (
        {"encoding": "xyz"},
        "--encoding xyz cannot be used; expected 'auto', 'standard', 'numbers', 'mixed', 'brackets' or 'single'",
    ),
    "unknown dataset": (
        {"dataset": "nobody"},
        "--dataset nobody: no such dataset (known: customers); give a name or the path of a .py file",
    ),
    "module that is no dataset": (
        {"dataset": "errors"},
        "--dataset errors: no such dataset (known: customers); give a name or the path of a .py file",
    ),
    "missing schema file": (
        {"dataset": "nowhere/shop.py"},
        "--dataset nowhere/shop.py: no such file; give the path of a Python file that declares a Dataset",
    ),
}


@pytest.mark.parametrize(("order", "said"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_impossible_setting_is_wrong_usage(write, home, order, said):
    assert message_of_failure(UsageError, write(SEED_ROWS), home, **order) == said


DATASET = """
class {name}(Dataset):
    '''A shop.'''
    age: Series[int] = numeric()
"""
IMPORTS = "from pandera.typing import Series\nfrom schemas import Dataset, category, numeric\n"

BAD_SCHEMAS = {
    "a syntax error": ("x = 1\nclass Shop(:\n", ["shop.py line 2: SyntaxError", "correct the schema file"]),
    "an exception": (
        "x = 1\n\nx / 0\n",
        ["shop.py line 3: ZeroDivisionError: division by zero", "correct the schema file"],
    ),
    "an exception of two lines": ("raise ValueError('a\\nb')\n", ["shop.py line 1: ValueError: a b", "correct"]),
    "a missing import": ("import no_such_module\n", ["shop.py line 1: ModuleNotFoundError", "correct the schema file"]),
    "an exit": ("import sys\nsys.exit('no')\n", ["shop.py line 2", "correct the schema file"]),
    "bytes that are not text": (b"x = '\xe9'\n", ["shop.py line 1: SyntaxError", "correct the schema file"]),
    "no dataset": (IMPORTS, ["shop.py declares 0 datasets (none)", "expected exactly one class of Dataset"]),
    "two datasets": (
        IMPORTS + DATASET.format(name="Shop") + DATASET.format(name="Store"),
        ["shop.py declares 2 datasets (Shop, Store)", "expected exactly one class of Dataset"],
    ),
    "an impossible type": (
        IMPORTS + DATASET.format(name="Shop").replace("Series[int]", "Series[str]"),
        [
            "shop.py: Shop.age is Series[str]; numeric() should be Series[int] or Series[float]",
            "correct the schema file",
        ],
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD_SCHEMAS.values(), ids=BAD_SCHEMAS)
def test_unusable_schema_is_named_with_its_line(write, home, content, said):
    schema = write(content, "shop.py")
    message = message_of_failure(SchemaError, write(SEED_ROWS), home, dataset=str(schema))
    assert [words for words in said if words not in message] == [], message


@pytest.mark.parametrize("place", ["file", "file/home", "file/deep/home"])
def test_home_below_a_file_cannot_be_written(write, tmp_path, place):
    source, file = write(SEED_ROWS), write("mine", "file")
    with pytest.raises(HomeNotWritable) as raised:
        quick_night(source, tmp_path / place)
    message = str(raised.value)
    assert raised.value.exit_code == 73
    assert message.startswith(f"cannot write {tmp_path / place} (")
    assert message.endswith("make it writable or name another home with --home or SEGMENTS_HOME")
    assert len(message.splitlines()) == 1
    assert file.read_text() == "mine"


OUTCOMES = """
import json, sys
from tests.nights import quick_night
outcomes = {}
for name, (source, home) in json.loads(sys.argv[1]).items():
    try:
        outcomes[name] = ["published", 0, quick_night(source, home, force=True).message]
    except Exception as error:
        outcomes[name] = [type(error).__name__, getattr(error, "exit_code", 1), str(error)]
print(json.dumps(outcomes))
"""


def outcomes(orders, *prefix):
    """Run nights in another process: by name, the class of the error, its exit code and its message."""
    command = [*prefix, sys.executable, "-c", OUTCOMES, json.dumps(orders)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def without_permission(good_night, tmp_path_factory):
    """Outcomes of nights in places that the account may not write or read."""
    prefix = []
    if os.geteuid() == 0:
        # Root as an ordinary account: it keeps what it owns, and the modes count.
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if shutil.which(prefix[0]) is None or subprocess.run([*prefix, "true"], check=False).returncode:
            pytest.skip("root may write and read everything, and there is no setpriv to change it")
    folder = tmp_path_factory.mktemp("closed")
    orders, closed = {}, {}
    for name in ("home", "runs", "staging", "archive", "file", "directory", "below"):
        home = shutil.copytree(good_night, folder / name / "home")
        source = folder / name / "inbox" / "customers.csv"
        source.parent.mkdir()
        source.write_text(SEED_ROWS)
        taken = source.parent if name == "directory" else source
        orders[name] = (str(taken), str(home))
        place = {"home": home, "file": source, "directory": source.parent, "below": source.parent}
        closed[place.get(name, home / name)] = 0o555 if name in ("home", "runs", "staging", "archive") else 0
    for path, mode in closed.items():
        path.chmod(mode)
    try:
        yield folder, outcomes(orders, *prefix)
    finally:
        for path in closed:
            path.chmod(0o755)


@pytest.mark.parametrize("name", ["home", "runs", "staging", "archive"])
def test_unwritable_home_is_named(without_permission, good_night, name):
    folder, found = without_permission
    home = folder / name / "home"
    place = home if name == "home" else home / name
    remedy = "make it writable or name another home with --home or SEGMENTS_HOME"
    assert found[name] == ["HomeNotWritable", 73, f"cannot write {place} (permission denied); {remedy}"]
    assert (home / "segments.duckdb").read_bytes() == (good_night / "segments.duckdb").read_bytes()


@pytest.mark.parametrize("name", ["file", "directory", "below"])
def test_unreadable_source_is_wrong_usage(without_permission, good_night, name):
    folder, found = without_permission
    kind, exit_code, message = found[name]
    assert (kind, exit_code) == ("UsageError", 2), message
    assert message.startswith(str(folder / name / "inbox"))
    assert message.endswith("give this account the right to read it")
    assert (folder / name / "home" / "segments.duckdb").read_bytes() == (good_night / "segments.duckdb").read_bytes()


FULL_DISK = """
mount -t tmpfs -o size={size} tmpfs "$1" || exit 99
"$2" -c "$3" "$4"
cat "$1"/home/runs/*/manifest.json
ls "$1/home/staging"
"""


READ_ONLY_DISK = """
mount -t tmpfs tmpfs "$1" && mkdir -p "$1/home/inbox" && mount -o remount,ro "$1" || exit 99
"$2" -c "$3" "$4"
"""


@pytest.fixture
def on_disk(write, tmp_path):
    """Run a night on a disk of its own, which ends with the process: the outcome, and what else was printed."""

    def run(script):
        disk = tmp_path / "disk"
        disk.mkdir()
        orders = json.dumps({"night": (str(write(SEED_ROWS)), str(disk / "home"))})
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
        if shutil.which(command[0]) is None:
            pytest.skip("no unshare to mount a disk with")
        done = subprocess.run(
            [*command, disk, sys.executable, OUTCOMES, orders], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode in (1, 99) and not done.stdout:
            pytest.skip(f"a disk cannot be mounted here: {done.stderr.strip()}")
        outcome, _, rest = done.stdout.partition("\n")
        return disk, json.loads(outcome)["night"], rest

    return run


def test_home_on_read_only_disk_is_named(on_disk):
    disk, outcome, _ = on_disk(READ_ONLY_DISK)
    remedy = "make it writable or name another home with --home or SEGMENTS_HOME"
    assert outcome == ["HomeNotWritable", 73, f"cannot write {disk / 'home'} (read-only file system); {remedy}"]


#: A disk on which the directories of the home are, and no byte is left.
NO_ROOM = """
mount -t tmpfs -o size=1m tmpfs "$1" && mkdir -p "$1"/home/inbox "$1"/home/runs "$1"/home/staging "$1"/home/archive
: > "$1/home/.lock"; cat /dev/zero > "$1/filled" 2> /dev/null
"$2" -c "$3" "$4"
"""


def test_full_disk_for_the_lock_is_named(on_disk):
    disk, (kind, exit_code, message), _ = on_disk(NO_ROOM)
    assert (kind, exit_code) == ("HomeNotWritable", 73), message
    remedy = "make room or name another home with --home or SEGMENTS_HOME"
    assert message == f"cannot write {disk / 'home' / '.lock'} (No space left on device); {remedy}"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("3m", r"has \d\.\d MB free, and this run needs at least 6\.0 MB \(2 x the 0\.0 MB delivered, and 6 MB\)"),
        ("8m", "No space left on device"),
    ],
)
def test_full_disk_leaves_room_for_next_run(on_disk, size, said):
    _, (kind, exit_code, message), rest = on_disk(FULL_DISK.replace("{size}", size))
    record, end = json.JSONDecoder().raw_decode(rest)
    assert (kind, exit_code) == ("HomeNotWritable", 73), message
    assert re.search(said, message)
    assert (record["status"], record["message"]) == ("failed", message)
    assert rest[end:].strip() == "", "the night under construction still takes the room"


#: Arguments after ``run`` (SOURCE and FILE stand for paths), the exit code, what stderr says, and whether the run
#: is recorded in the home, which takes a command line that can be read.
COMMAND_LINES = {
    "missing file": (["missing.csv"], 2, "missing.csv: no such file or directory; name a customers file", True),
    "unknown dataset": (["SOURCE", "--dataset", "nobody"], 2, "--dataset nobody: no such dataset", True),
    "k out of range": (["SOURCE", "--k", "1"], 2, "--k 1 cannot be used; expected at least 2", True),
    "k not a number": (["SOURCE", "--k", "abc"], 2, "--k: 'abc' is not a whole number", False),
    "k not whole": (["SOURCE", "--k", "3.9"], 2, "--k: '3.9' is not a whole number", False),
    "unknown option": (["SOURCE", "--clusters", "3"], 2, "Unknown option: --clusters", False),
    "no file": ([], 2, "is named; name a customers file", False),
    "home below a file": (["SOURCE", "--home", "FILE/home"], 73, "/home (Not a directory); make it writable", False),
}


@pytest.mark.prefect
@pytest.mark.parametrize(("arguments", "exit_code", "said", "is_recorded"), COMMAND_LINES.values(), ids=COMMAND_LINES)
def test_command_line_fails_in_one_line(segments, started, write, home, arguments, exit_code, said, is_recorded):
    published, earlier = (home / "segments.duckdb").read_bytes(), records(home)
    for name, path in {"SOURCE": write(SEED_ROWS), "FILE": write("mine", "file")}.items():
        arguments = [argument.replace(name, str(path)) for argument in arguments]
    run = started if exit_code == 73 else segments  # no other test starts a command that ends so
    done = run("run", *arguments, *([] if "--home" in arguments else ["--home", home]))
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert done.stderr.startswith("segments: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (home / "segments.duckdb").read_bytes() == published
    added = [record for run_id, record in records(home).items() if run_id not in earlier]
    assert [f"segments: {record['message']}\n" for record in added] == ([done.stderr] if is_recorded else [])


def test_good_night_after_all_failures_shows_them(write, home):
    for name in ("no bytes", "random bytes", "a missing column"):
        message_of_failure(DataRefused, write(BAD_FILES[name][0]), home)
    message_of_failure(UsageError, write(SEED_ROWS), home, k=1)
    quick_night(write(SEED_ROWS), home, force=True)
    assert value(home, "SELECT list(status ORDER BY started_at) FROM runs") == [
        "published", "refused", "refused", "refused", "failed", "published"
    ]  # fmt: skip
