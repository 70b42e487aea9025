"""``haidang bench city``: load a seeded city, run the rounds, audit, kill, audit again, report."""

from __future__ import annotations

import asyncio
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from haidang import __version__
from haidang.alerts.rules.reading import load_rules
from haidang.bench import bare, client, history, workload
from haidang.bench.audit import audit, hot
from haidang.bench.keys import device_key
from haidang.bench.measures import measure
from haidang.bench.rounds import (
    BATCH,
    BATCH_CONNECTIONS,
    FULL,
    PASSES,
    QUICK,
    Bench,
    Round,
    Sizes,
    hot_numbers,
    prebuild,
    run_round,
)
from haidang.bench.server import Empty, Measured
from haidang.city.packs import BUILTIN

TARGETS = {"W1": 0.5, "W3": 0.2, "W4": 5.0, "S1_hot_bytes": 20.0}
"""What must be reached; S1 is an upper bound, the others are lower ones."""
_LOAD_CHUNK = 20_000
_HISTORY_STEPS = 24

Say = Callable[[str], None]


def bench_city(*, quick: bool, folder: Path | None, say: Say) -> dict[str, Any]:
    """Run the whole measurement and return its report (see ``docs/benchmarks.md`` for the members)."""
    sizes = QUICK if quick else FULL
    with _folder(folder) as place, Measured(place / "data") as measured, Empty() as empty:
        key = asyncio.run(device_key(measured.url))
        _silence(measured)
        say(f"prebuilding requests for {sizes.hot:,} hot entities")
        bench = Bench(measured, empty, sizes, prebuild(place, sizes), key, [])
        loaded = _load_city(bench, place, say)
        s1 = _hot_history(bench, place, say)
        bench = msgspec.structs.replace(bench, passes=_capture(bench, say))
        rounds = _rounds(bench, say)
        measures = measure(bench, rounds, place, say)
        faults = _audits(bench, say)
        measures += history.measures(measured, place, sensors=sizes.sensors, say=say)
        found = _report(sizes=sizes, rounds=rounds, s1=s1, loaded=loaded, measured=measured, faults=faults)
        return found | {"measures": [msgspec.structs.asdict(one) | {"met": one.met} for one in measures]}


def bench_history(*, quick: bool, folder: Path | None, say: Say) -> dict[str, Any]:
    """Run only the measurement of history, on a house of its own."""
    sizes = QUICK if quick else FULL
    with _folder(folder) as place, Measured(place / "data") as measured:
        found = history.measures(measured, place, sensors=sizes.sensors, say=say)
    return {"measures": [msgspec.structs.asdict(one) | {"met": one.met} for one in found]}


def _silence(measured: Measured) -> None:
    """Switch every alert rule off: to them the values of the workload, drawn by lot, are one long flood.

    What rules cost is measured on a city of their own (``haidang bench alerts``).
    """
    with measured.connect() as connection:
        connection.cursor().executemany(
            "INSERT INTO rule_mode (rule, mode, reason, by, at)"
            " VALUES (%s, 'off', 'haidang bench city', 'bench', now())",
            [(rule,) for rule in load_rules([BUILTIN]).by_name],
        )
        connection.execute("UPDATE rule_revision SET revision = revision + 1")


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="haidang-bench-") as temporary:
        Path(temporary).chmod(0o711)  # where root runs us, the database's own user passes through
        yield Path(temporary)


def _load_city(bench: Bench, place: Path, say: Say) -> dict[str, float]:
    done, seconds, total = 0, 0.0, bench.sizes.entities
    for start in range(0, total, _LOAD_CHUNK):
        numbers = list(range(start, min(start + _LOAD_CHUNK, total)))
        seconds += _send_once(bench, place / "load.bin", list(workload.batches(numbers, 0, BATCH)))
        done += len(numbers)
        bench.measured.acknowledged += len(numbers)
        say(f"loaded {done:,} of {total:,} entities")
    return {"created_entities_per_s": done / seconds}


def _hot_history(bench: Bench, place: Path, say: Say) -> float:
    """Return S1: the bytes a telemetry value costs in the open partitions, indexes included."""
    sizes = bench.sizes
    say(f"writing the history of {sizes.sensors:,} sensors over {sizes.steps} steps of five minutes")
    end_ms = int(time.time() * 1000)
    times = [end_ms - (sizes.steps - step) * 300_000 for step in range(sizes.steps)]
    before = hot(bench.measured)
    for start in range(0, len(times), _HISTORY_STEPS):
        bodies = workload.sensor_batches(sizes.sensors, times[start : start + _HISTORY_STEPS])
        _send_once(bench, place / "history.bin", list(bodies))
    bench.measured.acknowledged += sizes.sensors * sizes.steps
    return hot(bench.measured).per_value(before)


