"""Correcting a candidate: which fields change, and what of it cannot be."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.directives.model.candidate import UNSET, Candidate, Correct
from haidang.directives.model.names import Directory
from haidang.directives.service.desk import wrong
from haidang.directives.store import candidates
from haidang.tasks.model.due import faults

SPAN_MAX = 20_000
_COLUMNS = {
    "lead_orgs": ("lead_orgs", "lead"),
    "cooperating_orgs": ("coop_orgs", "cooperating"),
    "principal": ("principal", "principal"),
    "fan_out": ("fan_out", "fan_out"),
    "action": ("action", "action"),
    "product": ("product", "product"),
    "due": ("due", "due"),
    "assignee": ("assignee", "assignee"),
    "field": ("sector", "field"),
}
"""Field of the act → (column, how the correction is counted)."""


class Change(msgspec.Struct, frozen=True):
    """A candidate after a correction, and field → [before, after]; empty where nothing differs."""

    after: Candidate
    body: dict[str, Any]


async def corrected(
    connection: Connection, directory: Directory, text: str, before: Candidate, act: Correct
) -> Change:
    """Return a candidate with what was corrected; ``Problem`` that names every field that cannot be."""
    await _check(connection, directory, act)
    values: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for field, (column, counted) in _COLUMNS.items():
        given = getattr(act, field)
        if given is UNSET:
            continue
        if isinstance(given, tuple):
            given = tuple(dict.fromkeys(given))
        elif isinstance(given, str):
            given = given.strip()
        if given != getattr(before, column):
            values[column] = given
            body[counted] = [getattr(before, column), given]
    if act.text_span is not UNSET:
        start, end = act.text_span
        if not 0 <= start < end <= len(text) or end - start > SPAN_MAX:
            raise wrong("text_span", "không nằm trong văn bản", "does not lie within the text", f"{start}")
        if (start, end) != (before.span_start, before.span_end):
            values |= {"span_start": start, "span_end": end, "text": text[start:end]}
            body["text"] = [[before.span_start, before.span_end], [start, end]]
    edited = tuple(dict.fromkeys((*before.edited, *body)))
    version = before.version + 1 if body else before.version
    return Change(msgspec.structs.replace(before, **values, edited=edited, version=version), body)


async def _check(connection: Connection, directory: Directory, act: Correct) -> None:
    wanting: list[Fault] = []
    for field, orgs in (
        ("lead_orgs", act.lead_orgs),
        ("cooperating_orgs", act.cooperating_orgs),
        ("principal", (act.principal,) if isinstance(act.principal, int) else None),
    ):
        if isinstance(orgs, tuple):
            wanting += [
                Fault(field, "không có đơn vị này hiện nay", "there is no such unit today", str(org))
                for org in orgs
                if not directory.exists(org)
            ]
    if isinstance(act.assignee, int) and not await candidates.names(connection, [act.assignee]):
        wanting.append(Fault("assignee", "không có người này", "there is no such person", str(act.assignee)))
    if act.due is not UNSET and act.due is not None:
        wanting += faults(act.due)
    if wanting:
        raise Problem(INVALID, faults=tuple(wanting))
