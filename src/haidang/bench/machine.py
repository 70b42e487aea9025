"""What the machine does meanwhile: CPU time of process trees, speed of the disk and of the processor."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_BLOCK = b"\x5a" * 8192


class Disk(msgspec.Struct, frozen=True):
    """How fast the data folder's disk makes 8 KiB durable."""

    syncs_per_s: float
    p50_ms: float
    p99_ms: float


class Calibration(msgspec.Struct, frozen=True):
    """The machine's state at one end of a round."""

    disk: Disk
    spin_ratio: float
    """Wall time over CPU time of a busy loop; above 1 somebody else has the processor."""


def calibrate(folder: Path, seconds: float) -> Calibration:
    """Measure disk and processor for about ``seconds`` each."""
    return Calibration(disk=fdatasync_rate(folder, seconds), spin_ratio=_spin(seconds / 3))


def moved(before: Calibration, after: Calibration, tolerance: float = 0.30) -> str | None:
    """Return why a round between these two calibrations cannot be trusted, or ``None`` if it can."""
    pairs = {
        "fdatasync p50": (before.disk.p50_ms, after.disk.p50_ms),
        "spin": (before.spin_ratio, after.spin_ratio),
    }
    for name, (first, second) in pairs.items():
        if max(first, second) > min(first, second) * (1 + tolerance):
            return f"{name} moved from {first:.3g} to {second:.3g}"
    return None


def fdatasync_rate(folder: Path, seconds: float) -> Disk:
    """Write 8 KiB and fdatasync, again and again, in ``folder`` for ``seconds``."""
    path = folder / ".bench-sync"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    samples: list[float] = []
    try:
        end = time.perf_counter() + seconds
        while (start := time.perf_counter()) < end:
            os.pwrite(descriptor, _BLOCK, 0)
            os.fdatasync(descriptor)
            samples.append(time.perf_counter() - start)
    finally:
        os.close(descriptor)
        path.unlink()
    samples.sort()
    return Disk(
        syncs_per_s=len(samples) / sum(samples),
        p50_ms=samples[len(samples) // 2] * 1000,
        p99_ms=samples[int(len(samples) * 0.99)] * 1000,
    )


def _spin(seconds: float) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < seconds:
        sum(range(2000))
    return (time.perf_counter() - wall) / (time.process_time() - cpu)


def children_of(pid: int) -> list[int]:
    """Return ``pid`` and every process below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    tree, todo = [], [pid]
    while todo:
        current = todo.pop()
        tree.append(current)
        todo.extend(parents.get(current, []))
    return tree


def cpu_s(pids: list[int]) -> float:
    """Return user and system time of these processes, with that of their children already reaped."""
    total = 0.0
    for pid in pids:
        fields = _stat(pid)
        if fields:
            total += sum(int(value) for value in fields[11:15]) * _TICK_S
    return total


def pss_bytes(pids: list[int]) -> int:
    """Return the proportional set size of these processes together."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
    return total


def own_bytes(pids: list[int]) -> int:
    """Return the same without memory that is shared on purpose: the database's shared buffers."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        for line in rollup.splitlines():
            if line.startswith(("Pss_Anon:", "Pss_File:")):
                total += int(line.split()[1]) * 1024
    return total


def command_of(pid: int) -> str:
    """Return the command line of a process, or an empty text when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _stat(pid: int) -> list[str] | None:
    # After the command's closing bracket: state, ppid, …, utime (11), stime, cutime, cstime.
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()
