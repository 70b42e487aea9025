"""Where files are read: a process each, ended when it takes too long, two at a time."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import msgspec
import structlog

from haidang.base.problems import KINDS, Problem, kind
from haidang.documents.intake.model import (
    FILE_BYTES_MAX,
    UNREADABLE,
    Answer,
    TextFile,
    refused,
    too_large,
)
from haidang.documents.press import environment
from haidang.documents.turns import Turns

BUSY = kind("documents-busy", 503, "Quá nhiều tài liệu đang được đọc", "Too many documents are being read")
SECONDS_MAX = 30.0
AT_ONCE = 2
QUEUE_MAX = 20
WAIT_SECONDS = 30.0

_log = structlog.get_logger(__name__)
_turns = Turns("intake", AT_ONCE)


async def reading(name: str, content: bytes) -> TextFile:
    """Return a file as text, read in a process of its own; ``Problem`` where it is refused."""
    if len(content) > FILE_BYTES_MAX:
        raise too_large(
            f"Tệp lớn hơn {FILE_BYTES_MAX >> 20} MB.", f"The file is larger than {FILE_BYTES_MAX >> 20} MB."
        )
    work = partial(read_apart, name, content)
    return await _turns.take(work, queue_max=QUEUE_MAX, wait_seconds=WAIT_SECONDS, busy=_busy)


def read_apart(name: str, content: bytes, *, seconds: float = SECONDS_MAX) -> TextFile:
    """Read a file in a process of its own; holds its thread for ``seconds`` at the most."""
    said = name.replace("\x00", "")[-255:]
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "haidang.documents.intake.child", said],
            input=content, capture_output=True, timeout=seconds, check=False, env=environment(), cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise _too_slow(name, seconds) from cause
    if done.returncode:
        # The kernel ended it, or it fell over: the file asked for more time or memory than any document does.
        _log.warning("intake_failed", code=done.returncode, said=done.stderr[-500:].decode(errors="replace"))
        raise refused(
            UNREADABLE,
            "Đọc tài liệu này cần nhiều thời gian hoặc bộ nhớ hơn mức cho phép, hoặc tệp bị hỏng.",
            "Reading the document takes more time or memory than it may, or the file is damaged.",
        )
    answer = msgspec.json.decode(done.stdout, type=Answer)
    if answer.file is None:
        raise Problem(KINDS[answer.code], answer.vi, answer.en)
    return answer.file


def _too_slow(name: str, seconds: float) -> Problem:
    _log.warning("intake_too_slow", seconds=seconds, suffix=name[-8:])
    return refused(
        UNREADABLE,
        f"Quá {seconds:g} giây chưa đọc xong nên đã dừng.",
        f"It was ended after {seconds:g} seconds of reading.",
    )


def _busy() -> Problem:
    return Problem(BUSY, retry_after_s=10)
