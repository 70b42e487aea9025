"""Where documents are drawn: a process each, ended when it takes too long, two at a time.

A document is drawn within a second; what is not done after ``SECONDS_MAX`` is ended and refused. The server
itself only writes the report into a pipe and reads the file from another.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Literal

import msgspec
import structlog

from haidang.base.problems import Problem, kind
from haidang.documents.report import Report, prepared
from haidang.documents.turns import Turns

Form = Literal["docx", "pdf"]
MEDIA: dict[Form, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
NOT_DRAWN = kind("document-not-drawn", 503, "Chưa lập được tài liệu", "The document could not be drawn")

SECONDS_MAX = 30.0
BYTES_MAX = 32 << 20
AT_ONCE = 2
QUEUE_MAX = 10
"""Documents under way and waiting; one more is told to come again."""
WAIT_SECONDS = 15.0
"""How long a document waits for its turn."""

_log = structlog.get_logger(__name__)
_turns = Turns("press", AT_ONCE)


async def printed(report: Report, form: Form) -> bytes:
    """Return a report as a file; ``Problem`` where it is too large, takes too long or fails."""
    return await _turns.take(
        lambda: print_now(report, form), queue_max=QUEUE_MAX, wait_seconds=WAIT_SECONDS, busy=_busy
    )


def print_now(report: Report, form: Form, *, seconds: float = SECONDS_MAX) -> bytes:
    """Return a report as a file; holds its thread for ``seconds`` at the most."""
    order = msgspec.json.encode(prepared(report))  # refuses what is too large before a process begins
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "haidang.documents.child", form],
            input=order, capture_output=True, timeout=seconds, check=False, env=environment(), cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        _log.warning("document_too_slow", form=form, seconds=seconds, blocks=len(report.blocks))
        raise _not_drawn(
            f"Quá {seconds:g} giây chưa xong nên đã dừng.", f"It was ended after {seconds:g} seconds."
        ) from cause
    if done.returncode or not done.stdout or len(done.stdout) > BYTES_MAX:
        said = done.stderr[-500:].decode(errors="replace")
        _log.error("document_failed", form=form, code=done.returncode, said=said)
        raise _not_drawn("Nguyên nhân nằm trong nhật ký của máy chủ.", "The reason is in the server's log.")
    return done.stdout


def environment() -> dict[str, str]:
    """What a child knows: where its packages lie; no proxy, no home, no secret of the server."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONUTF8": "1",
        "RAYON_NUM_THREADS": "1",
    }


def _busy() -> Problem:
    return _not_drawn("Quá nhiều tài liệu đang được lập.", "Too many documents are being drawn.")


def _not_drawn(vi: str, en: str) -> Problem:
    return Problem(NOT_DRAWN, vi, en, retry_after_s=10)


def headers(name: str, form: str) -> dict[str, str]:
    """Return the headers of a document as an answer: a file to be kept, never shown within our pages."""
    return {
        "content-disposition": f'attachment; filename="{name}.{form}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
