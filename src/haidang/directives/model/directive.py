"""A directive as its row has it, what may be done with it, and how its tasks add up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from haidang.directives.model.candidate import Reason
from haidang.tasks.model.due import Due, period_end
from haidang.tasks.model.task import DONE

LinkKind = Literal["project", "indicator", "incident", "document"]
LINKS_MAX = 200
CHAIN_MAX = 50
"""Notices one after the other that are looked through for the first."""
TASKS_MAX = 1_000
"""Tasks of one issue."""


class Directive(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0255."""

    id: int
    version: int
    document_id: int
    candidate_id: int
    no: str
    owner_org: int
    text: str
    span_start: int
    span_end: int
    text_hash: str
    action: str
    product: str
    due: Due
    given_by: str
    given_on: date
    sector: str | None = None
    follows_id: int | None = None
    replaces_id: int | None = None
    review_on: date | None = None
    simulated: bool = False
    issued_by: str
    issued_at: datetime


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Link(_Act, frozen=True, kw_only=True, tag="link"):
    """It has to do with a project, an indicator, an incident or another document."""

    kind: LinkKind
    ref: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    title: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Unlink(_Act, frozen=True, kw_only=True, tag="unlink"):
    """It has nothing to do with that."""

    kind: LinkKind
    ref: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Follow(_Act, frozen=True, kw_only=True, tag="follow"):
    """It repeats an earlier one; None: it does not."""

    directive_id: int | None


class Replace(_Act, frozen=True, kw_only=True, tag="replace"):
    """An accepted candidate takes its place: a new directive; what is open of the old one is cancelled."""

    candidate_id: int
    text: Reason
    """Why."""


class Review(_Act, frozen=True, kw_only=True, tag="review"):
    """What has no end was looked at again; the next look is set, for it and for its tasks."""

    text: Reason
    review_on: date


Act = Link | Unlink | Follow | Replace | Review
ACTS = ("link", "unlink", "follow", "replace", "review")


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def open_acts(directive: Directive, *, issuer: bool, replaced: bool) -> list[str]:
    """Return the acts that are open to the asker; the service asks the same."""
    if not issuer:
        return []
    without = set()
    if replaced:
        without |= {"replace", "review"}
    if directive.review_on is None:
        without.add("review")
    return [name for name in ACTS if name not in without]


def review_of(due: Due, given_on: date) -> date | None:
    """Return when a directive without an end is looked at again at the latest; None where it has one.

    Urgent and waiting ones within a month, ongoing ones by the quarter's end, recurring ones by the year's.
    """
    match due.precision:
        case "recurring" if due.until is None:
            return due.review_on or period_end(given_on, "year")
        case "open":
            return due.review_on or period_end(given_on, "quarter")
        case "urgent" | "event" if due.happened_on is None:
            return due.review_on or period_end(given_on, "month")
    return None


def fulfilled(tasks: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return (done, of) over tasks that were not cancelled."""
    states = [each["state"] for each in tasks if each["state"] != "cancelled"]
    return sum(state in DONE for state in states), len(states)


def chain_of(directive_id: int, follows: Mapping[int, int | None]) -> list[int]:
    """Return the earlier directives that one repeats, the nearest first; a ring ends where it closes."""
    found: list[int] = []
    current = follows.get(directive_id)
    while current is not None and current not in found and current != directive_id and len(found) < CHAIN_MAX:
        found.append(current)
        current = follows.get(current)
    return found
