"""The installed set and the package: what is pinned is installed, what is needed is shipped."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
)


def required(name, found):
    """Collect what a distribution needs in this environment, however indirectly."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        key = canonicalize_name(requirement.name)
        if key not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": "dev"})):
            try:
                found[key] = distribution(key).version
            except ModuleNotFoundError:
                continue  # an extra of a dependency that nobody asked for
            required(key, found)
    return found


def test_constraints_are_plain_pins_without_an_address():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_installed_requirements_are_all_pinned():
    pinned = {canonicalize_name(name): version for name, version in PINS.items()}
    installed = required("nightly-segments", {})
    assert len(installed) > 80
    assert {name: version for name, version in installed.items() if pinned.get(name) != version} == {}


@pytest.mark.slow
def test_wheel_ships_packages_sql_and_template(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path, ROOT],
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(path.relative_to(ROOT)) for path in (ROOT / "warehouse").rglob("*.sql")}
    wanted |= {str(path.relative_to(ROOT)) for path in (ROOT / "tasks" / "templates").iterdir()}
    wanted |= {str(path.relative_to(ROOT)) for name in ("flows", "tasks", "schemas", "warehouse")
               for path in (ROOT / name).rglob("*.py")}  # fmt: skip
    assert wanted <= shipped
    assert {name.split("/")[0] for name in shipped if ".dist-info" not in name} == {
        "flows", "tasks", "schemas", "warehouse",
    }  # fmt: skip
