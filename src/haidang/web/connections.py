"""The TCP connections of this process: how many one address may hold, and the end of those that do not read.

The listener (granian) takes connections below Python, so they are looked at from outside: this process's own
descriptors. That is dear with thousands of them and done only where it can matter: every other second, and
only while more are open than one address may hold.

A peer that takes nothing for :data:`STALLED_S` is ended by the kernel (``TCP_USER_TIMEOUT``, which accepted
sockets have from the listening one); one that takes too little is hung up by whoever serves it.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

from prometheus_client import Counter

from haidang.base.log import logger
from haidang.base.metrics import REGISTRY

CONNECTIONS_MAX = 8_192
"""Connections of all addresses together; more wait until one ends."""
SPARE_DESCRIPTORS = 512
"""Beside the connections: the database, files, endpoints of subscriptions."""
STALLED_S = 20
UNSENT_BYTES = 256 * 1024
"""What the kernel holds of an answer that is not taken; it would be up to 4 MB for each connection else."""
SWEEP_S = 2.0
_OWN = Path("/proc/self/fd")
_TCP_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", 18)

HUNG_UP = Counter("haidang_connections_hung_up", "Connections ended by us.", ["why"], registry=REGISTRY)
_log = logger("web.connections")


def room_for_connections() -> int:
    """Raise this process's bound of descriptors as far as it may go; return how many connections fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MAX + SPARE_DESCRIPTORS
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(SPARE_DESCRIPTORS, min(CONNECTIONS_MAX, soft - SPARE_DESCRIPTORS))


class Connections:
    """Those at one port of this process."""

    def __init__(self, port: int, per_address: int) -> None:
        self._port = port
        self._per_address = per_address
        self._ending: set[tuple[str, int]] = set()

    def end(self, peer: tuple[str, int]) -> None:
        """Hang up on a peer, soon: many that are to be ended at one moment cost one look."""
        if not self._ending:
            asyncio.get_running_loop().call_soon(self._end_all)
        self._ending.add((str(peer[0]), int(peer[1])))

    def sweep(self) -> int:
        """End what addresses hold beyond their share, the newest first; return how many were ended.

        Loopback is no address of somebody: a proxy on this machine stands for all of its clients.
        """
        if not self._per_address or len(_descriptors()) <= self._per_address:
            return 0
        held: dict[str, list[tuple[int, tuple[str, int]]]] = defaultdict(list)
        for number, _, peer in self._connected():
            held[peer[0]].append((number, peer))
        excess: set[tuple[str, int]] = set()
        for address, each in held.items():
            if len(each) > self._per_address and not _loopback(address):
                # Descriptors are given out lowest first, so the highest are mostly the newest.
                excess |= {peer for _, peer in sorted(each)[self._per_address :]}
                _log.warning("an address holds too many connections", address=address, count=len(each))
        return self._hang_up(excess, "address")

    @asynccontextmanager
    async def watched(self, _: object = None) -> AsyncIterator[None]:
        """Look after the connections until the end of the block."""
        task = asyncio.create_task(self._watch(), name="connections")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def bound(self) -> bool:
        """Bound what the kernel keeps for peers that do not read; False where nobody listens yet."""
        found = False
        for _, ours in _sockets():
            with suppress(OSError):
                if ours.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and self._is_ours(ours):
                    ours.setsockopt(socket.IPPROTO_TCP, _TCP_USER_TIMEOUT, STALLED_S * 1000)
                    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)
                    found = True
        return found

    async def _watch(self) -> None:
        bounded = False
        while True:
            # The listener begins only after the rest of the house stands.
            await asyncio.sleep(SWEEP_S if bounded else SWEEP_S / 100)
            bounded = bounded or self.bound()
            self.sweep()

    def _end_all(self) -> None:
        ending, self._ending = self._ending, set()
        self._hang_up(ending, "slow")

    def _hang_up(self, peers: set[tuple[str, int]], why: str) -> int:
        if not peers:
            return 0
        count = 0
        for _, ours, peer in self._connected():
            if peer in peers:
                with suppress(OSError):
                    ours.shutdown(socket.SHUT_RDWR)
                    count += 1
        HUNG_UP.labels(why).inc(count)
        return count

    def _connected(self) -> Iterator[tuple[int, socket.socket, tuple[str, int]]]:
        for number, ours in _sockets():
            with suppress(OSError):
                if self._is_ours(ours):
                    yield number, ours, _plain(ours.getpeername())

    def _is_ours(self, ours: socket.socket) -> bool:
        return ours.family in (socket.AF_INET, socket.AF_INET6) and ours.getsockname()[1] == self._port


def _sockets() -> Iterator[tuple[int, socket.socket]]:
    """Yield every socket of this process, duplicated, so that none can become another thing in our hands."""
    for number in _descriptors():
        try:
            twin = os.dup(number)
        except OSError:  # closed meanwhile
            continue
        try:
            ours = socket.socket(fileno=twin)
        except OSError:  # no socket
            os.close(twin)
            continue
        with ours:
            yield number, ours


def _descriptors() -> list[int]:
    if not _OWN.is_dir():  # no Linux: nobody is hung up on, and nobody counted
        return []
    return [int(entry.name) for entry in _OWN.iterdir()]


def _plain(peer: tuple[str, int]) -> tuple[str, int]:
    return str(peer[0]).removeprefix("::ffff:"), int(peer[1])


def _loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


HangUp = Callable[[tuple[str, int]], None]
"""Ends the connection to a peer (host, port)."""
