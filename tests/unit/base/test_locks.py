"""The lock files: complete, hashed, of one mind, and without an address of any package index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def pinned(name: str) -> dict[str, str]:
    """Return the version of each package in a lock."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links|@ ", text)
    for block in re.split(r"\n(?=[a-zA-Z])", text[re.search(r"^[a-z]", text, re.MULTILINE).start() :]):  # type: ignore[union-attr]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    run, dev = pinned("run"), pinned("dev")
    assert run.items() <= dev.items()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for lock, wanted in (
        ("run", project["project"]["dependencies"]),
        ("dev", project["dependency-groups"]["dev"]),
    ):
        names = {re.match(r"[\w.-]+", line)[0].lower() for line in wanted}  # type: ignore[index]
        assert names <= set(pinned(lock)), lock
