"""What verdicts say of the engine. Pure.

* **found**: a proposal that people kept (accepted or issued), also where they corrected it, split it or
  merged it: something was to be found there. **exact**: kept with its wording, its units and its action.
* **wrong**: one that they rejected. **missed**: one that they had to add by hand.
* precision = found / (found + wrong); recall = found / (found + missed). No figure where nothing was judged.

A rule counts for every proposal in which it fired. What was missed has the rules that fire once its passage
is shown to the engine alone: those that saw it and were not let through; so recall by rule is a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.directives.extraction.rules import explained

WORDING = frozenset({"text", "lead", "cooperating", "action"})


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal, and how it ended."""

    origin: str
    state: str
    at: datetime
    rules: tuple[str, ...]
    edited: tuple[str, ...]
    had_deadline: bool


class _Sum:
    """Counts of one line."""

    def __init__(self) -> None:
        self.found = self.exact = self.wrong = self.missed = 0
        self.corrected: dict[str, int] = {}

    def add(self, each: Judged) -> None:
        if each.origin == "hand":
            self.missed += each.state in {"accepted", "issued"}
            return
        if each.state == "rejected":
            self.wrong += 1
            return
        self.found += 1
        counted = {name for name in each.edited if name != "due" or each.had_deadline}
        self.exact += each.state != "replaced" and not (counted & WORDING)
        for name in counted & (WORDING | {"due", "product"}):
            self.corrected[name] = self.corrected.get(name, 0) + 1

    def line(self) -> dict[str, Any]:
        return {
            "found": self.found, "exact": self.exact, "wrong": self.wrong, "missed": self.missed,
            "precision": _ratio(self.found, self.found + self.wrong),
            "recall": _ratio(self.found, self.found + self.missed),
            "exactness": _ratio(self.exact, self.found), "corrected": self.corrected,
        }  # fmt: skip


def _ratio(part: int, whole: int) -> dict[str, Any] | None:
    """Return a share that names its denominator; None where there is nothing to be a share of."""
    return {"value": round(part / whole, 4), "of": part, "in": whole} if whole else None


def tally(judged: Iterable[Judged]) -> dict[str, Any]:
    """Return the figures in all, by month and by rule and month."""
    total = _Sum()
    months: dict[str, _Sum] = {}
    rules: dict[tuple[str, str], _Sum] = {}
    for each in judged:
        month = f"{each.at.astimezone(LOCAL):%Y-%m}"
        total.add(each)
        months.setdefault(month, _Sum()).add(each)
        for rule in each.rules:
            rules.setdefault((rule, month), _Sum()).add(each)
    return {
        "all": total.line(),
        "months": [{"month": month} | months[month].line() for month in sorted(months)],
        "rules": [
            explained([rule])[0] | {"rule": rule, "month": month} | rules[rule, month].line()
            for rule, month in sorted(rules)
        ],
    }
