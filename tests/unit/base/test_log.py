"""Logs: one line for people or one object for a collector, and never the locals of a failing function."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from haidang.base import log
from haidang.base.settings import Settings


@pytest.fixture(autouse=True)
def logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail() -> None:
    password = "-".join(["mật", "khẩu", "bí", "mật"])
    raise RuntimeError(f"{len(password)} letters")


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_failure_is_logged_without_its_locals(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, style: str
) -> None:
    log.configure(msgspec.structs.replace(Settings(data_dir=tmp_path), log_format=style))
    try:
        _fail()
    except RuntimeError:
        log.logger("web").exception("the server does not start")
    said = capsys.readouterr().err
    assert "the server does not start" in said
    assert "RuntimeError: 15 letters" in said
    assert "mật-khẩu-bí-mật" not in said


def test_json_lines_carry_facts_and_libraries_speak_the_same_way(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log.configure(Settings(data_dir=tmp_path, log_format="json"))
    log.logger("feeds").info("run finished", feed="cameras", accepted=282)
    logging.getLogger("some.library").warning("a library's %s", "word")
    logging.getLogger("httpx").info("chatter")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["room"], first["accepted"], first["level"]) == (
        "run finished",
        "feeds",
        282,
        "info",
    )
    assert (second["event"], second["level"]) == ("a library's word", "warning")
