"""The five clears, dues from deadlines, whom a choice stands for, chains, reviews, sums of verdicts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.directives.extraction.model import Deadline
from haidang.directives.model.candidate import (
    ACTS,
    Candidate,
    addressed,
    due_of,
    lacks,
    open_acts,
    overlap,
    trimmed,
)
from haidang.directives.model.directive import Directive, chain_of, fulfilled, review_of
from haidang.directives.model.directive import open_acts as directive_acts
from haidang.directives.model.document import Document, document_acts, number_key
from haidang.directives.model.quality import Judged, tally
from haidang.tasks.model.due import Due, Every
from tests.unit.directives.test_names import TODAY, directory, named

DAY = Due(precision="day", on=date(2026, 5, 1))
WHOLE = Candidate(
    id=1, document_id=1, run_id=1, origin="engine", span_start=0, span_end=9, text="Giao Sở X",
    lead=(named("Sở Xây dựng"),), action="báo cáo", product="Báo cáo", due=DAY,
)  # fmt: skip
replace = msgspec.structs.replace


def wanting(candidate: Candidate, issued_on: date | None = TODAY) -> tuple[str, ...]:
    return lacks(candidate, addressed(candidate, directory(), TODAY), issued_on)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, ()),
        ({"lead": ()}, ("person",)),
        ({"lead": (named("Sở Thông tin và Truyền thông"),)}, ("person",)),
        ({"lead": (named("Sở Thông tin và Truyền thông"),), "lead_orgs": (4,)}, ()),
        ({"lead_orgs": (3,)}, ("person",)),  # exists no more
        ({"lead_orgs": ()}, ("person",)),
        ({"action": "  "}, ("work",)),
        ({"product": " "}, ("product",)),
        ({"due": None}, ("time",)),
        ({"due": Due(precision="none")}, ("time",)),
        ({"due": Due(precision="working_days")}, ("time",)),
        ({"due": Due(precision="day", on=date(2026, 3, 15))}, ("time",)),  # before the document
        ({"due": Due(precision="month", on=date(2026, 3, 1))}, ()),  # its month is not over
        ({"due": Due(precision="urgent")}, ()),
        ({"lead_orgs": (2, 4)}, ("responsibility",)),
        ({"lead_orgs": (2, 4), "principal": 4}, ()),
        ({"lead_orgs": (2, 4), "principal": 5}, ("responsibility",)),
        ({"lead_orgs": (2, 4), "fan_out": True}, ()),
        ({"lead": (named("các sở, ngành", "collective"),)}, ()),  # fans out by itself
        ({"lead": (named("các sở, ngành", "collective"),), "fan_out": False}, ("responsibility",)),
        ({"lead": (), "action": "", "due": None, "product": ""}, ("person", "work", "time", "product")),
    ],
)
def test_the_five_clears(change: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert wanting(replace(WHOLE, **change)) == missing


def test_a_choice_stands_beside_the_name_that_it_answers() -> None:
    split = replace(
        WHOLE, lead=(named("Sở Thông tin và Truyền thông"), named("Sở Xây dựng")), lead_orgs=(4, 2, 8)
    )
    whom = addressed(split, directory(), TODAY)
    assert [[each.id for each in party.orgs] for party in whom.lead] == [[4], [2], [8]]
    assert whom.leads == (4, 2, 8) and not any(party.choice_needed for party in whom.lead)
    unknown = replace(WHOLE, lead=(named("Tổ công tác 5"),), lead_orgs=(2,))
    [party] = addressed(unknown, directory(), TODAY).lead
    assert party.text == "Tổ công tác 5" and [each.id for each in party.orgs] == [2]


def test_cooperating_units_are_those_that_are_certain_and_never_a_lead() -> None:
    vague = (named("các đơn vị liên quan", "collective"), named("Công an tỉnh"), named("Sở Xây dựng"))
    assert addressed(replace(WHOLE, cooperating=vague), directory(), TODAY).coops == (5,)
    assert addressed(replace(WHOLE, coop_orgs=(4, 2)), directory(), TODAY).coops == (4,)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({"precision": "day", "date": date(2018, 9, 30)},
         Due(precision="day", on=date(2018, 9, 30), text="t")),
        ({"precision": "day"}, None),
        ({"precision": "quarter", "date": date(2018, 12, 31), "inferred": True},
         Due(precision="quarter", on=date(2018, 12, 31), text="t", inferred=True)),
        ({"precision": "working_days", "count": 30},
         Due(precision="working_days", count=30, start=date(2018, 9, 5), text="t")),
        ({"precision": "recurring", "every": "year"}, Due(precision="recurring", every="year", text="t")),
        ({"precision": "event", "event": "được duyệt"}, None),
        ({"precision": "event", "event": "được duyệt", "count": 5},
         Due(precision="event", event="được duyệt", count=5, text="t")),
        ({"precision": "urgent"}, Due(precision="urgent", text="t")),
    ],
)  # fmt: skip
def test_a_deadline_becomes_a_due_as_far_as_it_says_one(facts: dict[str, Any], due: Due | None) -> None:
    assert due_of(Deadline(text="t", start=0, end=1, **facts), date(2018, 9, 5)) == due


@pytest.mark.parametrize(
    ("due", "day"),
    [
        (DAY, None),
        (Due(precision="open"), date(2026, 3, 31)),
        (Due(precision="urgent"), date(2026, 3, 31)),
        (Due(precision="urgent", review_on=date(2026, 3, 20)), date(2026, 3, 20)),
        (Due(precision="recurring", every="quarter"), date(2026, 12, 31)),
        (Due(precision="recurring", every="quarter", until=date(2027, 1, 1)), None),
        (Due(precision="event", event="x", count=3), date(2026, 3, 31)),
        (Due(precision="event", event="x", count=3, happened_on=TODAY), None),
    ],
)
def test_what_has_no_end_is_looked_at_again(due: Due, day: date | None) -> None:
    assert review_of(due, TODAY) == day


def test_chains_end_at_the_first_or_where_a_ring_closes() -> None:
    assert chain_of(3, {3: 2, 2: 1, 1: None}) == [2, 1]
    assert chain_of(3, {3: 2, 2: 1, 1: 3}) == [2, 1]
    assert chain_of(3, {}) == []
    assert fulfilled([{"state": "accepted"}, {"state": "new"}, {"state": "cancelled"}]) == (1, 2)


def test_what_is_offered() -> None:
    by_state = {
        state: open_acts(replace(WHOLE, state=state)) for state in ("open", "rejected", "issued", "replaced")
    }
    assert by_state == {
        "open": ["accept", "correct", "reject", "split", "merge"], "rejected": ["reopen"], "issued": [],
        "replaced": [],
    }  # fmt: skip
    assert set(ACTS) == {"accept", "correct", "reject", "split", "merge", "reopen"}
    now = datetime(2026, 3, 16, tzinfo=UTC)
    document = Document(
        id=1, version=1, owner_org=1, kind="thông báo", state="issued", text_sha256="x", created_by="a",
        created_at=now, changed_at=now,
    )  # fmt: skip
    assert document_acts(document, registrar=True, issuer=True) == ["change", "read", "add", "issue"]
    assert document_acts(replace(document, state="read"), registrar=True, issuer=False)[-2:] == [
        "withdraw", "make_secret"
    ]  # fmt: skip
    assert document_acts(document, registrar=False, issuer=False) == []
    assert document.called == "Thông báo"
    directive = Directive(
        id=1, version=1, document_id=1, candidate_id=1, no="1", owner_org=1, text="a", span_start=0,
        span_end=1, text_hash="x", action="a", product="b", due=DAY, given_by="c", given_on=TODAY,
        issued_by="d", issued_at=now,
    )  # fmt: skip
    assert directive_acts(directive, issuer=True, replaced=False) == ["link", "unlink", "follow", "replace"]
    assert directive_acts(directive, issuer=True, replaced=True) == ["link", "unlink", "follow"]
    assert directive_acts(directive, issuer=False, replaced=False) == []


@pytest.mark.parametrize("number", ["1412-TB/TU", "1412 - TB / TU", "1412–tb/tu", "1412/TB-TU"])
def test_numbers_are_compared_without_their_signs(number: str) -> None:
    assert number_key(number) == "1412-tb-tu"


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_trimmed_span_lies_within_and_keeps_every_letter(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    begun, ended = trimmed(text, start, end)
    assert start <= begun <= ended <= end
    assert [c for c in text[begun:ended] if c.isalnum()] == [c for c in text[start:end] if c.isalnum()]


def test_overlap_is_of_the_shorter_one() -> None:
    assert overlap((0, 10), (5, 100)) == 0.5 and overlap((0, 5), (5, 9)) == 0 and overlap((2, 4), (0, 9)) == 1


def test_verdicts_add_up() -> None:
    at = datetime(2026, 1, 31, 18, tzinfo=UTC)  # already February in Vietnam

    def judged(
        origin: str, state: str, *edited: str, rules: tuple[str, ...] = ("order",), timed: bool = False
    ) -> Judged:
        return Judged(origin=origin, state=state, at=at, rules=rules, edited=edited, had_deadline=timed)

    found = tally([
        judged("engine", "issued"), judged("engine", "accepted", "product", "due"),
        judged("engine", "accepted", "lead", "due", timed=True), judged("engine", "replaced"),
        judged("engine", "rejected", rules=("duty",)), judged("hand", "issued"), judged("hand", "rejected"),
    ])  # fmt: skip
    line = found["all"]
    assert (line["found"], line["exact"], line["wrong"], line["missed"]) == (4, 2, 1, 1)
    assert line["precision"] == {"value": 0.8, "of": 4, "in": 5} == line["recall"]
    assert line["corrected"] == {"product": 1, "lead": 1, "due": 1}
    assert [each["month"] for each in found["months"]] == ["2026-02"]
    duty = next(each for each in found["rules"] if each["rule"] == "duty")
    assert duty["precision"]["value"] == 0 and duty["recall"] is None
    assert tally([])["all"]["precision"] is None, "no figure where nothing was judged"


@pytest.mark.parametrize(
    ("text", "every", "day"),
    [
        ("vào ngày 25 hằng tháng", "month", 25), ("trước ngày mùng 5 hằng tháng", "month", 5),
        ("thứ Hai hằng tuần", "week", 1), ("chủ nhật hằng tuần", "week", 7),
        ("định kỳ hằng tháng", "month", None), ("hằng tuần", "week", None),
        ("ngày 20 tháng cuối quý", "quarter", 20),
    ],
)  # fmt: skip
def test_a_day_within_the_period_becomes_the_rule(text: str, every: Every, day: int | None) -> None:
    deadline = Deadline(text=text, start=0, end=len(text), precision="recurring", every=every)
    assert due_of(deadline, date(2026, 11, 2)) == Due(precision="recurring", text=text, every=every, day=day)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("ngày làm việc 3 của tháng", "month"), ("ngày 15/6 hằng năm", "year"),
        ("ngày 20 hằng quý", "quarter"), ("thứ 2 hằng tuần", "week"),
        ("ngày 45 hằng tháng", "month"), ("thứ Hai hằng tháng", "month"),
    ],
)  # fmt: skip
def test_a_day_that_tasks_have_no_rule_for_is_left_to_a_person(text: str, every: Every) -> None:
    deadline = Deadline(text=text, start=0, end=len(text), precision="recurring", every=every)
    assert due_of(deadline, date(2026, 11, 2)) is None
