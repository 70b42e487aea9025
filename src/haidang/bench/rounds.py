"""One round of measurement: every case beside its yardstick, between two calibrations of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from haidang.bench import bare, client, machine, workload
from haidang.bench.server import Empty, Measured

BATCH = 100
BATCH_CONNECTIONS = 8
PATCH_CONNECTIONS = 64
PASSES = 4
"""How many different observations of the whole hot set are prebuilt, sent in turn."""
SETTLE_S = 120


class Sizes(msgspec.Struct, frozen=True):
    """How large a run is."""

    entities: int
    hot: int
    rounds: int
    window_s: float
    sensors: int
    """Sensors of the history measurement; each tells 12 values every five minutes."""
    steps: int


FULL = Sizes(entities=1_000_000, hot=10_000, rounds=5, window_s=5, sensors=7_200, steps=576)
QUICK = Sizes(entities=20_000, hot=2_000, rounds=3, window_s=2, sensors=300, steps=288)


class Prebuilt(msgspec.Struct, frozen=True):
    """Request files on disk, built before any clock starts."""

    upserts: Path
    patches: Path
    reads: Path
    bytes_per_entity: float


class Round(msgspec.Struct, frozen=True):
    """What one round found: its ratios, the absolute figures behind them, and whether it counts."""

    ratios: dict[str, float]
    absolute: dict[str, float]
    rejected: str | None


class Bench(msgspec.Struct, frozen=True):
    """Everything a round needs."""

    measured: Measured
    empty: Empty
    sizes: Sizes
    requests: Prebuilt
    key: str
    passes: list[list[bare.Group]]

    def headers(self, media_type: str = "application/json") -> dict[str, str]:
        """The headers every request of a device carries."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": media_type}


