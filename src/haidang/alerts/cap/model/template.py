"""Templates of warnings: texts with places left open, and what somebody has approved beforehand."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated

import msgspec

from haidang.alerts.cap.model.draft import Words
from haidang.alerts.cap.model.words import Category, Certainty, ResponseType, Severity, Urgency

OPEN = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}")
"""A place left open: ``{river}``."""


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has approved a template before it is used, by which document; a site writes it, never we."""

    document: Annotated[str, msgspec.Meta(min_length=3, max_length=300)]
    """Number, date and agency of the document."""
    until: date
    """Last day on which it holds."""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a place left open is called on the screen."""

    vi: str
    en: str


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning that is prepared."""

    template: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    """Its name, as the file's."""
    vi: str
    en: str
    categories: tuple[Category, ...]
    response_types: tuple[ResponseType, ...] = ()
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    hours: Annotated[int, msgspec.Meta(ge=1, le=240)] = 6
    """How long it is to hold unless somebody says otherwise."""
    places: dict[str, Place] = {}
    texts: Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
    approved: Approval | None = None

    @property
    def lasting(self) -> timedelta:
        """How long it holds."""
        return timedelta(hours=self.hours)

    def approval_on(self, day: date) -> str:
        """Return the document under which it may leave without a second person; empty where none holds."""
        return self.approved.document if self.approved is not None and day <= self.approved.until else ""

    def filled(self, values: dict[str, str]) -> tuple[Words, ...]:
        """Return its texts with the open places filled; ``KeyError`` names one that is still open."""

        def put(text: str) -> str:
            return OPEN.sub(lambda found: _given(values, found[1]), text)

        return tuple(
            msgspec.structs.replace(
                words, event=put(words.event), headline=put(words.headline),
                description=put(words.description), instruction=put(words.instruction),
            )
            for words in self.texts
        )  # fmt: skip


def _given(values: dict[str, str], name: str) -> str:
    value = values.get(name, "").strip()
    if not value:
        raise KeyError(name)
    return value


def open_places(template: Template) -> set[str]:
    """Return the places that its texts leave open."""
    return {
        name
        for words in template.texts
        for text in (words.event, words.headline, words.description, words.instruction)
        for name in OPEN.findall(text)
    }
