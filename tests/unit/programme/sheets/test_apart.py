"""Files are read in a process each: the same reading comes back, and no file holds the server."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.programme.sheets import apart, open_json, reading
from haidang.programme.sheets.apart import read_apart
from haidang.programme.sheets.description import shipped
from haidang.programme.sheets.ocds import reading as ocds
from haidang.programme.sheets.reading import Asked, Sheet
from haidang.programme.sheets.schedules import reading as schedules
from haidang.programme.sheets.schedules.reading import Schedule
from tests.unit.programme.sheets import test_ocds, test_open_json
from tests.unit.programme.sheets.workbooks import plan_sheet, written


def test_a_sheet_comes_back_as_it_was_read_with_what_was_said_of_it() -> None:
    content = written(plan_sheet(40).grid)
    asked = Asked(descriptions=shipped(), year=2020, numbers="vi")
    found = read_apart("sheet", content, Sheet, asked)
    assert found == reading.read(content, asked) and found.projects


def test_packages_and_schedules_come_back_as_they_were_read() -> None:
    package = test_open_json.package(test_open_json.project())
    assert read_apart("sheet", package, Sheet, Asked()) == open_json.read(package)
    contracting = test_ocds.package(test_ocds.release())
    assert read_apart("contracting", contracting, ocds.Reading) == ocds.read(contracting)
    plan = (
        b'<Project xmlns="http://schemas.microsoft.com/project"><Tasks><Task><UID>1</UID><Name>Giao</Name>'
        b"<Milestone>1</Milestone><Finish>2026-05-01T17:00:00</Finish></Task></Tasks></Project>"
    )
    found = read_apart("schedule", plan, Schedule)
    assert found == schedules.read(plan) and found.steps[0].name == "Giao"


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("sheet", b"x", "workbook-unreadable"),
        ("sheet", json.dumps({"projects": 5}).encode(), "workbook-unreadable"),
        ("contracting", b"[]", "workbook-unreadable"),
        ("schedule", b"x", "schedule-unreadable"),
        ("monthly", b"x", "workbook-unreadable"),
    ],
)
def test_a_refusal_comes_through_with_its_words(kind: apart.Kind, content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        read_apart(kind, content, Sheet, Asked())
    assert refusal.value.kind.code == code and refusal.value.vi and refusal.value.en


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(Problem) as refusal:
        read_apart("sheet", written(plan_sheet(1).grid), Sheet, Asked(), seconds=0.01)
    assert "đã dừng" in refusal.value.vi


def test_a_process_that_falls_over_is_a_refusal_and_no_failure_of_ours(monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Problem) as refusal:
        read_apart("schedule", b"ERMHDR", Schedule)
    assert refusal.value.kind.code == "schedule-unreadable"


def test_a_file_beyond_the_limit_starts_no_process(monkeypatch: Any) -> None:
    monkeypatch.setattr(apart, "BYTES_MAX", 10)
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    with pytest.raises(Problem, match="workbook-unreadable"):
        read_apart("sheet", b"0" * 11, Sheet, Asked())
