"""What every use case of warnings stands on: clock, site, templates; and the log of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from haidang.alerts.cap.model.template import Template
from haidang.alerts.cap.model.warning import CapWarning, Hindrance
from haidang.alerts.cap.store import warnings as store
from haidang.alerts.cap.templates import load_templates
from haidang.base import eventlog
from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.settings import Settings
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing

LOG = "warnings"
"""The chained log of warnings."""
NOT_NOW = kind(
    "warning-act-refused",
    409,
    "Không thực hiện được với bản tin lúc này",
    "This cannot be done with the warning now",
)
NOT_YOURS = kind(
    "warning-part-missing",
    403,
    "Bạn không được làm việc này với bản tin",
    "This is not yours to do with the warning",
)
OWN_HAND = kind(
    "warning-approved-by-author",
    403,
    "Người soạn không tự duyệt bản tin của mình",
    "Nobody approves what they have written",
)
HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "state": (
        "Trạng thái hiện tại của bản tin không cho phép.",
        "The warning's present state does not allow it.",
    ),
    "part": ("Tài khoản của bạn không có quyền này với bản tin.", "You do not hold this permission over it."),
    "itself": (
        "Bạn đã tham gia soạn; cần người thứ hai duyệt.",
        "Your hand is in it; a second person approves it.",
    ),
    "second": ("Cần người thứ hai duyệt trước khi phát.", "A second person approves it before it leaves."),
}
HELD = ("warning.write", "warning.approve")


class Desk(msgspec.Struct, frozen=True):
    """A site and its clock."""

    clock: Clock
    settings: Settings
    templates: Mapping[str, Template]

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def today(self) -> date:
        """Return the day in Vietnam."""
        return self.now().astimezone(LOCAL).date()

    @property
    def sender(self) -> str:
        """Who sends, in every message of the site."""
        host = urlsplit(self.settings.public_url or "").hostname or "localhost"
        return self.settings.cap_sender or f"haidang@{host}"


@lru_cache(maxsize=16)
def _templates(data_dir: Path) -> Mapping[str, Template]:
    return load_templates(data_dir)


def desk_of(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of a site; its templates are read once in a process."""
    return Desk(clock, settings, _templates(settings.data_dir))


async def visible(
    connection: Connection, principal: Principal, warning_id: int, *, lock: bool = False
) -> CapWarning:
    """Return a warning that the asker may see; ``Problem`` (404) where there is none for this asker."""
    found = await store.get(connection, warning_id, lock=lock)
    if found is None or not holds(principal, "warning.read", found):
        raise missing("Không có bản tin này.", "There is no such warning.")
    return found


def holds(principal: Principal, permission: str, warning: CapWarning) -> bool:
    """Say whether the asker holds a permission over a warning."""
    return principal.may(
        permission, org_id=warning.owner_org, area_code=warning.area_code, sector=warning.sector
    )


def held(principal: Principal, warning: CapWarning) -> frozenset[str]:
    """Return which permissions of acts the asker holds over a warning."""
    return frozenset(each for each in HELD if holds(principal, each, warning))


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of one field of what was sent."""
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


def hindered(hindrance: Hindrance, name: str) -> Problem:
    """Return the refusal of an act."""
    vi, en = HINDRANCES[hindrance]
    found = {"itself": OWN_HAND, "part": NOT_YOURS}.get(hindrance, NOT_NOW)
    return Problem(found, vi, en, act=name, hindrance=hindrance)


async def record(
    connection: Connection, desk: Desk, actor: str, warning: CapWarning, *, action: str, body: dict[str, Any]
) -> None:
    """Write an act into the event log and, last of all, into the chain of warnings."""
    await eventlog.append(
        connection,
        topic="warnings",
        kind=action,
        ref=str(warning.id),
        body={
            "id": warning.id, "version": warning.version, "identifier": warning.identifier,
            "state": warning.state, "status": warning.status, "msg_type": warning.msg_type,
            "headline": warning.headline, "incident_id": warning.incident_id,
            "is_exercise": warning.is_exercise, "by": actor,
        },
        owner_org=warning.owner_org,
        area_code=warning.area_code,
        sector=warning.sector,
    )  # fmt: skip
    await chain.append(
        connection,
        desk.clock,
        log=LOG,
        actor=actor,
        action=f"warning.{action}",
        subject=f"warning:{warning.id}",
        org_id=warning.owner_org,
        body=body,
    )