def hot_numbers(sizes: Sizes) -> list[int]:
    """Return the numbers of the hot entities, scattered over all of them."""
    step = max(1, sizes.entities // sizes.hot)
    # Both kinds must be hot, so the step is made odd.
    return [(number * (step | 1)) % sizes.entities for number in range(sizes.hot)]


def prebuild(folder: Path, sizes: Sizes) -> Prebuilt:
    """Build the bodies of every case for the hot set."""
    numbers = hot_numbers(sizes)
    upserts = [
        ("/ngsi-ld/v1/entityOperations/upsert?options=update", body)
        for round_no in range(1, PASSES + 1)
        for body in workload.batches(numbers, round_no, BATCH)
    ]
    patches = [
        (f"/ngsi-ld/v1/entities/{workload.entity_id(number)}/attrs", workload.patch(number, round_no))
        for round_no in range(1, PASSES + 1)
        for number in numbers
    ]
    reads = [(f"/ngsi-ld/v1/entities/{workload.entity_id(number)}", b"") for number in numbers]
    return Prebuilt(
        upserts=client.write_requests(folder / "upserts.bin", upserts),
        patches=client.write_requests(folder / "patches.bin", patches),
        reads=client.write_requests(folder / "reads.bin", reads),
        bytes_per_entity=sum(len(body) for _, body in upserts) / (len(numbers) * PASSES),
    )


def run_round(bench: Bench) -> Round:
    """Measure every case once, its yardstick before and after it (A B B A)."""
    before = machine.calibrate(bench.measured.folder, bench.sizes.window_s / 2)
    facts: dict[str, float] = {}
    _write_cases(bench, facts)
    _settle(bench)
    _patch_cases(bench, facts)
    _settle(bench)
    _read_cases(bench, facts)
    after = machine.calibrate(bench.measured.folder, bench.sizes.window_s / 2)
    facts["fdatasync_per_s"] = (before.disk.syncs_per_s + after.disk.syncs_per_s) / 2
    return Round(
        ratios=_ratios(facts, bench.requests.bytes_per_entity),
        absolute=facts,
        rejected=machine.moved(before, after),
    )


def _write_cases(bench: Bench, facts: dict[str, float]) -> None:
    def yardstick() -> dict[str, float]:
        with bench.measured.connect() as connection:
            connection.execute(bare.INCOMING)
            before = _cpu(bench)
            written, seconds = bare.run(connection, bench.passes, bench.sizes.window_s)
            # This process is the yardstick's client: its own CPU time counts as the service's does.
            own, database = (now - then for now, then in zip(_cpu(bench), before, strict=True))
        return {"bare_entities_per_s": written / seconds, "bare_cpu_us": (own + database) / written * 1e6}

    def case() -> dict[str, float]:
        service, database = bench.measured.cpu()
        wal = _wal_position(bench)
        load = drive(bench, bench.measured.port, "POST", bench.requests.upserts, BATCH_CONNECTIONS)
        bench.measured.acknowledged += load.done * BATCH
        service_after, database_after = bench.measured.cpu()
        entities = load.done * BATCH
        return {
            "upsert_entities_per_s": load.per_s * BATCH,
            "upsert_p99_ms": load.p99_ms,
            "upsert_service_cpu_us": (service_after - service) / entities * 1e6,
            "upsert_database_cpu_us": (database_after - database) / entities * 1e6,
            "upsert_wal_bytes": (_wal_position(bench) - wal) / entities,
        }

    facts |= _mean(yardstick, case, case, yardstick)


def _settle(bench: Bench) -> None:
    """Wait until every step of the pipeline has read the whole log: no case pays for leftovers of another.

    Raises `TimeoutError` where one is still behind after `SETTLE_S`: never catching up is a finding.
    """
    behind = "SELECT h.seq - min(c.seq) FROM city_head h CROSS JOIN cursor c GROUP BY h.seq"
    deadline = time.monotonic() + SETTLE_S
    with bench.measured.connect() as connection:
        while (row := connection.execute(behind).fetchone()) is not None and row[0] > 0:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the pipeline is still {row[0]} changes behind after {SETTLE_S} s")
            time.sleep(0.05)


def _patch_cases(bench: Bench, facts: dict[str, float]) -> None:
    patches = bench.requests.patches

    def empty_patch() -> dict[str, float]:
        return {"noop_per_s": drive(bench, bench.empty.port, "PATCH", patches, PATCH_CONNECTIONS).per_s}

    def many() -> dict[str, float]:
        load = drive(bench, bench.measured.port, "PATCH", patches, PATCH_CONNECTIONS)
        bench.measured.acknowledged += load.done
        return {"patch_c64_per_s": load.per_s, "patch_c64_p99_ms": load.p99_ms}

    def one() -> dict[str, float]:
        load = drive(bench, bench.measured.port, "PATCH", patches, 1)
        bench.measured.acknowledged += load.done
        return {"patch_c1_per_s": load.per_s}

    facts |= _mean(empty_patch, many, one, one, many, empty_patch)


def _read_cases(bench: Bench, facts: dict[str, float]) -> None:
    def empty_read() -> dict[str, float]:
        load = drive(bench, bench.empty.port, "GET", bench.requests.reads, PATCH_CONNECTIONS)
        return {"noop_get_per_s": load.per_s}

    def read() -> dict[str, float]:
        load = drive(bench, bench.measured.port, "GET", bench.requests.reads, PATCH_CONNECTIONS)
        return {"get_per_s": load.per_s}

    facts |= _mean(empty_read, read, read, empty_read)


def _ratios(facts: dict[str, float], bytes_per_entity: float) -> dict[str, float]:
    service_cpu = facts["upsert_service_cpu_us"] + facts["upsert_database_cpu_us"]
    return {
        "W1": facts["upsert_entities_per_s"] / facts["bare_entities_per_s"],
        "W2": service_cpu / facts["bare_cpu_us"],
        "W3": facts["patch_c64_per_s"] / facts["noop_per_s"],
        "W4": facts["patch_c64_per_s"] / facts["patch_c1_per_s"],
        "W5": facts["patch_c64_per_s"] / facts["fdatasync_per_s"],
        "W7": facts["upsert_wal_bytes"] / bytes_per_entity,
        "R1": facts["get_per_s"] / facts["noop_get_per_s"],
    }


def drive(bench: Bench, port: int, method: str, requests: Path, connections: int) -> client.Load:
    load = client.run(
        client.Plan(
            port=port,
            method=method,
            requests=requests,
            connections=connections,
            seconds=bench.sizes.window_s,
            headers=bench.headers(),
        )
    )
    if load.refused():
        raise RuntimeError(f"{load.refused()} of {load.done} requests were refused: {load.sample}")
    return load


def _mean(*cases: Callable[[], dict[str, float]]) -> dict[str, float]:
    seen: dict[str, list[float]] = {}
    for case in cases:
        for name, value in case().items():
            seen.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in seen.items()}


def _cpu(bench: Bench) -> tuple[float, float]:
    return time.process_time(), bench.measured.cpu()[1]


def _wal_position(bench: Bench) -> float:
    with bench.measured.connect() as connection:
        row: Any = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        return float(row[0])
