"""Latencies at half of what the service can do, open loop: of a write (W6), and of a notification (N1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from haidang.bench import client, machine, workload
from haidang.bench.receiver import Receiver
from haidang.bench.rounds import BATCH, BATCH_CONNECTIONS, PATCH_CONNECTIONS, Bench, hot_numbers

Found = Iterator[tuple[str, float, float, str, dict[str, float]]]
"""(name, value, most it may be, unit, the absolute figures behind it)."""
NOTIFIED_SHARE = 50
"""One of so many hot entities is subscribed to: an application follows some devices, not a province."""
_FULL_S, _QUICK_S = 30.0, 6.0
_LATE_S = 30.0
"""How long what has not come is waited for."""


def seconds(bench: Bench) -> float:
    """Return how long an open loop runs."""
    return _FULL_S if bench.sizes.window_s >= 5 else _QUICK_S


def patches(bench: Bench, most: Any, _: Path, say: Callable[[str], None]) -> Found:
    """W6: the 99th percentile of PATCH against 5 times that of fdatasync and 10 ms."""
    say(f"PATCH at {most.patches_per_s / 2:,.0f}/s for {seconds(bench):g} s")
    before = machine.fdatasync_rate(bench.measured.folder, 2)
    load = _open_loop(bench, "PATCH", bench.requests.patches, PATCH_CONNECTIONS, most.patches_per_s / 2)
    bench.measured.acknowledged += load.done
    after = machine.fdatasync_rate(bench.measured.folder, 2)
    sync_ms = max(before.p99_ms, after.p99_ms)
    bound_ms = 5 * sync_ms + 10
    facts = {"p50_ms": load.p50_ms, "p99_ms": load.p99_ms, "fdatasync_p99_ms": sync_ms, "per_s": load.per_s}
    yield "W6", load.p99_ms / bound_ms, 1.0, "of 5 x fdatasync p99 + 10 ms", facts


def notifications(bench: Bench, most: Any, _: Path, say: Callable[[str], None]) -> Found:
    """N1: the 99th percentile from the sending of a write to the arrival of its notification."""
    rate = most.entities_per_s / 2 / BATCH
    say(f"notifications of every {NOTIFIED_SHARE}th entity at {rate * BATCH:,.0f} entities/s")
    followed = [workload.entity_id(number) for number in hot_numbers(bench.sizes)[::NOTIFIED_SHARE]]
    base = f"http://127.0.0.1:{bench.measured.port}/ngsi-ld/v1/subscriptions"
    with Receiver() as receiver, httpx.Client(headers=bench.headers(), timeout=30) as http:
        body = {
            "type": "Subscription",
            "entities": [{"id": id_, "type": id_.split(":")[2]} for id_ in followed],
            "notification": {"endpoint": {"uri": receiver.uri}},
        }
        made = http.post(base, json=body)
        if made.status_code != 201:
            raise RuntimeError(f"no subscription was made: {made.text[:300]}")
        try:
            load = _open_loop(bench, "POST", bench.requests.upserts, BATCH_CONNECTIONS, rate)
            bench.measured.acknowledged += load.done * BATCH
            expected = load.done * BATCH / NOTIFIED_SHARE
            ages = _settled(receiver, 0.98 * expected)
        finally:
            http.delete(base + "/" + made.headers["location"].rpartition("/")[2])
    ordered = sorted(ages) or [float("inf")]
    p99_ms = ordered[int(len(ordered) * 0.99)]
    facts = {
        "p50_ms": ordered[len(ordered) // 2],
        "p99_ms": p99_ms,
        "notifications": len(ages),
        "of_expected": len(ages) / expected,
        "entities_per_s": load.per_s * BATCH,
    }
    yield "N1", p99_ms / 250, 1.0, "of 250 ms", facts


def _settled(receiver: Receiver, enough: float) -> list[float]:
    """Return the ages of all notifications, once there are enough and none has come for a second."""
    ages = receiver.ages_ms()
    limit = time.monotonic() + _LATE_S
    while time.monotonic() < limit:
        time.sleep(1)
        more = receiver.ages_ms()
        if not more and len(ages) >= enough:
            break
        ages += more
    return ages


def _open_loop(bench: Bench, method: str, requests: Path, connections: int, rate: float) -> client.Load:
    load = client.run(
        client.Plan(
            port=bench.measured.port,
            method=method,
            requests=requests,
            connections=connections,
            seconds=seconds(bench),
            headers=bench.headers(),
            rate_per_s=rate,
        )
    )
    if load.refused():
        raise RuntimeError(f"{load.refused()} of {load.done} requests were refused: {load.sample}")
    return load
