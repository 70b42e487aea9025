"""The face of a channel."""

from __future__ import annotations

from typing import Protocol

from haidang.tasks.store.notices import Delivery


class NotSent(Exception):  # noqa: N818 - says what it is
    """The message has not gone out; the text says why."""


class Sender(Protocol):
    """A channel by which notices go out: e-mail, webhook, SMS gateway."""

    async def send(self, one: Delivery) -> None:
        """Send a message, or raise :class:`NotSent`; sending the same one again must do no harm."""
        ...
