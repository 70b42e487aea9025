"""``docs/directive-reports.md`` says of every grouping, finding and limit what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

from haidang.directives.model.counts import BYS, STANDINGS
from haidang.directives.model.published import STATEMENTS_MAX, Finding
from haidang.directives.papers.api import ROUTES
from haidang.directives.papers.letters import TASKS_MAX
from haidang.directives.papers.model import LATE_MAX, LINES_MAX, LISTED_MAX
from haidang.directives.service import counting

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "directive-reports.md").read_text(encoding="utf-8")
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


def test_every_word_of_the_counts_stands_there() -> None:
    codes = get_args(get_type_hints(Finding)["code"])
    for word in (*BYS, *STANDINGS, *codes, "on_time_rate", "done_share", "returned_rate", "median_days"):
        assert word in TEXT, word


def test_every_limit_is_the_codes_own() -> None:
    for number in (f"{counting.LINES_MAX:,}", LINES_MAX - 1, TASKS_MAX, STATEMENTS_MAX, LISTED_MAX, LATE_MAX):
        assert re.search(rf"\b{number}\b", TEXT), number


def test_every_route_and_test_that_is_named_exists() -> None:
    served = {re.sub(r":\w+}", "}", path) for route in ROUTES for path in route.paths}
    for path in served:
        assert path.replace("{kind}", "weekly") in TEXT, path
    for name in re.findall(r"`(test_\w+)`", TEXT):
        assert f"def {name}(" in TESTS, name
