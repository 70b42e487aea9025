"""An act under way: what it stands on, and what it gathers for the log and for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.tasks.model.acts import Situation
from haidang.tasks.model.policy import Role
from haidang.tasks.model.task import Task
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.telling import Message


class Doing:
    """One act of one asker on one locked task."""

    def __init__(
        self, connection: Connection, desk: Desk, principal: Principal, task: Task, situation: Situation
    ) -> None:
        self.connection = connection
        self.desk = desk
        self.principal = principal
        self.task = task
        self.situation = situation
        self.now: datetime = desk.now()
        self.by = principal.id
        self.body: dict[str, Any] = {}
        """What the log says of it."""
        self.messages: list[Message] = []
        """What people are told of it."""

    def say(self, kind: str, to: tuple[Role, ...], vi: str, en: str) -> None:
        """Let people know, once for this version of the task."""
        self.messages.append(
            Message(
                key=f"{kind}:{self.task.id}:{self.task.version + 1}",
                kind=kind,
                vi=f"{vi}: {self.task.title}",
                en=f"{en}: {self.task.title}",
                to=to,
            )
        )
