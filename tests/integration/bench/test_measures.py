"""The instruments measure what they say: ages on arrival, frames written and counted, bounds."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from haidang.bench.measures import Measure
from haidang.bench.panels import Screens
from haidang.bench.receiver import Receiver


def test_the_age_of_a_notification_is_that_of_its_newest_observation() -> None:
    now = datetime.now(UTC)

    def attribute(age_s: float) -> dict[str, Any]:
        at = (now - timedelta(seconds=age_s)).isoformat().replace("+00:00", "Z")
        return {"type": "Property", "value": 1, "observedAt": at}

    body = {"data": [{"id": "urn:x:1", "a": attribute(100), "b": attribute(5), "c": attribute(70)}]}
    with Receiver() as receiver:
        answer = httpx.post(receiver.uri, json=body)
        assert answer.status_code == 204
        (age,) = receiver.ages_ms()
        assert 5_000 <= age < 15_000
        assert receiver.ages_ms() == [], "each age is told once"


def test_the_bare_server_writes_to_every_socket() -> None:
    with Screens() as server, Screens() as screens:
        screens.open_plain(server.bare(100), 20)
        limit = time.monotonic() + 20
        while (written := server.written()) < 40:
            assert time.monotonic() < limit
            time.sleep(0.05)
        assert written % 20 == 0
        assert screens.seen().frames == 0, "what is no event is no frame of the stream"


def test_a_measure_is_met_at_its_bound() -> None:
    assert Measure("N1", 1.0, 1.0, "").met
    assert not Measure("N1", 1.01, 1.0, "").met
