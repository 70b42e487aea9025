"""Live screens: what a delivered frame costs (F1), how late it comes (F2), what they cost the writer (F3)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from haidang.bench import client, machine
from haidang.bench.keys import screen_keys
from haidang.bench.latency import Found, seconds
from haidang.bench.panels import TICK_S, Screens
from haidang.bench.rounds import BATCH, BATCH_CONNECTIONS, Bench

SCREENS, MANY = 500, 2_000
PER_KEY = 24
"""Screens that one key may open (``web.stream``)."""
FRAME_RATIO, LATE_MS, SLOWDOWN = 2.0, TICK_S * 1000 + 100, 1 / 0.9


def frames(bench: Bench, _: Any, __: Path, say: Callable[[str], None]) -> Found:
    """F1 and F2: 500 screens that watch a hundred panels, against a plain write to 500 sockets."""
    say(f"{SCREENS} live screens")
    keys = asyncio.run(screen_keys(bench.measured.url, -(-SCREENS // PER_KEY)))
    web = bench.measured.web_pid()
    with Screens() as screens:
        screens.change(bench.measured.port, bench.key)
        screens.open(bench.measured.port, keys, 1)
        few_s, _ = _spent(bench, web, screens)
        screens.open(bench.measured.port, keys, SCREENS - 1)
        many_s, seen = _spent(bench, web, screens)
    delivered = seen.frames * (SCREENS - 1) / SCREENS
    frame_us = (many_s - few_s) / delivered * 1e6
    bare_us = _bare_us(bench, round(seen.bytes / seen.frames))
    facts = {
        "us": frame_us,
        "bare_us": bare_us,
        "frames": seen.frames,
        "frame_bytes": seen.bytes / seen.frames,
    }
    yield "F1", frame_us / bare_us / FRAME_RATIO, 1.0, "of 2 x a bare write", facts
    worst = sorted(seen.worst_ms)
    p99_ms = worst[int(len(worst) * 0.99)]
    facts = {"p50_ms": worst[len(worst) // 2], "p99_ms": p99_ms, "frames": len(worst)}
    yield "F2", p99_ms / LATE_MS, 1.0, "of the tick + 100 ms, at the last of 500 screens", facts


def many(bench: Bench, _: Any, __: Path, say: Callable[[str], None]) -> Found:
    """F3: batches a second without screens against those with 2,000 (A B B A)."""
    say(f"{MANY:,} live screens beside the writer")
    keys = asyncio.run(screen_keys(bench.measured.url, -(-MANY // PER_KEY)))

    def with_screens(count: int) -> tuple[float, float]:
        with Screens() as screens:
            screens.change(bench.measured.port, bench.key)
            screens.open(bench.measured.port, keys, count)
            own = screens.seen().cpu_s
            rate = _upserts_per_s(bench)
            return rate, screens.seen().cpu_s - own

    rates = [with_screens(count) for count in (1, MANY, MANY, 1)]
    without, beside = (rates[0][0] + rates[3][0]) / 2, (rates[1][0] + rates[2][0]) / 2
    spent = (rates[1][1] + rates[2][1]) / 2 / seconds(bench)
    facts = {"without_per_s": without, "with_per_s": beside, "cores_taken_by_the_screens_themselves": spent}
    yield "F3", without / beside / SLOWDOWN, 1.0, "of a slowdown by 10 %", facts


def _spent(bench: Bench, web: int, screens: Screens) -> tuple[float, Any]:
    """Return the CPU seconds of the web server in a window, and what the screens saw in it."""
    time.sleep(2 * TICK_S)
    screens.seen()
    before = machine.cpu_s([web])
    time.sleep(seconds(bench))
    return machine.cpu_s([web]) - before, screens.seen()


def _bare_us(bench: Bench, size: int) -> float:
    with Screens() as server, Screens() as screens:
        port = server.bare(size)
        screens.open_plain(port, SCREENS)
        time.sleep(2 * TICK_S)
        before, written = machine.cpu_s([server.pid]), server.written()
        time.sleep(seconds(bench))
        return (machine.cpu_s([server.pid]) - before) / (server.written() - written) * 1e6


def _upserts_per_s(bench: Bench) -> float:
    load = client.run(
        client.Plan(
            port=bench.measured.port,
            method="POST",
            requests=bench.requests.upserts,
            connections=BATCH_CONNECTIONS,
            seconds=seconds(bench),
            headers=bench.headers(),
        )
    )
    if load.refused():
        raise RuntimeError(f"{load.refused()} of {load.done} requests were refused: {load.sample}")
    bench.measured.acknowledged += load.done * BATCH
    return load.per_s * BATCH
