"""``docs/problems.md`` lists every way in which the house refuses, and no other."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import haidang
from haidang.base.problems import KINDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "problems.md"


def import_everything() -> None:
    """Import every module, so that every kind is declared."""
    for module in pkgutil.walk_packages(haidang.__path__, "haidang."):
        if module.name != "haidang.__main__":
            importlib.import_module(module.name)


def test_every_problem_is_documented() -> None:
    import_everything()
    listed = {
        code: (int(status), vi, en)
        for code, status, vi, en in re.findall(
            r"^\| `([\w-]+)` \| (\d+) \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert listed == {code: (kind.status, kind.vi, kind.en) for code, kind in KINDS.items()}
