"""Rules of subscriptions without I/O: addresses, pauses, events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.network import is_private
from haidang.base.problems import Problem
from haidang.city.log import Change
from haidang.city.model import Kind, Origin
from haidang.city.subscriptions.delivery.queues import BACKOFF_S, backoff_s
from haidang.city.subscriptions.endpoint import Address, address
from haidang.city.subscriptions.matching import Present, Screen, events_of, rebuilt, writes_of
from haidang.city.subscriptions.model import Compiled, converted, mapped, status
from haidang.city.subscriptions.rendering import stable_id
from haidang.city.terms import CORE, CORE_URL, Terms
from haidang.city.times import to_us
from haidang.organisation.permissions import Principal

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)

ADDRESSES = [
    ("http://a.example", Address("http", "a.example", 80, "/")),
    ("https://a.example:8443/x?y=1", Address("https", "a.example", 8443, "/x?y=1")),
    ("http://[2001:db8::1]/x", Address("http", "2001:db8::1", 80, "/x")),
    ("mqtt://b.example/a/b", Address("mqtt", "b.example", 1883, "a/b")),
    ("mqtts://me:p%40ss@b.example:8884/t", Address("mqtts", "b.example", 8884, "t", "me", "p@ss")),
]


@pytest.mark.parametrize(("uri", "expected"), ADDRESSES)
def test_an_address_is_taken_apart(uri: str, expected: Address) -> None:
    assert address(uri) == expected


@pytest.mark.parametrize(
    "uri",
    ["", "x", "ftp://a/", "http://", "http://a:99999/", "http://u:p@a/", "http://a/#f", "http://a b/",
     "mqtt://a", "mqtt://a/", "mqtt://a/t/#", "mqtt://a/+/t", "mqtt://a/t?q=1", "http://a/\n"],
)  # fmt: skip
def test_what_is_no_address_is_refused(uri: str) -> None:
    with pytest.raises(Problem):
        address(uri)


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:10.0.0.1",
    "224.0.0.1",
    "100.64.0.1",
]


@pytest.mark.parametrize("found", PRIVATE)
def test_private_addresses(found: str) -> None:
    assert is_private(found)


@pytest.mark.parametrize("found", ["8.8.8.8", "203.162.4.190", "2001:4860:4860::8888"])
def test_public_addresses(found: str) -> None:
    assert not is_private(found)


@given(st.integers(1, 10_000), st.integers(1, 86_400_000) | st.none(), st.floats(0, 1))
def test_a_pause_is_never_shorter_than_the_cooldown_nor_longer_than_the_longest(
    failures: int, cooldown: int | None, chance: float
) -> None:
    pause = backoff_s(failures, cooldown, chance)
    assert pause >= (cooldown or 0) / 1000
    assert BACKOFF_S[0] / 2 <= pause <= max(BACKOFF_S[1], (cooldown or 0) / 1000)


def test_ids_follow_from_their_cause() -> None:
    assert stable_id("", "urn:s", 1, 7) == stable_id("", "urn:s", 1, 7)
    assert stable_id("", "urn:s", 1, 7) != stable_id("", "urn:s", 1, 8)


def body(**members: Any) -> dict[str, Any]:
    return {"type": "Subscription", "notification": {"endpoint": {"uri": "http://a/"}}} | members


def test_status() -> None:
    now = to_us(NOON)
    assert status(converted(body()), now) == "active"
    assert status(converted(body(isActive=False)), now) == "paused"
    assert status(converted(body(expiresAt="2026-03-16T12:00:00Z")), now) == "expired"
    assert status(converted(body(expiresAt="2026-03-16T12:00:01Z")), now) == "active"


def test_names_are_renamed_and_other_forms_left_alone() -> None:
    found = mapped(
        body(entities=[{"type": "(A|B);C"}, {"type": "*"}, 1], watchedAttributes=["x", 2]),
        lambda name: f"i:{name}",
    )
    assert found["entities"] == [{"type": "(i:A|i:B);i:C"}, {"type": "*"}, 1]
    assert found["watchedAttributes"] == ["i:x", 2]
    assert mapped({"notification": None}, str.upper) == {"notification": None}


def row(seq: int, kind: Kind, minute: int, j: dict[str, Any]) -> Change:
    return Change(seq, kind, NOON + timedelta(minutes=minute), 1, 0, None, j)


def entity(**full: Any) -> Present:
    return Present(1, "urn:x:1", 0, 1, Origin(1), 9, 0, 0, {key[1:]: value for key, value in full.items()})


def test_rows_of_one_write_are_one_event_and_those_of_two_are_two() -> None:
    rows = [
        row(1, Kind.CREATE, 0, {"1": 1}),
        row(2, Kind.UPDATE, 1, {"2": 2, "@f": 1}),
        row(3, Kind.UPDATE, 2, {"3": 3}),
        row(5, Kind.UPDATE, 3, {"1": 5, "@f": 1}),
    ]
    assert [(one.kind, one.seq) for one in writes_of(rows, Terms())] == [
        (Kind.CREATE, 2), (Kind.UPDATE, 3), (Kind.UPDATE, 5),
    ]  # fmt: skip


def test_each_event_sees_the_entity_as_it_was() -> None:
    rows = [row(n, Kind.UPDATE, n, {"1": n * 10}) for n in (1, 2, 3)]
    now = entity(_1=[{"v": 30, "o": to_us(NOON + timedelta(minutes=3))}], _2=[{"v": "still"}])
    events = events_of(now, rows, {}, {"1"}, Terms(), last_wins=False)
    assert [event.after["1"][0]["v"] for event in events] == [10, 20, 30]
    assert [event.before.get("1", [{"v": None}])[0]["v"] for event in events] == [None, 10, 20]
    assert all(event.after["2"] == [{"v": "still"}] for event in events)


def test_a_replacement_takes_away_what_it_does_not_carry() -> None:
    past = {"1": [{"v": 1}], "2": [{"v": 2}]}
    (event,) = events_of(
        entity(_1=[{"v": 9}]), [row(5, Kind.REPLACE, 0, {"1": 9})], past, {"1", "2"}, Terms(), last_wins=True
    )
    assert [(one.key, one.long is None) for one in event.touched] == [("1", False), ("2", True)]
    assert set(event.after) == {"1"}


def test_history_is_rebuilt_from_the_last_beginning_on() -> None:
    rows = [
        row(4, Kind.UPDATE, 4, {"3": None}),
        row(1, Kind.CREATE, 1, {"9": 1}),
        row(3, Kind.UPDATE, 3, {"3": 3}),
        row(2, Kind.REPLACE, 2, {"1": 1}),
    ]
    assert set(rebuilt(rows, Terms(), last_wins=False)) == {"1"}


def test_a_late_row_changes_nothing_unless_the_present_shows_it() -> None:
    newer = {"v": 30, "o": to_us(NOON + timedelta(minutes=30))}
    past = {"1": [newer]}
    rows = [row(5, Kind.UPDATE, 1, {"1": 1})]
    assert events_of(entity(_1=[newer]), rows, past, {"1"}, Terms(), last_wins=False) == []
    written = {"v": 1, "o": to_us(NOON + timedelta(minutes=1))}
    (event,) = events_of(entity(_1=[written]), rows, past, {"1"}, Terms(), last_wins=False)
    assert event.after["1"] == [written]


def test_a_screen_leaves_out_only_who_names_others() -> None:
    def compiled(no: int, *entities: dict[str, str]) -> Compiled:
        definition = converted(body(entities=list(entities)) if entities else body(watchedAttributes=["a"]))
        types = tuple((None, one) for one in definition.entities or ())
        return Compiled(
            no=no, id=f"urn:s:{no}", tenant_id=1, tenant="", from_seq=0, owner=Principal("key:1", "k", 1, ()),
            definition=definition, asked_in=CORE, context=CORE, context_url=CORE_URL, triggers=frozenset(),
            watched=None, types=types, selectors=(), q=None, geo=None,
        )  # fmt: skip

    named = compiled(1, {"id": "urn:a", "type": "T"}, {"id": "urn:b", "type": "T"})
    typed = compiled(2, {"type": "T"})
    both = compiled(3, {"id": "urn:a", "type": "T"}, {"type": "U"})
    anything = compiled(4)
    screen = Screen([named, typed, both, anything])
    assert [one.no for one in screen.likely("urn:a")] == [1, 2, 3, 4]
    assert [one.no for one in screen.likely("urn:b")] == [1, 2, 3, 4]
    assert [one.no for one in screen.likely("urn:c")] == [2, 3, 4]
