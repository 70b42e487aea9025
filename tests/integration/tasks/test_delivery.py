"""Delivery to a real mail server, a real webhook and a gateway; failures, quiet hours, preferences."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import time, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller

from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.tasks.delivery import TRIES_MAX, deliver, pause
from haidang.tasks.model import acts
from haidang.tasks.service import wishes
from haidang.tasks.service.wishes import Wishes
from tests.integration.tasks.conftest import World
from tests.integration.tasks.test_clock import local

MINUTE = timedelta(minutes=1)


class Mailbox:
    """A mail server that keeps what it gets, and refuses while it is told to."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.refusing = False
        with socket.socket() as probe:  # the controller calls its own port to see whether it stands
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - theirs
        if self.refusing:
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"

    def start(self) -> int:
        self._server.start()
        return self.port

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture
def site(world: World, mailbox: Mailbox) -> Settings:
    return msgspec.structs.replace(
        world.settings, smtp_host="127.0.0.1", smtp_port=mailbox.start(), smtp_tls="none",
        mail_from="Trung tâm <ioc@tinh.example.vn>", public_url="https://ioc.example.vn",
    )  # fmt: skip


class Hook:
    """An HTTP server that keeps what is posted to it."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], Any]] = []
        self.status = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.posts.append(({k.lower(): v for k, v in self.headers.items()}, json.loads(body)))
                self.send_response(hook.status)
                self.send_header("location", "http://192.0.2.1/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/to?x=1"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest_asyncio.fixture(loop_scope="session")
async def reachable(world: World) -> AsyncIterator[Any]:
    """Let somebody want channels for the length of a test."""

    async def wish(name: str, **facts: Any) -> None:
        who = await world.who(name)
        async with world.db.transaction() as connection:
            await wishes.set_wishes(connection, who, Wishes(**facts), version=0)

    yield wish
    await world.run("DELETE FROM task_preference")


async def test_a_reminder_reaches_a_real_mail_server_once(
    world: World, site: Settings, mailbox: Mailbox, reachable: Any
) -> None:
    await reachable("binh", email="binh@x.vn", channels=("email",))
    task = await world.give(assignee=world.people["binh"], title="Rà soát dữ liệu\r\nBcc: ke-gian@x.vn")
    assert await deliver(world.db, site, world.clock) == 1
    assert await deliver(world.db, site, world.clock) == 0
    [letter] = mailbox.letters
    assert (letter["To"], letter["Bcc"]) == ("binh@x.vn", None)
    assert str(make_header(decode_header(letter["Subject"]))).startswith(
        "Được giao nhiệm vụ: Rà soát dữ liệu"
    )
    text = letter.get_payload(decode=True).decode()
    assert f"https://ioc.example.vn/tasks/{task.id}" in text
    [(notice,)] = await world.fetch("SELECT id FROM notice WHERE task_id = %s", task.id)
    assert letter["Message-ID"] == f"<notice-{notice}@tinh.example.vn>"


async def test_a_failing_server_is_tried_again_and_given_up_in_the_end(
    world: World, site: Settings, mailbox: Mailbox, reachable: Any
) -> None:
    await reachable("binh", email="binh@x.vn", channels=("email",))
    task = await world.give(assignee=world.people["binh"])
    mailbox.refusing = True
    for number in range(1, TRIES_MAX + 1):
        assert await deliver(world.db, site, world.clock) == 0
        assert await deliver(world.db, site, world.clock) == 0, "not before its time"
        world.clock.advance(pause(number))
    mailbox.refusing = False
    assert await deliver(world.db, site, world.clock) == 0
    [(tries, dead, error)] = await world.fetch(
        "SELECT d.tries, d.dead_at IS NOT NULL, d.error FROM notice_delivery d JOIN notice n ON "
        "n.id = d.notice_id "
        "WHERE n.task_id = %s", task.id,
    )  # fmt: skip
    assert (tries, dead) == (TRIES_MAX, True)
    assert "451" in error


async def test_it_goes_out_when_the_server_is_back(
    world: World, site: Settings, mailbox: Mailbox, reachable: Any
) -> None:
    await reachable("binh", email="binh@x.vn", channels=("email",))
    await world.give(assignee=world.people["binh"])
    mailbox.refusing = True
    await deliver(world.db, site, world.clock)
    mailbox.refusing = False
    world.clock.advance(MINUTE)
    assert await deliver(world.db, site, world.clock) == 1
    assert len(mailbox.letters) == 1


async def test_quiet_hours_hold_mail_back_but_not_the_screen_nor_what_is_most_urgent(
    world: World, site: Settings, mailbox: Mailbox, reachable: Any
) -> None:
    await reachable("binh", email="binh@x.vn", channels=("email",))
    world.at(local("2026-03-20 22:30"))  # Friday night
    await world.give(assignee=world.people["binh"], title="Việc thường")
    await world.give(assignee=world.people["binh"], title="Việc khẩn", priority=1)
    screen = await world.fetch("SELECT 1 FROM notice WHERE made_at = %s", world.clock.now())
    assert len(screen) == 2
    assert await deliver(world.db, site, world.clock) == 1
    world.at(local("2026-03-23 06:29"))
    assert await deliver(world.db, site, world.clock) == 0
    world.at(local("2026-03-23 06:30"))
    assert await deliver(world.db, site, world.clock) == 1
    assert len(mailbox.letters) == 2


async def test_a_persons_own_quiet_hours_go_before_the_policys(
    world: World, site: Settings, mailbox: Mailbox, reachable: Any
) -> None:
    await reachable("binh", email="b@x.vn", channels=("email",), quiet_start=time(9), quiet_end=time(11))
    await world.give(assignee=world.people["binh"])
    assert await deliver(world.db, site, world.clock) == 0
    world.at(local("2026-03-16 11:00"))
    assert await deliver(world.db, site, world.clock) == 1


async def test_two_processes_send_each_message_once(
    world: World, site: Settings, mailbox: Mailbox, reachable: Any
) -> None:
    await reachable("binh", email="binh@x.vn", channels=("email",))
    for _ in range(12):
        await world.give(assignee=world.people["binh"])
    found = await asyncio.gather(*(deliver(world.db, site, world.clock) for _ in range(3)))
    assert sum(found) == len(mailbox.letters) == 12


async def test_a_webhook_gets_the_notice_and_private_addresses_only_where_listed(
    world: World, site: Settings, hook: Hook, reachable: Any
) -> None:
    await reachable("binh", webhook=hook.url, channels=("webhook",))
    task = await world.give(assignee=world.people["binh"])
    assert await deliver(world.db, site, world.clock) == 0
    assert hook.posts == []
    [(error,)] = await world.fetch(
        "SELECT error FROM notice_delivery WHERE error IS NOT NULL AND channel = 'webhook'"
    )
    assert "private" in error
    allowing = msgspec.structs.replace(site, notification_allow_hosts=("127.0.0.1",))
    world.clock.advance(MINUTE)
    hook.status = 302
    assert await deliver(world.db, allowing, world.clock) == 0, "redirects are not followed"
    world.clock.advance(2 * MINUTE)
    hook.status = 204
    assert await deliver(world.db, allowing, world.clock) == 1
    headers, body = hook.posts[-1]
    assert (body["task_id"], body["kind"], headers["x-haidang-notice"]) == (task.id, "given", str(body["id"]))
    assert [each["id"] for _, each in hook.posts] == [body["id"]] * 2


async def test_sms_goes_through_the_sites_gateway(
    world: World, site: Settings, hook: Hook, reachable: Any
) -> None:
    await reachable("binh", phone="+84912345678", channels=("sms",))
    await world.give(assignee=world.people["binh"])
    gateway = msgspec.structs.replace(
        site, sms_gateway_url=hook.url, sms_gateway_token="bí mật".encode().hex()
    )
    assert await deliver(world.db, gateway, world.clock) == 1
    [(headers, body)] = hook.posts
    assert (body["to"], headers["authorization"]) == ("+84912345678", f"Bearer {gateway.sms_gateway_token}")


async def test_a_channel_needs_its_address(world: World) -> None:
    who = await world.who("binh")
    for facts, field in (
        ({"channels": ("email",)}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"phone": "gọi tôi"}, "phone"),
        ({"webhook": "file:///etc/passwd"}, "webhook"),
        ({"quiet_start": time(9)}, "quiet_end"),
    ):
        async with world.db.transaction() as connection:
            with pytest.raises(Problem) as refusal:
                await wishes.set_wishes(connection, who, Wishes(**facts), version=0)
        assert refusal.value.faults[0].field == field


async def test_whoever_did_it_is_not_told(world: World) -> None:
    task = await world.give(by="bac", assigner_org=world.orgs["north"], assignee=world.people["bac"])
    await world.do("bac", task, acts.Start())
    assert await world.fetch("SELECT 1 FROM notice WHERE task_id = %s", task.id) == []
