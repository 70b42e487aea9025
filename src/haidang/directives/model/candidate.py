"""Candidates: what was proposed, what may be done with it, and the five clears that it still lacks. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from haidang.directives.extraction.model import Deadline
from haidang.directives.model.names import Directory, Hint, Meant, Party, Written
from haidang.tasks.model.due import Due, Every, faults, last_day, period_end

CandidateState = Literal["open", "accepted", "rejected", "issued", "replaced"]
"""Chờ xác nhận · Đã xác nhận · Đã loại · Đã ban hành · Đã thay (split, merged or read anew)."""
Origin = Literal["engine", "hand", "split", "merge"]
Missing = Literal["person", "work", "time", "product", "responsibility"]
"""The five clears: rõ người, rõ việc, rõ thời gian, rõ kết quả, rõ trách nhiệm."""
MISSING: dict[Missing, tuple[str, str]] = {
    "person": ("chưa rõ đơn vị chủ trì", "the lead unit is not clear"),
    "work": ("chưa rõ việc phải làm", "what is to be done is not clear"),
    "time": ("chưa rõ thời hạn", "by when is not clear"),
    "product": ("chưa rõ kết quả phải có", "the expected result is not clear"),
    "responsibility": (
        "nhiều đơn vị chủ trì: chọn một đơn vị chịu trách nhiệm, hoặc giao từng đơn vị",
        "several leads: name the one that answers, or give each its own task",
    ),
}
ORGS_MAX = 500
"""Leads of one directive."""
COOP_MAX = 200
"""Cooperating units, as a task holds them."""
SPLIT_MAX = 50

Line = Annotated[str, msgspec.Meta(max_length=500)]
Words = Annotated[str, msgspec.Meta(max_length=4_000)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Units = Annotated[tuple[int, ...], msgspec.Meta(max_length=ORGS_MAX)]
Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0255."""

    id: int
    version: int = 1
    document_id: int
    run_id: int | None
    origin: Origin
    came_from: tuple[int, ...] = ()
    state: CandidateState = "open"
    span_start: int
    span_end: int
    text: str
    lead: tuple[Written, ...] = ()
    cooperating: tuple[Written, ...] = ()
    lead_orgs: tuple[int, ...] | None = None
    coop_orgs: tuple[int, ...] | None = None
    principal: int | None = None
    fan_out: bool | None = None
    assignee: int | None = None
    action: str
    product: str = ""
    sector: str | None = None
    deadline: Deadline | None = None
    due: Due | None = None
    warnings: tuple[dict[str, Any], ...] = ()
    rules: tuple[str, ...] = ()
    confidence: float = 0.0
    heading: str = ""
    follows: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    settled_at: datetime | None = None
    settled_by: str | None = None


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Accept(_Act, frozen=True, kw_only=True, tag="accept"):
    """It is right as it stands; whom it means today is held from here on."""


class Correct(_Act, frozen=True, kw_only=True, tag="correct", omit_defaults=True):
    """Some of it is to be otherwise; what is left out stays."""

    text_span: tuple[int, int] | Unset = UNSET
    """Start and end in the document's raw text."""
    lead_orgs: Units | Unset | None = UNSET
    """None: again by the names in the text."""
    cooperating_orgs: Annotated[tuple[int, ...], msgspec.Meta(max_length=COOP_MAX)] | Unset | None = UNSET
    principal: int | Unset | None = UNSET
    fan_out: bool | Unset | None = UNSET
    action: Words | Unset = UNSET
    product: Line | Unset = UNSET
    due: Due | Unset | None = UNSET
    assignee: int | Unset | None = UNSET
    field: Annotated[str, msgspec.Meta(max_length=60)] | Unset | None = UNSET
    """The sector whose matter it is."""


class Reject(_Act, frozen=True, kw_only=True, tag="reject"):
    """It is no directive."""

    reason: Reason


class Split(_Act, frozen=True, kw_only=True, tag="split"):
    """It is several; offsets in the document's raw text at which a new one begins."""

    at: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=SPLIT_MAX)]


class Reopen(_Act, frozen=True, kw_only=True, tag="reopen"):
    """It is to be looked at again."""


Act = Accept | Correct | Reject | Split | Reopen
ACTS: dict[str, frozenset[CandidateState]] = {
    "accept": frozenset({"open"}),
    "correct": frozenset({"open", "accepted"}),
    "reject": frozenset({"open", "accepted"}),
    "split": frozenset({"open", "accepted"}),
    "merge": frozenset({"open", "accepted"}),
    "reopen": frozenset({"accepted", "rejected"}),
}
"""From which states an act leads on; ``merge`` takes several and stands on a route of its own."""


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def open_acts(candidate: Candidate) -> list[str]:
    """Return the acts that a candidate's state allows."""
    return [name for name, states in ACTS.items() if candidate.state in states]


