"""An act under way: what it stands on, and what it gathers for the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from haidang.base.database import Connection
from haidang.incidents.model.acts import Part
from haidang.incidents.model.incident import Incident
from haidang.incidents.service.desk import Desk
from haidang.organisation.permissions import Principal


class Doing:
    """One act of one asker on one locked incident."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        principal: Principal,
        incident: Incident,
        parts: frozenset[Part],
    ) -> None:
        self.connection = connection
        self.desk = desk
        self.principal = principal
        self.incident = incident
        self.parts = parts
        self.now: datetime = desk.now()
        self.by = principal.id
        self.text = ""
        """What the log says in words."""
        self.detail: dict[str, Any] = {}
        """What the log says beside it."""
