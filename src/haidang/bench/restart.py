"""A clean restart until ready (D2), and the memory of the whole tree with the city in it (M1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from haidang.bench import machine
from haidang.bench.latency import Found
from haidang.bench.rounds import Bench

RESTART_S = 5.0
MEMORY_BYTES = 1.5e9


def restart(bench: Bench, _: Any, __: Path, say: Callable[[str], None]) -> Found:
    """D2: seconds from the start command to ready, after a clean stop; M1: bytes, shared buffers apart."""
    measured = bench.measured
    pids = machine.children_of(measured.pid)
    own = machine.own_bytes(pids)
    facts: dict[str, float] = {
        "bytes": own,
        "with_shared_buffers": machine.pss_bytes(pids),
        "entities": bench.sizes.entities,
    }
    yield "M1", own / MEMORY_BYTES, 1.0, "of 1.5 GB", facts
    say("a clean stop and start")
    measured.stop()
    taken_s = measured.start()
    yield "D2", taken_s / RESTART_S, 1.0, "of 5 s", {"seconds": taken_s, "entities": bench.sizes.entities}
