"""One entity, one day, one keyset as a few kilobytes: the form of a packed day. No I/O.

A body is one zlib stream over a head and *streams* of whole numbers, each of as few bytes as the largest
needs, the first bytes of all numbers before the second ones (so that what hardly changes lies
together). Numbers with a decimal form (37.25) are whole numbers after shifting the point; a column that does
not come back bit for bit that way is kept as the eight bytes of each float. Times are differences in the
largest unit that divides them, the log's numbers differences in order of time.

Rows come back exactly as they went in: same bits, same order (t, then seq).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

VERSION = 1
_LEVEL = 6
_DECIMALS_MAX = 9
_WHOLE_MAX = float(2**52)
_HEAD = struct.Struct("<BHBB")
"""Version, columns, kinds stored?, rests stored?"""
_STREAM = struct.Struct("<BBIqq")
"""Bytes of a number, differences?, count, base, unit."""


class Rows(NamedTuple):
    """Rows of the log that share entity, day and keyset; parallel, in order of (t, seq)."""

    seqs: Ints
    times: Ints
    """µs since 1970."""
    kinds: Ints
    values: Floats
    """One row for each row of the log, one column for each place of the keyset."""
    rests: dict[int, Any]
    """Place of a row to its ``j``, where it has one."""

    def __len__(self) -> int:
        return len(self.seqs)

    def only(self, chosen: NDArray[np.bool_]) -> Rows:
        """Return the rows that ``chosen`` marks."""
        places = np.flatnonzero(chosen)
        moved = {old: new for new, old in enumerate(places.tolist())}
        return Rows(
            self.seqs[places],
            self.times[places],
            self.kinds[places],
            self.values[places],
            {moved[place]: rest for place, rest in self.rests.items() if place in moved},
        )


def ordered(*parts: Rows) -> Rows:
    """Return the rows of all parts once each (by t and seq), in order of (t, seq); same keyset.

    Of two with the same t and seq the one of the later part is kept.
    """
    seqs = np.concatenate([part.seqs for part in parts])
    times = np.concatenate([part.times for part in parts])
    order = np.lexsort((seqs, times))
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = (np.diff(times[order]) != 0) | (np.diff(seqs[order]) != 0)
    order = order[last]
    rests: dict[int, Any] = {}
    offset = 0
    for part in parts:
        rests |= {offset + place: rest for place, rest in part.rests.items()}
        offset += len(part)
    return Rows(
        seqs[order],
        times[order],
        np.concatenate([part.kinds for part in parts])[order],
        np.concatenate([part.values for part in parts])[order],
        {new: rests[old] for new, old in enumerate(order.tolist()) if old in rests} if rests else {},
    )


def encode(rows: Rows) -> bytes:
    """Return the body of rows that are in order of (t, seq)."""
    same_kind = bool(len(rows)) and bool((rows.kinds == 2).all())
    parts = [_HEAD.pack(VERSION, rows.values.shape[1], not same_kind, bool(rows.rests))]
    parts += [_ints(rows.times), _ints(rows.seqs)]
    if not same_kind:
        parts.append(_ints(rows.kinds))
    parts += [_column(rows.values[:, place]) for place in range(rows.values.shape[1])]
    if rows.rests:
        parts.append(_ints(np.fromiter(rows.rests, dtype=np.int64)))
        parts.append(msgspec.json.encode(list(rows.rests.values())))
    return zlib.compress(b"".join(parts), _LEVEL)


def decode(body: bytes) -> Rows:
    """Return the rows of a body; ``ValueError`` where it is not one of ours."""
    data = memoryview(zlib.decompress(body))
    version, columns, kinds_stored, rests_stored = _HEAD.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"a packed day of form {version}; this programme reads form {VERSION}")
    place = _HEAD.size
    times, place = _read_ints(data, place)
    seqs, place = _read_ints(data, place)
    kinds: Ints = np.full(len(seqs), 2, dtype=np.int64)
    if kinds_stored:
        kinds, place = _read_ints(data, place)
    values = np.empty((len(seqs), columns), dtype=np.float64)
    for column in range(columns):
        values[:, column], place = _read_column(data, place)
    rests: dict[int, Any] = {}
    if rests_stored:
        places, place = _read_ints(data, place)
        rests = dict(zip(places.tolist(), msgspec.json.decode(data[place:]), strict=True))
    return Rows(seqs, times, kinds, values, rests)


def log_rows(rows: Rows) -> Iterator[tuple[int, int, int, list[float] | None, Any]]:
    """Yield (seq, µs since 1970, kind, v, j) of each row, as Python has them."""
    values = cast("list[list[float]]", rows.values.tolist())
    triples = zip(rows.seqs.tolist(), rows.times.tolist(), rows.kinds.tolist(), strict=True)
    for place, (seq, at, kind) in enumerate(triples):
        yield seq, at, kind, values[place] or None, rows.rests.get(place)


def _ints(numbers: Ints) -> bytes:
    """Return a stream: plainly from the least one, or by differences, whichever needs fewer bits."""
    base = int(numbers.min())
    plain = numbers - base
    steps = np.diff(numbers, prepend=numbers[:1])
    folded = (steps << 1) ^ (steps >> 63)
    unit = int(np.gcd.reduce(plain)) or 1
    step_unit = int(np.gcd.reduce(folded)) or 1
    plain //= unit
    folded //= step_unit
    if float(np.log2(folded + 1.0).sum()) < float(np.log2(plain + 1.0).sum()):
        return _planes(folded, 1, int(numbers[0]), step_unit)
    return _planes(plain, 0, base, unit)


def _planes(numbers: Ints, differences: int, base: int, unit: int) -> bytes:
    top = int(numbers.max())
    width = next(width for width in (1, 2, 4, 8) if top < 1 << min(63, 8 * width))
    planes = numbers.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T
    while width > 1 and not planes[width - 1].any():
        width -= 1
    head = _STREAM.pack(width, differences, len(numbers), base, unit)
    return head + np.ascontiguousarray(planes[:width]).tobytes()


def _read_ints(data: memoryview, place: int) -> tuple[Ints, int]:
    width, differences, count, base, unit = _STREAM.unpack_from(data, place)
    place += _STREAM.size
    full = np.zeros((count, 8), dtype=np.uint8)
    full[:, :width] = np.frombuffer(data, np.uint8, width * count, place).reshape(width, count).T
    numbers = full.view("<i8").reshape(count) * unit
    if differences:
        numbers = (numbers >> 1) ^ -(numbers & 1)
        numbers = base + np.cumsum(numbers)
    else:
        numbers = numbers + base
    return numbers, place + width * count


_RAW = 255
"""In place of the decimals: the eight bytes of each float."""


def _column(values: Floats) -> bytes:
    with np.errstate(invalid="ignore", over="ignore"):
        for decimals in range(_DECIMALS_MAX + 1):
            scaled = np.rint(values * 10.0**decimals)
            if not (np.abs(scaled) < _WHOLE_MAX).all():
                break
            whole = scaled.astype(np.int64)
            if np.array_equal((whole / 10.0**decimals).view(np.int64), values.view(np.int64)):
                return bytes([decimals]) + _ints(whole)
    planes = np.ascontiguousarray(values).view(np.uint8).reshape(-1, 8).T
    return bytes([_RAW]) + struct.pack("<I", len(values)) + np.ascontiguousarray(planes).tobytes()


def _read_column(data: memoryview, place: int) -> tuple[Floats, int]:
    decimals = data[place]
    if decimals != _RAW:
        numbers, place = _read_ints(data, place + 1)
        return numbers / 10.0**decimals, place
    (count,) = struct.unpack_from("<I", data, place + 1)
    place += 5
    planes = np.frombuffer(data, np.uint8, 8 * count, place).reshape(8, count).T
    return np.ascontiguousarray(planes).view(np.float64).reshape(count), place + 8 * count
