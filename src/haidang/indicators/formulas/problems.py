"""What is wrong with a formula, and at which character of it."""

from __future__ import annotations

from haidang.base.problems import Fault, Problem, kind

BAD = kind("formula", 422, "Công thức không hợp lệ", "The formula is not valid")
CYCLE = kind("formula-cycle", 422, "Các công thức tạo thành vòng lặp", "The formulas go round in a circle")


def bad(at: int, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of a formula; ``at`` counts characters from 1."""
    return Problem(
        BAD, f"Ký tự {at}: {vi}.", f"Character {at}: {en}.",
        faults=(Fault(f"formula:{at}", vi, en, None if value is None else value[:80]),),
    )  # fmt: skip
