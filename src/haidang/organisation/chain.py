"""The hash chain that every append-only log uses, the audit log first of all.

Each entry carries the hash of the one before it, so an entry that is changed, taken out or put in breaks the
chain from there on. What a chain cannot show by itself is a cut at its end: for that the head (last number
and hash) is kept beside it, and an operator who writes the head down elsewhere can compare.

Verifying needs nothing but the entries: :func:`verify` reads rows of a database or lines of an export alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from haidang.base.clock import Clock, SystemClock
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.store import chain as store

AUDIT = "audit"
GENESIS = bytes(32)
"""What stands as the previous hash of the first entry."""
_MACHINE = SystemClock()
_BODY_BYTES_MAX = 64 * 1024


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a log; hashes are hexadecimal."""

    log: str
    no: int
    at: str
    """UTC with microseconds, ``2026-03-16T02:30:00.000000Z``."""
    actor: str
    action: str
    subject: str
    org_id: int | None
    body: str
    """Canonical JSON, the very text that is hashed."""
    prev_hash: str
    hash: str


class Break(msgspec.Struct, frozen=True):
    """A place where the chain does not hold."""

    no: int
    fault: Literal["altered", "missing", "out-of-place", "cut-off", "head-differs"]
    vi: str
    en: str


GONE = Break(1, "missing", "cả nhật ký không còn", "the whole log is gone")


class Verdict(msgspec.Struct, frozen=True):
    """What verifying found: how many entries, the head, and every break."""

    log: str
    entries: int
    head_no: int
    head_hash: str
    breaks: tuple[Break, ...]

    @property
    def sound(self) -> bool:
        """Whether the chain holds from its first entry to its head."""
        return not self.breaks


