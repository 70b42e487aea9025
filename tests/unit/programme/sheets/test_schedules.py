"""Schedules of MS Project and Primavera: what becomes milestones, and what is refused."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from haidang.base.problems import Problem
from haidang.programme.sheets.schedules.reading import STEPS_MAX, read
from haidang.programme.sheets.schedules.service import kind_of

TASK = """<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{name}</Name><WBS>1.{uid}</WBS>
<Milestone>{milestone}</Milestone><Start>2026-01-05T08:00:00</Start><Finish>{finish}T17:00:00</Finish>{more}</Task>"""


def mspdi(*tasks: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Project xmlns="http://schemas.microsoft.com/project">'
        f"<Title>Trung tâm điều hành</Title><Tasks><Task><UID>0</UID><ID>0</ID><Name>Tất cả</Name></Task>"
        f"{''.join(tasks)}</Tasks></Project>"
    ).encode()


def task(uid: int, name: str, finish: str = "2026-06-30", *, milestone: int = 1, more: str = "") -> str:
    return TASK.format(uid=uid, name=name, finish=finish, milestone=milestone, more=more)


def test_ms_project_gives_baseline_forecast_and_actual() -> None:
    baseline = "<Baseline><Number>0</Number><Finish>2026-05-31T17:00:00</Finish></Baseline>"
    done = "<ActualFinish>2026-02-10T17:00:00</ActualFinish>"
    found = read(
        mspdi(
            task(1, "Khởi công\u00a0công trình", "2026-02-10", more=done),
            task(2, "Nghiệm thu", more=baseline),
            task(3, "Lắp đặt", milestone=0),
        )
    )  # fmt: skip
    assert (found.source, found.title) == ("msproject-xml", "Trung tâm điều hành")
    start, acceptance, work = found.steps
    assert (start.name, start.actual_on, start.forecast_on) == (
        "Khởi công công trình",
        date(2026, 2, 10),
        None,
    )
    assert (acceptance.baseline_on, acceptance.forecast_on) == (date(2026, 5, 31), date(2026, 6, 30))
    assert (work.milestone, acceptance.milestone) == (False, True)


XER = (
    "ERMHDR\t19.12\t2026-01-05\tProject\tadmin\n%T\tPROJECT\n%F\tproj_id\tproj_short_name\n%R\t7\tIOC\n"
    "%T\tTASK\n%F\ttask_id\ttask_type\ttask_code\ttask_name\ttarget_end_date\treend_date\tact_end_date\n"
    "%R\t1\tTT_FinMile\tA1\tBàn giao đưa vào sử dụng\t2026-09-30 17:00\t2026-11-15 17:00\t\n"
    "%R\t2\tTT_Task\tA2\tThi công\t2026-08-30 17:00\t\t\n"
    "%R\t3\tTT_Mile\tA3\tKý hợp đồng\t2026-02-01 08:00\t\t2026-02-20 08:00\n%E\n"
)


def apart(text: str) -> str:
    """Return a text as the Vietnamese code page of Windows has it: letters, and their tones after them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    found = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        bare = "".join(mark for mark in marks if mark not in tones)
        found.append(unicodedata.normalize("NFC", bare) + "".join(mark for mark in marks if mark in tones))
    return "".join(found)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258"])
def test_xer_gives_the_same(encoding: str) -> None:
    text = XER if encoding == "utf-8" else apart(XER)
    found = read(text.encode(encoding))
    assert (found.source, found.title, len(found.steps)) == ("xer", "IOC", 3)
    handover, _, contract = found.steps
    assert (handover.name, handover.milestone) == ("Bàn giao đưa vào sử dụng", True)
    assert (handover.baseline_on, handover.forecast_on) == (date(2026, 9, 30), date(2026, 11, 15))
    assert (contract.name, contract.actual_on, contract.forecast_on) == (
        "Ký hợp đồng",
        date(2026, 2, 20),
        None,
    )


def test_a_day_that_is_none_is_told_and_hides_no_other_step() -> None:
    found = read(mspdi(task(1, "Khởi công", "2026-02-31"), task(2, "Nghiệm thu")))
    assert [len(step.faults) for step in found.steps] == [1, 0]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0mpp", b"<Other/>", b"<Project", b"ERMHDR\t1\n%E\n",
        b"ERMHDR\n%T\tTASK\n%F\ttask_id\n%R\t1\t2\t3\n",
        mspdi(task(1, "x"), head='<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        mspdi(task(1, "x")).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        mspdi(*(task(uid, "x") for uid in range(1, STEPS_MAX + 2))),
    ],
)  # fmt: skip
def test_what_is_no_schedule_or_hostile_is_refused(content: bytes) -> None:
    with pytest.raises(Problem, match="schedule-unreadable"):
        read(content)


def test_names_say_what_kind_of_milestone() -> None:
    said = {
        "Khởi công": "start", "Bàn giao mặt bằng đợt 1": "clearance", "Bàn giao đưa vào sử dụng": "handover",
        "Nghiệm thu hạng mục": "acceptance", "Ký hợp đồng": "contract", "Mở thầu": "procurement",
        "Họp": "other", "Phê duyệt quyết toán": "settlement",
    }  # fmt: skip
    assert {name: kind_of(name) for name in said} == said