class Addressed(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a candidate goes to, as far as it is clear."""

    lead: tuple[Party, ...]
    cooperating: tuple[Party, ...]
    leads: tuple[int, ...]
    """Units that lead; empty where a person must choose."""
    coops: tuple[int, ...]
    fan_out: bool
    """One task for each lead."""
    clear: bool
    """The leads are certain, and exist today."""


def addressed(candidate: Candidate, directory: Directory, on: date) -> Addressed:
    """Return whom a candidate of a document of a day goes to today."""
    lead = parties(candidate.lead, candidate.lead_orgs, directory, on)
    coop = parties(candidate.cooperating, candidate.coop_orgs, directory, on)
    leads = candidate.lead_orgs if candidate.lead_orgs is not None else _certain(lead)
    given = candidate.coop_orgs
    coops = given if given is not None else tuple(_ids(each for each in coop if not each.choice_needed))
    several = any(each.kind == "collective" for each in lead) and len(leads) > 1
    fan_out = candidate.fan_out if candidate.fan_out is not None else several and candidate.principal is None
    clear = bool(leads) and len(leads) <= ORGS_MAX and all(directory.exists(each) for each in leads)
    return Addressed(
        lead=lead, cooperating=coop, leads=leads, fan_out=fan_out, clear=clear,
        coops=tuple(each for each in coops if each not in leads),
    )  # fmt: skip


def parties(
    written: tuple[Written, ...], chosen: tuple[int, ...] | None, directory: Directory, on: date
) -> tuple[Party, ...]:
    """Return the addressees: as the names say, or as a person chose, each beside the name it stands for."""
    found = tuple(directory.party(each, on) for each in written)
    if chosen is None:
        return found
    left = dict.fromkeys(chosen)
    shown: list[Party] = []
    for each in found:
        kept = tuple(org for org in each.orgs if org.id in left)
        for org in kept:
            del left[org.id]
        shown.append(msgspec.structs.replace(each, orgs=kept, choice_needed=False, hint=None))
    if left:
        more = tuple(Meant(id=org, name=directory.name(org)) for org in left)
        unclear = next((place for place, each in enumerate(shown) if not each.orgs), None)
        if unclear is not None:  # it stands for the name that the text could not tell
            shown[unclear] = msgspec.structs.replace(shown[unclear], orgs=more)
        else:
            shown.append(Party(text="", name=", ".join(each.name for each in more), kind="org", orgs=more))
    return tuple(shown)


def _certain(found: tuple[Party, ...]) -> tuple[int, ...]:
    if any(each.choice_needed for each in found):
        return ()
    return tuple(_ids(found))


def _ids(found: Any) -> dict[int, None]:
    return dict.fromkeys(org.id for each in found for org in each.orgs)


def lacks(candidate: Candidate, whom: Addressed, issued_on: date | None) -> tuple[Missing, ...]:
    """Return which of the five clears a candidate lacks, in their order."""
    wanting: dict[Missing, bool] = {
        "person": not whom.clear,
        "work": not candidate.action.strip(),
        "time": due_hint(candidate.due, issued_on) is not None,
        "product": not candidate.product.strip(),
        "responsibility": whom.clear and not _answers(candidate, whom),
    }
    return tuple(word for word, yes in wanting.items() if yes)


def _answers(candidate: Candidate, whom: Addressed) -> bool:
    if candidate.principal is not None:
        return candidate.principal in whom.leads
    return len(whom.leads) == 1 or whom.fan_out


def due_hint(due: Due | None, issued_on: date | None) -> Hint | None:
    """Return why a due cannot be issued: absent, incomplete, or before the document itself."""
    if due is None or due.precision == "none":
        return Hint("Chưa có thời hạn.", "There is no due yet.")
    wrong = faults(due)
    if wrong:
        return Hint("; ".join(each.vi for each in wrong), "; ".join(each.en for each in wrong))
    end = _last(due)
    if end is not None and issued_on is not None and end < issued_on:
        return Hint("Thời hạn trước ngày của văn bản.", "The due is before the document.")
    return None


def _last(due: Due) -> date | None:
    if due.precision == "moment" and due.at is not None:
        return last_day(due.at)
    if due.on is None:
        return None
    return due.on if due.precision == "day" else period_end(due.on, due.precision)


_DAY_OF_PERIOD = re.compile(
    r"ngày\s+(?:mùng\s+)?(?P<day>\d{1,2})(?!\d|\s*[/-])|ngày\s+\D{0,9}\d|"
    r"(?P<weekday>thứ\s+(?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)|thứ\s+\d",
    re.IGNORECASE,
)
_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


def _recurring(text: str, every: Every) -> Due | None:
    """Return "ngày 25 hằng tháng" as a rule; a day that tasks have no rule for is left to a person."""
    named = _DAY_OF_PERIOD.search(text)
    if named is None:
        return Due(precision="recurring", text=text, every=every)
    day: int | None = None
    if every == "week" and named["weekday"]:
        day = _WEEKDAYS.index(" ".join(named["weekday"].lower().split())) + 1
    elif named["day"] and (every == "month" or "tháng cuối" in text.lower()):
        day = int(named["day"])
    return Due(precision="recurring", text=text, every=every, day=day) if day and day <= 31 else None


def due_of(  # noqa: PLR0911 - one return for each precision
    deadline: Deadline | None, issued_on: date | None
) -> Due | None:
    """Return a deadline as a rule of tasks, as far as the text says one; else a person sets it."""
    if deadline is None:
        return None
    precision, text = deadline.precision, deadline.text
    match precision:
        case "day" | "month" | "quarter" | "year" if deadline.date is not None:
            return Due(precision=precision, text=text, on=deadline.date, inferred=deadline.inferred)
        case "working_days" if deadline.count:
            return Due(
                precision="working_days", text=text, count=deadline.count, start=issued_on,
                inferred=deadline.inferred,
            )  # fmt: skip
        case "recurring" if deadline.every is not None:
            return _recurring(text, deadline.every)
        case "event" if deadline.event and deadline.count:
            return Due(precision="event", text=text, event=deadline.event, count=deadline.count)
        case "urgent" | "open":
            return Due(precision=precision, text=text)
    return None


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the share of the shorter span that lies in the other one."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    return max(0, shared) / shorter if shorter > 0 else 0.0


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the spaces, bullets and separators at its ends."""
    while start < end and (text[start].isspace() or text[start] in "-–—•+*;,."):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "-–—•+*;,"):
        end -= 1
    return start, end