def canonical(value: Any) -> str:
    """Return JSON with sorted keys, no spaces, no escapes beyond need; NaN and infinity are refused."""
    plain = msgspec.to_builtins(value, str_keys=True)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant(at: datetime) -> str:
    """Return the one written form of an instant in a chain."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hash_entry(entry: Entry) -> str:
    """Return the hash an entry must carry: SHA-256 over everything else it says."""
    said = [
        entry.log, entry.no, entry.at, entry.actor, entry.action, entry.subject, entry.org_id, entry.body,
        entry.prev_hash,
    ]  # fmt: skip
    return hashlib.sha256(canonical(said).encode()).hexdigest()


async def append(
    connection: Connection,
    clock: Clock,
    *,
    log: str,
    actor: str,
    action: str,
    subject: str,
    org_id: int | None,
    body: Any,
) -> Entry:
    """Append an entry within the caller's transaction and return it.

    Appends to one log take turns from here until the commit, so this is the last thing a use case does.
    """
    text = canonical(body)
    if len(text.encode()) > _BODY_BYTES_MAX:
        raise ValueError(f"the body of an entry is at most {_BODY_BYTES_MAX} bytes")
    last_no, last_hash = await store.lock_head(connection, log, GENESIS)
    entry = Entry(
        log=log,
        no=last_no + 1,
        at=instant(clock.now()),
        actor=actor,
        action=action,
        subject=subject,
        org_id=org_id,
        body=text,
        prev_hash=last_hash.hex(),
        hash="",
    )
    entry = msgspec.structs.replace(entry, hash=hash_entry(entry))
    await store.append(connection, entry)
    return entry


async def hold(connection: Connection, *logs: str) -> None:
    """Take the turns of several logs before anything is written to one of them.

    For use cases that join rooms: whoever writes to several logs takes them in one order.
    """
    for log in logs:
        await store.lock_head(connection, log, GENESIS)


class Said(msgspec.Struct, frozen=True):
    """What an entry is to say, before it has its place in a log."""

    action: str
    subject: str
    org_id: int | None
    body: Any
    actor: str


async def append_many(
    connection: Connection, clock: Clock, *, log: str, entries: Sequence[Said]
) -> tuple[int, ...]:
    """Append many entries by two statements and return their numbers; for the rest as :func:`append`."""
    if not entries:
        return ()
    bodies = [canonical(each.body) for each in entries]
    if any(len(body.encode()) > _BODY_BYTES_MAX for body in bodies):
        raise ValueError(f"the body of an entry is at most {_BODY_BYTES_MAX} bytes")
    no, digest = await store.lock_head(connection, log, GENESIS)
    last, at, made = digest.hex(), instant(clock.now()), []
    for said, body in zip(entries, bodies, strict=True):
        no += 1
        entry = Entry(
            log=log, no=no, at=at, actor=said.actor, action=said.action, subject=said.subject,
            org_id=said.org_id, body=body, prev_hash=last, hash="",
        )  # fmt: skip
        last = hash_entry(entry)
        made.append(msgspec.structs.replace(entry, hash=last))
    await store.append_many(connection, made)
    return tuple(entry.no for entry in made)


async def audit(
    connection: Connection,
    principal: Principal,
    action: str,
    subject: str,
    detail: Any = None,
    *,
    org_id: int | None = None,
    clock: Clock = _MACHINE,
) -> Entry:
    """Write an act of ``principal`` into the audit log, within the transaction of the act itself.

    ``action`` is ``noun.verb`` (``account.create``), ``subject`` the thing (``account:7``), ``org_id`` the
    agency whose matter it is (absent: the actor's own); it decides who may read the entry.
    """
    return await append(
        connection,
        clock,
        log=AUDIT,
        actor=principal.id,
        action=action,
        subject=subject,
        org_id=org_id if org_id is not None else principal.org_id,
        body={} if detail is None else detail,
    )


def verify(
    log: str,
    entries: Iterable[Entry],
    *,
    kept: tuple[int, str] | None = None,
    noted: tuple[int, str] | None = None,
) -> Verdict:
    """Check a log's entries, given in order, against themselves and against two heads.

    ``kept`` is the head that stands beside the log; ``noted`` one that somebody wrote down earlier: the entry
    of that number must still carry that hash.
    """
    breaks: list[Break] = []
    count, no, last = 0, 0, GENESIS.hex()
    noted_hash: str | None = None
    for entry in entries:
        count += 1
        breaks += _check(entry, no, last)
        if entry.no > no:  # what was put in does not lead on
            no, last = entry.no, entry.hash
        if noted and entry.no == noted[0]:
            noted_hash = entry.hash
    if kept and kept != (no, last):
        breaks.append(_end(no, kept[0]) if no < kept[0] else _differs(no))
    if noted and noted_hash != noted[1]:
        breaks.append(_end(no, noted[0]) if noted_hash is None else _differs(noted[0]))
    return Verdict(log, count, no, last, tuple(breaks))


def _check(entry: Entry, last_no: int, last_hash: str) -> Iterable[Break]:
    if entry.no > last_no + 1:
        yield Break(
            entry.no,
            "missing",
            f"thiếu mục {last_no + 1}–{entry.no - 1}",
            f"entries {last_no + 1}–{entry.no - 1} are missing",
        )
    elif entry.no <= last_no:
        yield Break(entry.no, "out-of-place", "mục chèn thêm hoặc sai thứ tự", "put in, or out of order")
    elif entry.prev_hash != last_hash:
        yield Break(
            entry.no, "altered", "không nối tiếp mục trước", "it does not follow from the entry before it"
        )
    if entry.hash != hash_entry(entry):
        yield Break(
            entry.no, "altered", "nội dung đã bị sửa", "what it says was changed after it was written"
        )


def _differs(no: int) -> Break:
    return Break(no, "head-differs", "mã băm khác với mã đã ghi lại", "the hash is not the one written down")


def _end(no: int, head_no: int) -> Break:
    return Break(
        no + 1,
        "cut-off",
        f"nhật ký dừng ở mục {no}, nhưng đầu chuỗi ghi {head_no}",
        f"the log ends at entry {no}, but its head says {head_no}",
    )


def read_export(lines: Iterable[bytes]) -> Iterable[Entry]:
    """Read the lines of an export (one JSON entry a line)."""
    for line in lines:
        if line.strip():
            yield msgspec.json.decode(line, type=Entry)
