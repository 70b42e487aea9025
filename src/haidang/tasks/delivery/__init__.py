"""Delivery of notices beyond the screen: e-mail, webhook, SMS gateway, one face (:class:`Sender`).

A message is claimed with a lease, sent outside any transaction, and marked. A process that is killed between
sending and marking lets the lease run out and the message goes again, under the same id: receivers tell
repetitions by ``Message-ID`` and ``X-Haidang-Notice``. What fails is tried again after one minute, then two,
four … up to six hours; after :data:`TRIES_MAX` tries it is given up and stands with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.tasks.delivery.email import EmailSender
from haidang.tasks.delivery.http import SmsSender, WebhookSender
from haidang.tasks.delivery.sender import NotSent, Sender
from haidang.tasks.store import notices
from haidang.tasks.store.notices import Delivery

ROUND = 50
ROUNDS_MAX = 100
LEASE = timedelta(minutes=5)
TRIES_MAX = 10
SEND_S = 60.0

_log = logger("tasks.delivery")


def senders(settings: Settings) -> Mapping[str, Sender]:
    """Return the channels that this site has."""
    found: dict[str, Sender] = {"webhook": WebhookSender(settings)}
    if settings.smtp_host:
        found["email"] = EmailSender(settings)
    if settings.sms_gateway_url:
        found["sms"] = SmsSender(settings)
    return found


async def deliver(
    db: Database, settings: Settings, clock: Clock, channels: Mapping[str, Sender] | None = None
) -> int:
    """Send what is due; return how many went out."""
    by_channel = channels if channels is not None else senders(settings)
    count = 0
    for _ in range(ROUNDS_MAX):
        now = clock.now()
        async with db.transaction() as connection:
            claimed = await notices.claim(connection, now, now + LEASE, ROUND)
        for one in claimed:
            count += await _deliver(db, clock, by_channel.get(one.channel), one)
        if len(claimed) < ROUND:
            break
    return count


async def _deliver(db: Database, clock: Clock, sender: Sender | None, one: Delivery) -> bool:
    try:
        if sender is None:
            raise NotSent(f"the site has no channel {one.channel}")
        async with asyncio.timeout(SEND_S):
            await sender.send(one)
    except (NotSent, TimeoutError) as cause:
        error = str(cause) or f"no answer within {SEND_S:g} s"
        again = clock.now() + pause(one.tries) if one.tries < TRIES_MAX else None
        _log.warning("a notice was not sent", notice=one.notice_id, channel=one.channel, error=error)
        async with db.transaction() as connection:
            await notices.failed(connection, one, error=error, again=again, at=clock.now())
        return False
    async with db.transaction() as connection:
        await notices.sent(connection, one, clock.now())
    return True


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many tries."""
    return min(timedelta(minutes=2 ** max(0, tries - 1)), timedelta(hours=6))
