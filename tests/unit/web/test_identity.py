"""Who asks, and how long that is remembered."""

from __future__ import annotations

import pytest
from tests.unit.web.asking import scope_of

from haidang.base.problems import UNAUTHENTICATED, UNAVAILABLE, Problem
from haidang.organisation.permissions import Principal
from haidang.web.identity import ANONYMOUS, REMEMBERED_S, Credential, Identity, credential_of, cross_site


class Register:
    """Stands for ``organisation.authenticate``."""

    def __init__(self) -> None:
        self.asked: list[tuple[Credential, bool]] = []
        self.now = 100.0
        self.down = False

    async def __call__(self, credential: Credential, touch: bool) -> Principal:
        self.asked.append((credential, touch))
        if self.down:
            raise Problem(UNAVAILABLE)
        if credential.secret != "good":
            raise Problem(UNAUTHENTICATED)
        return Principal("account:7", "Lan", 1, ())


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def identity(register: Register) -> Identity:
    return Identity(register, monotonic=lambda: register.now)


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, None),
        ({"Cookie": "a=b; haidang_session=good"}, Credential("session", "good")),
        ({"Cookie": 'haidang_session="good"'}, Credential("session", "good")),
        ({"Cookie": "xhaidang_session=good"}, None),
        ({"Cookie": "haidang_session="}, None),
        ({"Authorization": "Bearer hd_x"}, Credential("key", "hd_x")),
        ({"Authorization": "Basic eDp5"}, None),
        ({"X-Api-Key": "hd_y", "Cookie": "haidang_session=good"}, Credential("key", "hd_y")),
    ],
)
def test_what_is_shown(headers: dict[str, str], found: Credential | None) -> None:
    assert credential_of(scope_of("/", headers=headers)) == found


async def test_an_identity_is_remembered_for_a_few_seconds(identity: Identity, register: Register) -> None:
    scope = scope_of("/", headers={"Cookie": "haidang_session=good"})
    assert (await identity.principal(scope)).id == "account:7"
    assert (await identity.principal(scope)).id == "account:7"
    assert len(register.asked) == 1
    register.now += REMEMBERED_S + 0.1
    await identity.principal(scope)
    assert len(register.asked) == 2


async def test_changed_rights_are_noticed_at_once(identity: Identity, register: Register) -> None:
    told = []
    identity.on_forget(lambda: told.append(True))
    scope = scope_of("/", headers={"Cookie": "haidang_session=good"})
    await identity.principal(scope)
    identity.forget()
    await identity.principal(scope)
    assert len(register.asked) == 2
    assert told == [True]


async def test_an_ended_session_is_nobody_and_a_dead_key_is_refused(identity: Identity) -> None:
    assert await identity.principal(scope_of("/", headers={"Cookie": "haidang_session=old"})) is ANONYMOUS
    for _ in range(2):  # the second answer comes from memory
        with pytest.raises(Problem, match="unauthenticated"):
            await identity.principal(scope_of("/", headers={"X-Api-Key": "old"}))


async def test_a_failure_is_not_remembered(identity: Identity, register: Register) -> None:
    scope = scope_of("/", headers={"Cookie": "haidang_session=good"})
    register.down = True
    with pytest.raises(Problem, match="unavailable"):
        await identity.principal(scope)
    register.down = False
    assert (await identity.principal(scope)).id == "account:7"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "http://here:8080", "Host": "here:8080"}, False),
        ({"Origin": "http://evil", "Host": "here:8080"}, True),
        ({"Origin": "null", "Host": "here:8080"}, True),
        ({"Origin": "https://city.example", "Host": "127.0.0.1:8080"}, False),
        ({}, False),
    ],
)
def test_where_a_write_comes_from(headers: dict[str, str], foreign: bool) -> None:
    assert cross_site(scope_of("/", "POST", headers), "https://city.example") is foreign


async def test_rights_taken_while_they_are_looked_up_are_not_remembered(register: Register) -> None:
    identity: Identity

    async def taken_meanwhile(credential: Credential, touch: bool) -> Principal:
        found = await register(credential, touch)
        if len(register.asked) == 1:
            identity.forget()
        return found

    identity = Identity(taken_meanwhile, monotonic=lambda: register.now)
    await identity.check(Credential("key", "good"))
    await identity.check(Credential("key", "good"))
    assert len(register.asked) == 2
