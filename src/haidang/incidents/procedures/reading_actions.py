"""What a step does by itself, as its file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from haidang.incidents.procedures.model.procedure import (
    ACTION_KINDS,
    Action,
    Actuate,
    At,
    CapDraft,
    Notice,
    NotifyUnit,
    OpenSubtask,
    Role,
)  # fmt: skip
from haidang.incidents.procedures.model.words import (
    ACTION_KEYS,
    ATTRIBUTE,
    CAP_WORDS,
    NOTICE_KEYS,
    PLACEHOLDERS,
)  # fmt: skip
from haidang.incidents.procedures.reading_parts import Part

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ACTIONS_MAX = 10
_WITHIN_M_MAX = 50_000


def actions_of(part: Part, roles: Mapping[str, Role], *, approved: bool) -> tuple[Action, ...]:
    """Return the actions of a step; ``approved``: it is done only when somebody has approved it."""
    given = part.document.get("action")
    if given is None:
        return ()
    listed = given if isinstance(given, list) else [given]
    if not 1 <= len(listed) <= _ACTIONS_MAX:
        part.fault("action", f"cần 1–{_ACTIONS_MAX} hành động", f"1 to {_ACTIONS_MAX} actions are needed")
        return ()
    found = [_action(part, each, roles, approved) for each in listed]
    return tuple(each for each in found if each is not None)


def _action(part: Part, given: Any, roles: Mapping[str, Role], approved: bool) -> Action | None:
    if given == "cap_draft":
        given = {"cap_draft": {}}
    if not isinstance(given, dict) or len(given) != 1 or next(iter(given)) not in ACTION_KINDS:
        known = ", ".join(ACTION_KINDS)
        part.fault("action", f"một trong: {known}", f"one of: {known}", given)
        return None
    [(kind, facts)] = given.items()
    inner = Part(facts, part.faults, part.label, ACTION_KEYS[kind], field=f"action.{kind}")
    said = inner.word("at", ("opened", "done"))
    later = said == "done" or (said is None and kind == "actuate" and approved)
    at: At = "done" if later else "opened"
    if kind == "actuate" and approved and at == "opened":
        inner.fault("at", "chỉ điều khiển sau khi được duyệt", "a command waits for the approval")
    if "role" not in part.document and at == "done":
        inner.fault("at", "bước tự động chỉ có opened", "an automatic step has only opened")
    if kind == "cap_draft":
        return _cap(inner, at)
    if kind == "notify_unit":
        words = inner.words("roles")
        for word in words:
            if word not in roles:
                inner.fault("roles", "không có vai này", "there is no such role", word)
        if not words:
            inner.fault("roles", "cần ít nhất một vai", "at least one role is needed")
        vi, en = _filled(inner, "vi"), _filled(inner, "en")
        return NotifyUnit(at=at, roles=words, vi=vi, en=en)
    if kind == "open_subtask":
        role = inner.role("role", roles, needed=True) or ""
        vi, en, within = _filled(inner, "vi"), _filled(inner, "en"), inner.minutes("within")
        return OpenSubtask(at=at, role=role, vi=vi, en=en, within=within)
    return _actuate(inner, at)


def _cap(inner: Part, at: At) -> CapDraft:
    words = {name: inner.word(name, known) for name, known in CAP_WORDS.items()}
    expires = inner.minutes("expires_in")
    facts: dict[str, Any] = {name: word for name, word in words.items() if word is not None}
    if expires is not None:
        facts["expires_in"] = expires
    for language in ("vi", "en"):
        if language in inner.document:
            part = Part(
                inner.document[language], inner.faults, inner.label, NOTICE_KEYS,
                field=f"{inner.field}.{language}",
            )  # fmt: skip
            needed = language == "vi"
            texts = {name: _filled(part, name, needed=needed and name == "event") for name in NOTICE_KEYS}
            facts[language] = Notice(**texts)
    return CapDraft(at=at, **facts)


def _actuate(inner: Part, at: At) -> Actuate:
    targets = [name for name in ("entity", "linked", "nearest") if name in inner.document]
    if len(targets) != 1:
        inner.fault(
            "entity",
            "cần đúng một trong: entity, linked, nearest",
            "exactly one of entity, linked, nearest is needed",
        )
    chosen = {name: inner.text(name) for name in targets[:1]}
    if "entity" in chosen and ":" not in chosen["entity"]:
        inner.fault("entity", "cần mã thực thể (URI)", "an entity's id (a URI) is needed", chosen["entity"])
    within_m = 0
    if "nearest" in chosen:
        within_m = inner.whole("within_m", 1, _WITHIN_M_MAX) or 0
    elif "within_m" in inner.document:
        inner.fault("within_m", "chỉ dùng với nearest", "goes with nearest only")
    attribute, value = inner.text("attribute", pattern=ATTRIBUTE), inner.plain("value")
    return Actuate(
        at=at,
        within_m=within_m,
        attribute=attribute,
        value=False if value is None else value,
        **chosen,
    )


def _filled(part: Part, key: str, *, needed: bool = True) -> str:
    """Return a text with places to be filled from the incident."""
    text = part.text(key, needed=needed)
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            part.fault(key, f"chỉ có: {known}", f"known places are: {known}", name)
    return text
