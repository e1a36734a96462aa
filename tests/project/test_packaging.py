"""The packaging files: pins with hashes, no host's name, the data in the wheel, a Procfile that runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bot.cli import curbside

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
PACKAGES = ("bot", "flows", "state_law")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def pins(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """A requirements file: each distribution with its requirement and its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        parsed = Requirement(requirement)
        found[canonical(parsed.name)] = parsed, hashes
    return found


def canonical(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    assert pins(name)
    for distribution, (requirement, hashes) in pins(name).items():
        assert re.fullmatch(r"==[0-9][\w.]*", str(requirement.specifier)), distribution
        assert hashes and all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in hashes), distribution


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_what_the_project_asks_for_is_pinned_on_each_python(name: str, python: str) -> None:
    groups = PYPROJECT["dependency-groups"]
    asked = PYPROJECT["project"]["dependencies"] + groups["build"]
    if name == "requirements-dev.txt":
        asked = asked + groups["dev"]
    for wanted in map(Requirement, asked):
        pinned, _ = pins(name)[canonical(wanted.name)]
        version = str(pinned.specifier).removeprefix("==")
        assert wanted.specifier.contains(version), f"{pinned} is not within {wanted}: run `make pins`"
        here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
        assert pinned.marker is None or pinned.marker.evaluate(here), f"{pinned} leaves out Python {python}"


def test_the_versions_that_run_are_those_that_are_tested() -> None:
    running, testing = (pins(name) for name in REQUIREMENTS)
    for distribution, (requirement, hashes) in running.items():
        assert (str(requirement.specifier), hashes) == (
            str(testing[distribution][0].specifier),
            testing[distribution][1],
        )


def test_the_build_backend_is_the_pinned_one() -> None:
    assert PYPROJECT["build-system"]["requires"] == PYPROJECT["dependency-groups"]["build"]


@pytest.mark.parametrize("name", [*REQUIREMENTS, "pyproject.toml", "Makefile", "Procfile"])
def test_no_host_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|index-url|--find-links|@ file", text), f"{name} names a place to download from"


def test_the_wheel_holds_every_module_and_every_data_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    expected = {
        str(path.relative_to(source))
        for package in PACKAGES
        for path in (source / package).rglob("*")
        if path.suffix in (".py", ".yaml", ".json")
    }
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(
        [*build, "--no-index", "--no-build-isolation", "--wheel-dir", str(tmp_path), "."],
        cwd=source,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("curbside-*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected


def test_the_procfile_names_commands_that_exist() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    processes = dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    assert processes
    for process, command in processes.items():
        program, name, *_ = command.split()
        assert program == "curbside", process
        assert name in curbside.list_commands(curbside.make_context("curbside", [name])), process
