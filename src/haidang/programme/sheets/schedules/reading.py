"""Schedules as files: MS Project XML (MSPDI) and Primavera XER, read safely into steps.

Only what becomes milestones is read: names, whether a step is a milestone, and its days as first planned,
as expected now, and as they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Literal

import msgspec
from lxml import etree

from haidang.base.problems import Problem, kind
from haidang.documents.numbers import clean

UNREADABLE = kind("schedule-unreadable", 422, "Không đọc được tiến độ", "The schedule cannot be read")
SIZE_MAX = 32 << 20
STEPS_MAX = 20_000
DEPTH_MAX = 32
NAME_MAX = 500
_DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?:[T ].*)?")
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MPP = b"\xd0\xcf\x11\xe0"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a schedule."""

    uid: str
    """As the file numbers it; messages name it so."""
    code: str
    """WBS or activity code."""
    name: str
    milestone: bool
    baseline_on: date | None
    """End as first planned; where the file has no baseline, its planned end."""
    forecast_on: date | None
    """End as expected now; None once it is there."""
    actual_on: date | None
    faults: tuple[tuple[str, str, str], ...] = ()
    """Field, and what is wrong with it in both languages."""


class Schedule(msgspec.Struct, frozen=True):
    """A schedule as it was read."""

    source: Literal["msproject-xml", "xer"]
    title: str
    steps: tuple[Step, ...]


def read(content: bytes) -> Schedule:
    """Return the steps of a schedule; ``Problem`` (schedule-unreadable) where it is none of the two kinds."""
    if len(content) > SIZE_MAX:
        raise _refused("Tệp lớn hơn 32 MB.", "The file is larger than 32 MB.")
    if content.startswith(_MPP):
        raise _refused("Tệp MPP: hãy lưu thành XML.", "An MPP file: save it as XML.")
    if content.startswith(b"ERMHDR"):
        return _xer(content)
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _msproject(content)
    raise _refused("Chỉ nhận XML của MS Project hoặc XER.", "Only MS Project XML or XER are taken.")


def _refused(vi: str, en: str) -> Problem:
    return Problem(UNREADABLE, vi, en)


def _msproject(content: bytes) -> Schedule:
    if _DECLARED.search(content) or b"\x00" in content:
        raise _refused("Chứa khai báo DTD hoặc không phải UTF-8.", "It declares entities or is not UTF-8.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        said = str(cause)[:200]
        raise _refused(f"Không phải XML: {said}", f"Not XML: {said}") from cause
    if etree.QName(root).localname != "Project":
        raise _refused("Không phải XML của MS Project.", "It is no XML of MS Project.")
    _bounded(root)
    steps = []
    for task in root.iterfind("{*}Tasks/{*}Task"):
        name = clean(_text(task, "Name"))
        if (
            name
            and _text(task, "IsNull") != "1"
            and _text(task, "Active") != "0"
            and _text(task, "ID") != "0"
        ):
            steps.append(_task(task, name))
    return Schedule(
        "msproject-xml", clean(_text(root, "Title") or _text(root, "Name"))[:NAME_MAX], tuple(steps)
    )


def _bounded(root: Any) -> None:
    depth = tasks = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        tasks += event == "start" and etree.QName(element).localname == "Task"
        if depth > DEPTH_MAX or tasks > STEPS_MAX:
            raise _refused(f"Quá {STEPS_MAX} công việc.", f"More than {STEPS_MAX} tasks.")


def _text(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return (found.text or "").strip() if found is not None else ""


def _task(task: Any, name: str) -> Step:
    baseline = next(
        (each for each in task.iterfind("{*}Baseline") if _text(each, "Number") in ("", "0")), None
    )
    faults: list[tuple[str, str, str]] = []
    finish = _day(_text(task, "Finish"), "Finish", faults)
    first = _day(_text(baseline, "Finish"), "Baseline/Finish", faults) if baseline is not None else None
    actual = _day(_text(task, "ActualFinish"), "ActualFinish", faults)
    return Step(
        uid=_text(task, "UID"), code=_text(task, "WBS")[:100], name=name[:NAME_MAX],
        milestone=_text(task, "Milestone") == "1", baseline_on=first or finish,
        forecast_on=None if actual else finish, actual_on=actual, faults=tuple(faults),
    )  # fmt: skip


def _day(text: str, field: str, faults: list[tuple[str, str, str]]) -> date | None:
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else _no_day()
    except ValueError:
        faults.append((field, f"không phải ngày: {text[:40]}", f"is no day: {text[:40]}"))
        return None


def _no_day() -> date:
    raise ValueError


def _decoded(content: bytes) -> str:
    """Return the text of an XER: UTF-8, or the Vietnamese code page that Primavera writes on Windows."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1258", errors="replace")


def _xer(content: bytes) -> Schedule:
    title, steps = "", []
    for table, row in _rows(_decoded(content)):
        if table == "PROJECT" and not title:
            title = clean(row.get("proj_short_name", ""))[:NAME_MAX]
        elif table == "TASK" and row.get("task_type") != "TT_WBS":
            steps.append(_activity(row))
            if len(steps) > STEPS_MAX:
                raise _refused(f"Quá {STEPS_MAX} công việc.", f"More than {STEPS_MAX} tasks.")
    if not steps:
        raise _refused("XER không có bảng TASK.", "The XER has no table TASK.")
    return Schedule("xer", title, tuple(steps))


def _rows(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of an XER: ``%T`` names a table, ``%F`` its fields, ``%R`` is a row."""
    table, fields = "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        mark, *cells = line.split("\t")
        if mark == "%T":
            table, fields = (cells[0] if cells else ""), []
        elif mark == "%F":
            fields = cells
        elif mark == "%R":
            if len(cells) > len(fields):
                raise _refused(
                    f"Dòng {number} nhiều ô hơn tiêu đề.", f"Line {number} has more cells than fields."
                )
            yield table, dict(zip(fields, cells, strict=False))


def _activity(row: dict[str, str]) -> Step:
    faults: list[tuple[str, str, str]] = []

    def day(*names: str) -> date | None:
        name = next((each for each in names if row.get(each)), names[0])
        return _day(row.get(name, "").strip(), name, faults)

    actual = day("act_end_date")
    return Step(
        uid=row.get("task_id", ""), code=row.get("task_code", "")[:100],
        name=clean(row.get("task_name", ""))[:NAME_MAX],
        milestone=row.get("task_type") in ("TT_Mile", "TT_FinMile"),
        baseline_on=day("target_end_date", "target_start_date"),
        forecast_on=None if actual else day("reend_date", "early_end_date", "target_end_date"),
        actual_on=actual, faults=tuple(faults),
    )  # fmt: skip


KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = tuple(
    (word, re.compile(pattern).search)  # type: ignore[misc]
    for word, pattern in (
        ("settlement", r"quyet toan"),
        ("clearance", r"giai phong mat bang|gpmb|ban giao mat bang"),
        ("handover", r"ban giao|dua vao su dung"),
        ("acceptance", r"nghiem thu"),
        ("installation", r"lap dat"),
        ("delivery", r"giao hang|cung cap thiet bi|nhap khau"),
        ("contract", r"hop dong"),
        ("procurement", r"dau thau|lua chon nha thau|mo thau"),
        ("design", r"thiet ke"),
        ("start", r"khoi cong"),
    )
)
"""Words of a step's name (folded) and the kind of milestone they mean; the first that fits."""
