"""What is made up of a project: its works with their course, and the records that tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from haidang.demo.programme.calendar import Month
from haidang.demo.programme.schemes import Scheme
from haidang.demo.programme.works import Course, Work


class Ref(msgspec.Struct, frozen=True):
    """Something of the same project that was told before, by its key."""

    key: str


class Told(msgspec.Struct, frozen=True):
    """A record as it is told in a month; ``key`` is what others name it by."""

    month: Month
    kind: str
    facts: Mapping[str, Any]
    key: str = ""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A project with its works and all that became of them."""

    scheme: Scheme
    decided: Month
    total: int
    raised: int | None
    """The total after its re-appraisal."""
    works: tuple[Work, ...]
    contractors: tuple[int, ...]
    course: Course

    def number(self, work: int) -> str:
        """Return the number of a contract."""
        year = self.works[work].begin // 12
        return f"{work + 1:02}/{year}/HĐ-{self.scheme.word.upper()}"
