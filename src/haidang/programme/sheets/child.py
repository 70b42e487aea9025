"""The process that reads one sheet and ends: ``python -m haidang.programme.sheets.child KIND``.

On standard input comes a line of JSON (what a person said of the sheet), then the file; the reading, or the
refusal, leaves as JSON on standard output. What it may take of time and memory is bounded before it reads a
byte (``documents.child``).
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from haidang.base.problems import Problem
from haidang.documents.child import bind


def main(arguments: list[str]) -> int:
    """Read the file on standard input; the exit code is 0 also where it is refused."""
    bind()
    order, _, content = sys.stdin.buffer.read().partition(b"\n")
    answer: dict[str, Any]
    try:
        answer = {"read": _read(arguments[0], order, content)}
    except Problem as refusal:
        answer = {"code": refusal.kind.code, "vi": refusal.vi, "en": refusal.en, "extra": refusal.extra}
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0


def _read(kind: str, order: bytes, content: bytes) -> Any:
    # Each kind loads its own: a process that reads a schedule has no use for the others'.
    if kind == "sheet":
        from haidang.programme.sheets import open_json, reading  # noqa: PLC0415

        if open_json.is_json(content):
            return open_json.read(content)
        return reading.read(content, msgspec.json.decode(order, type=reading.Asked))
    if kind == "schedule":
        from haidang.programme.sheets.schedules import reading as schedules  # noqa: PLC0415

        return schedules.read(content)
    if kind == "contracting":
        from haidang.programme.sheets.ocds import reading as ocds  # noqa: PLC0415

        return ocds.read(content)
    from haidang.programme.sheets.monthly.forms import read_back  # noqa: PLC0415

    return read_back(content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
