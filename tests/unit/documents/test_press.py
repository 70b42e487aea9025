"""Documents are drawn in a process that is ended: by time, by memory, and never more than two at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from haidang.base.problems import Problem
from haidang.documents import press
from haidang.documents.report import ROWS_MAX, Paragraph, Points, Report
from tests.unit.documents.reports import every_block, report


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK\x03\x04"), ("pdf", b"%PDF-1.7")])
async def test_a_report_comes_as_a_file(form: press.Form, begins: bytes) -> None:
    assert (await press.printed(report(*every_block()), form)).startswith(begins)


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(Problem) as refusal:
        press.print_now(report(Paragraph(text="a")), "pdf", seconds=0.001)
    assert refusal.value.kind is press.NOT_DRAWN
    assert press.print_now(report(Paragraph(text="a")), "pdf").startswith(b"%PDF")


def test_what_is_too_large_begins_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.subprocess, "run", None)  # would be called
    with pytest.raises(Problem) as refusal:
        press.print_now(report(Points(items=("a",) * (ROWS_MAX + 1))), "docx")
    assert refusal.value.kind.code == "document-too-large"


async def test_more_than_a_few_at_once_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    go, begun = threading.Event(), threading.Semaphore(0)
    drawn: list[str] = []

    def slow(_: Report, form: press.Form) -> bytes:
        drawn.append(threading.current_thread().name)
        begun.release()
        go.wait(30)
        return form.encode()

    monkeypatch.setattr(press, "print_now", slow)
    waiting = [asyncio.create_task(press.printed(report(), "pdf")) for _ in range(press.QUEUE_MAX)]
    await asyncio.sleep(0)  # each has taken its place
    with pytest.raises(Problem) as refusal:
        await press.printed(report(), "pdf")
    assert refusal.value.extra["retry_after_s"] > 0
    # As many draw at once as may, in threads of their own: those of everybody else are free to wait for it.
    for _ in range(press.AT_ONCE):
        assert await asyncio.to_thread(begun.acquire, timeout=20)
    assert len(drawn) == press.AT_ONCE
    go.set()
    assert await asyncio.gather(*waiting) == [b"pdf"] * press.QUEUE_MAX
    assert len(set(drawn)) == press.AT_ONCE
    assert await press.printed(report(), "docx") == b"docx", "places are given back"


async def test_who_has_waited_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "WAIT_SECONDS", -1.0)
    with pytest.raises(Problem) as refusal:
        await press.printed(report(), "docx")
    assert refusal.value.kind is press.NOT_DRAWN


def _bound(code: str) -> subprocess.CompletedProcess[bytes]:
    """Run some code as the child is bound."""
    program = f"from haidang.documents import child; child.bind(); {code}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)


def test_a_child_has_no_more_memory_than_it_may() -> None:
    assert b"MemoryError" in _bound("bytearray(child.MEMORY_MAX)").stderr


def test_a_child_can_write_no_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    _bound(f"open({str(file)!r}, 'w').write('a')")
    assert file.read_bytes() == b""


def test_a_child_is_told_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIDANG_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("HTTPS_PROXY", "proxy")
    assert set(press.environment()) == {"PYTHONPATH", "PYTHONUTF8", "RAYON_NUM_THREADS"}