def _send_once(bench: Bench, path: Path, bodies: list[bytes]) -> float:
    """Send these upserts once and return how long that took, in seconds."""
    target = "/ngsi-ld/v1/entityOperations/upsert"
    load = client.run(
        client.Plan(
            port=bench.measured.port,
            method="POST",
            requests=client.write_requests(path, [(target, body) for body in bodies]),
            connections=BATCH_CONNECTIONS,
            seconds=600,
            headers=bench.headers(),
            limit=len(bodies),
        )
    )
    if load.refused():
        raise RuntimeError(f"{load.refused()} batches were refused: {load.sample}")
    return load.seconds


def _capture(bench: Bench, say: Say) -> list[list[bare.Group]]:
    """Warm the hot set and keep what each pass stored, for the yardstick to write again."""
    say("warming the hot set")
    ids = [workload.entity_id(number) for number in hot_numbers(bench.sizes)]
    captured = []
    with bench.measured.connect() as connection:
        for _ in range(PASSES):
            _passes(bench, 1)
            rows = connection.execute("SELECT eid FROM entity WHERE id = ANY(%s)", (ids,)).fetchall()
            captured.append(bare.capture(connection, sorted(row[0] for row in rows)))
        bare.prepare(connection)
    return captured


def _passes(bench: Bench, count: int) -> None:
    load = client.run(
        client.Plan(
            port=bench.measured.port,
            method="POST",
            requests=bench.requests.upserts,
            connections=BATCH_CONNECTIONS,
            seconds=600,
            headers=bench.headers(),
            limit=count * bench.sizes.hot // BATCH,
        )
    )
    if load.refused():
        raise RuntimeError(f"{load.refused()} batches were refused: {load.sample}")
    bench.measured.acknowledged += load.done * BATCH


def _rounds(bench: Bench, say: Say) -> list[Round]:
    rounds = []
    for number in range(bench.sizes.rounds):
        found = run_round(bench)
        rounds.append(found)
        shown = "  ".join(f"{name} {value:.2f}" for name, value in found.ratios.items())
        say(f"round {number + 1}: {shown}" + (f"  REJECTED: {found.rejected}" if found.rejected else ""))
    return rounds


def _audits(bench: Bench, say: Say) -> list[str]:
    """Audit, kill the server, audit, kill the database, audit; return every fault with its moment."""
    measured = bench.measured
    faults, before = [], audit(measured)
    faults += [f"after the rounds: {fault}" for fault in before.faults()]
    kills = {"the server": measured.kill_web, "PostgreSQL": measured.kill_database}
    for name, kill in kills.items():
        say(f"kill -9 of {name}, then the audit again")
        kill()
        measured.wait_ready()
        after = audit(measured)
        faults += [f"after kill -9 of {name}: {fault}" for fault in after.faults()]
        if after.head < before.head:
            faults.append(
                f"after kill -9 of {name}: {before.head - after.head} acknowledged changes are gone"
            )
    return faults


def _report(
    *,
    sizes: Sizes,
    rounds: list[Round],
    s1: float,
    loaded: dict[str, float],
    measured: Measured,
    faults: list[str],
) -> dict[str, Any]:
    valid = [found for found in rounds if found.rejected is None]
    names = rounds[0].ratios
    ratios: dict[str, Any] = {
        name: _spread([found.ratios[name] for found in valid]) for name in names if len(valid) >= 3
    }
    ratios["S1_hot_bytes"] = {"median": s1, "min": s1, "max": s1}
    verdict = _verdict(ratios, len(valid), faults)
    with measured.connect() as connection:
        version: Any = connection.execute("SHOW server_version").fetchone()
        durable: Any = connection.execute("SHOW synchronous_commit").fetchone()
    return {
        "ratios": ratios,
        "verdict": verdict,
        "faults": faults,
        "rounds_valid": len(valid),
        "rounds": msgspec.to_builtins(rounds),
        "loading": loaded,
        "pss_bytes": measured.pss(),
        "sizes": msgspec.to_builtins(sizes),
        "machine": {"system": platform.platform(), "python": platform.python_version()},
        "versions": {"haidang": __version__, "postgresql": version[0]},
        "durability": {"synchronous_commit": durable[0]},
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _verdict(ratios: dict[str, Any], valid: int, faults: list[str]) -> str:
    if faults:
        return "failed: the audit found faults"
    if valid < 3:
        return "no verdict: the machine moved during too many rounds"
    missed = [
        name
        for name, target in TARGETS.items()
        if (ratios[name]["median"] > target if name.startswith("S") else ratios[name]["median"] < target)
    ]
    return f"missed: {', '.join(missed)}" if missed else "all targets met"
