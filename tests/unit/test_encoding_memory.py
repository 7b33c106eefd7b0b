from dataclasses import replace

import pytest

from schemas.environment import MEMORY_MB
from schemas.errors import DataRefused, UsageError
from tasks.encoding.memory import Extent, WideColumn, memory_need, refuse_what_does_not_fit
from tasks.run.memory import Memory, memory_there

PLACES = WideColumn("location", 50, 1_000_000, 0.001)
PRODUCTS = WideColumn("purchase_history", 5_000, 5_000_000, 0.0)
EXTENT = Extent(1_000_000, 1, (PLACES, PRODUCTS), tuple(range(2, 11)))


@pytest.mark.parametrize(
    "more",
    [
        {"n_customers": 2_000_000},
        {"n_numbers": 20},
        {"columns": (PLACES, replace(PRODUCTS, n_present=9_000_000))},
        {"columns": (PLACES, replace(PRODUCTS, n_features=9_000))},
        {"ks": tuple(range(2, 40))},
    ],
    ids=["customers", "numbers", "present values", "features", "ks"],
)
def test_need_grows_with(more):
    assert memory_need(replace(EXTENT, **more)) > memory_need(EXTENT)


def test_need_covers_rows_twice_and_labels():
    rows = 4 * 1_000_000 * 2 + 8 * 6_000_000
    assert 2 * rows + 9 * 3 * 1_000_000 < memory_need(EXTENT) < 1e9


def test_few_customers_need_under_100_megabytes():
    assert memory_need(Extent(6, 1, (replace(PLACES, n_present=6),), (2,))) < 100e6


@pytest.mark.parametrize(
    ("n_customers", "n_binary", "n_present", "measured"),
    [(1_000_000, 80, 5_697_515, 359e6), (20_000, 874, 140_000, 178e6), (20_000, 5_217, 160_000, 219e6)],
)
def test_need_is_about_what_was_measured(n_customers, n_binary, n_present, measured):
    column = WideColumn("purchase_history", n_binary, n_present, 0.0)
    need = memory_need(Extent(n_customers, 1, (column,), tuple(range(2, 11))))
    assert 0.95 * measured < need < 1.35 * measured


def test_what_fits_is_not_refused():
    refuse_what_does_not_fit(EXTENT, Memory(memory_need(EXTENT), "all"), "customers.csv")


def test_refusal_names_need_memory_and_setting():
    with pytest.raises(DataRefused) as refused:
        refuse_what_does_not_fit(EXTENT, Memory(100_000_000, "SEGMENTS_MEMORY_MB=300"), "customers.csv")
    assert str(refused.value) == (
        f"customers.csv: 1,000,000 customers with 5,051 features need about {memory_need(EXTENT) / 1e6:.0f} MB of "
        "memory and there are 100 MB (SEGMENTS_MEMORY_MB=300); 5,000 of the features are values of purchase_history, "
        "present 5,000,000 times: raise its min_frequency=0 in the schema, declare it ignored(), or give it more memory"
    )
    assert refused.value.exit_code == 65


@pytest.mark.parametrize("columns", [(), (WideColumn("member", 1, 500_000, 0.001),)])
def test_refusal_without_categories_names_no_setting(columns):
    with pytest.raises(DataRefused, match=r"declare columns ignored\(\), or give it more memory$"):
        refuse_what_does_not_fit(replace(EXTENT, columns=columns), Memory(0, "all"), "customers.csv")


def written(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MEMINFO = {"proc/meminfo": "MemTotal: 9000000 kB\nMemAvailable:   8000000 kB\n"}

#: Files of the system -> bytes that are left.
SYSTEMS = {
    "machine": (MEMINFO, 8_000_000 * 1024),
    "group of version 2": (
        MEMINFO
        | {
            "proc/self/cgroup": "0::/night/run\n",
            "groups/night/memory.max": "1000000000\n",
            "groups/night/memory.current": "600000000\n",
            "groups/night/memory.stat": "anon 1\ninactive_file 20000000\nactive_file 30000000\n",
            "groups/night/run/memory.max": "max\n",
        },
        450_000_000,
    ),
    "group of version 1": (
        MEMINFO
        | {
            "proc/self/cgroup": "5:cpu:/x\n4:memory:/night\n",
            "groups/memory/night/memory.limit_in_bytes": "1000000000\n",
            "groups/memory/night/memory.usage_in_bytes": "300000000\n",
            "groups/memory/night/memory.stat": "inactive_file 7\ntotal_inactive_file 0\n",
        },
        700_000_000,
    ),
    "group seen as the root, in a container": (
        MEMINFO
        | {
            "proc/self/cgroup": "0::/\n",
            "groups/memory.max": "1000000000\n",
            "groups/memory.current": "2000000000\n",
        },
        0,
    ),
}


@pytest.mark.parametrize(("files", "left"), SYSTEMS.values(), ids=SYSTEMS)
def test_memory_is_the_lowest_limit(tmp_path, monkeypatch, files, left):
    monkeypatch.delenv(MEMORY_MB, raising=False)
    written(tmp_path, files)
    assert memory_there(tmp_path / "proc", tmp_path / "groups").n_bytes == left


def test_user_may_allow_less_than_there_is(monkeypatch):
    monkeypatch.setenv(MEMORY_MB, "2")
    assert memory_there() == Memory(0, "SEGMENTS_MEMORY_MB=2")


def test_limit_that_is_no_number_is_told(monkeypatch):
    monkeypatch.setenv(MEMORY_MB, "1 GB")
    with pytest.raises(UsageError, match="SEGMENTS_MEMORY_MB=1 GB should be a whole number of megabytes"):
        memory_there()


def test_unlimited_system_has_its_whole_memory(tmp_path, monkeypatch):
    monkeypatch.delenv(MEMORY_MB, raising=False)
    assert memory_there(tmp_path, tmp_path).n_bytes > 100_000_000
