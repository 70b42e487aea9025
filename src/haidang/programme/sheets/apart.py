"""Files of departments are read in a process each, one after the other, ended when it takes too long.

A workbook that is made to be slow or large, or that leads a parser astray, then costs a process and a turn in
the queue, and not the server.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Literal, TypeVar

import msgspec

from haidang.base.log import logger
from haidang.base.problems import KINDS, Problem
from haidang.documents.press import environment
from haidang.documents.workbook import UNREADABLE
from haidang.programme.sheets.schedules.reading import UNREADABLE as NO_SCHEDULE
from haidang.programme.sheets.turns import in_turn

Kind = Literal["sheet", "schedule", "contracting", "monthly"]
T = TypeVar("T")
SECONDS_MAX = 30.0
BYTES_MAX = 64 << 20
"""Of a file, and of what is read out of it."""
_log = logger("programme")


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    read: msgspec.Raw = msgspec.Raw()
    code: str = ""
    vi: str = ""
    en: str = ""
    extra: dict[str, Any] = {}


async def reading(kind: Kind, content: bytes, into: type[T], order: msgspec.Struct | None = None) -> T:
    """Return a file as it was read when its turn came; ``Problem`` where it is refused or too many wait."""
    return await in_turn(lambda: read_apart(kind, content, into, order))


def read_apart(
    kind: Kind,
    content: bytes,
    into: type[T],
    order: msgspec.Struct | None = None,
    *,
    seconds: float = SECONDS_MAX,
) -> T:
    """Read a file in a process of its own; holds its thread for ``seconds`` at the most."""
    if len(content) > BYTES_MAX:
        raise _refused(kind, "Tệp quá lớn.", f"The file is larger than {BYTES_MAX >> 20} MiB.")
    said = b"" if order is None else msgspec.json.encode(order)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "haidang.programme.sheets.child", kind],
            input=said + b"\n" + content, capture_output=True, timeout=seconds, check=False,
            env=environment(), cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        _log.warning("sheet too slow", kind=kind, seconds=seconds, bytes=len(content))
        raise _refused(
            kind,
            f"Quá {seconds:g} giây chưa đọc xong nên đã dừng.",
            f"It was ended after {seconds:g} seconds.",
        ) from cause
    if done.returncode or len(done.stdout) > BYTES_MAX:
        # The kernel ended it, or it fell over: the file asked for more time or memory than any sheet does.
        said_last = done.stderr[-500:].decode(errors="replace")
        _log.warning("sheet failed", kind=kind, code=done.returncode, said=said_last)
        raise _refused(
            kind, "Đọc tệp này cần nhiều thời gian hoặc bộ nhớ hơn mức cho phép, hoặc tệp bị hỏng.",
            "Reading the file takes more time or memory than it may, or the file is damaged.",
        )  # fmt: skip
    answer = msgspec.json.decode(done.stdout, type=_Answer)
    if answer.code:
        raise Problem(KINDS[answer.code], answer.vi, answer.en, **answer.extra)
    return msgspec.json.decode(answer.read, type=into)


def _refused(kind: Kind, vi: str, en: str) -> Problem:
    return Problem(NO_SCHEDULE if kind == "schedule" else UNREADABLE, vi, en)
