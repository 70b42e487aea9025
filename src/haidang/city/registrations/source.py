"""One command to a context source: one connection, one request, one answer. Nothing is ever sent twice.

Each command has a connection of its own, because on one that was kept open nobody can tell whether a break
came before or after the source had read the command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

import httpx
import msgspec

from haidang.base.network import PrivateHost, UnresolvedHost, resolve
from haidang.city.registrations.model import ASKED_FOR, CONTEXT_KEY, TIMEOUT_S_MAX, Definition

ANSWER_MAX = 64 * 1024
"""Bytes of an answer that are read."""
REASON_MAX = 300

End = Literal["done", "refused", "unreachable", "silent", "loop"]
"""How it ended. ``unreachable``: nothing was sent; ``silent``: it may have been carried out."""


class Command(msgspec.Struct, frozen=True):
    """What is asked of a source."""

    method: str
    path: str
    """Below ``/ngsi-ld/v1``, encoded, with its query."""
    body: bytes
    headers: dict[str, str]


class Outcome(msgspec.Struct, frozen=True):
    """What came of it."""

    end: End
    status: int | None = None
    reason: str = ""
    """In English, for people; empty where all went well."""
    not_updated: tuple[tuple[str, str], ...] = ()
    """(attribute, reason) that the source names in a 207."""


async def send(definition: Definition, command: Command, allow_hosts: tuple[str, ...]) -> Outcome:
    """Send a command within the source's time and say what came of it; raises nothing of the network."""
    url = httpx.URL(definition.endpoint.rstrip("/") + "/ngsi-ld/v1" + command.path)
    sent = False

    async def trace(event: str, _: Any) -> None:
        nonlocal sent
        sent = sent or event.endswith("send_request_headers.started")

    try:
        async with asyncio.timeout(definition.timeout_s):
            return await _ask(url, command, allow_hosts, trace)
    except TimeoutError:
        if not sent:
            return Outcome("unreachable", reason=f"no connection within {definition.timeout_s:g} s")
        return Outcome("silent", reason=f"no answer within {definition.timeout_s:g} s")
    except UnresolvedHost:
        return Outcome("unreachable", reason=f"the host {url.host} cannot be resolved")
    except PrivateHost:
        place = f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"
        return Outcome("unreachable", reason=f"{place} is a private address, not in notification_allow_hosts")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        reason = f"{type(error).__name__}: {error}"[:REASON_MAX]
        return Outcome("silent" if sent else "unreachable", reason=reason)


async def _ask(url: httpx.URL, command: Command, allow_hosts: tuple[str, ...], trace: Any) -> Outcome:
    target = await resolve(url.host, url.port or (443 if url.scheme == "https" else 80), allow_hosts)
    # The environment's proxies are left out: they would undo the check of the address.
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=TIMEOUT_S_MAX) as client,
        client.stream(
            command.method,
            # The connection goes to the address that was checked; certificate and host go by the name.
            url.copy_with(host=target.address),
            content=command.body,
            headers=command.headers | {"host": url.netloc.decode("ascii"), "connection": "close"},
            extensions={"sni_hostname": url.host, "trace": trace},
        ) as response,
    ):
        read = bytearray()
        async for chunk in response.aiter_raw():
            read += chunk
            if len(read) > ANSWER_MAX:
                break
        return judged(response.status_code, bytes(read[:ANSWER_MAX]))


def judged(status: int, answer: bytes) -> Outcome:
    """Return what an answer means."""
    if status == 207:
        return _partly(answer)
    if 200 <= status < 300:
        return Outcome("done", status)
    if status == 508:
        return Outcome("loop", status, "the source answered 508: the request runs in a circle")
    if 300 <= status < 400:
        return Outcome("refused", status, f"the source answered {status}: redirects are not followed")
    return Outcome("refused", status, f"the source answered {status}{_said(answer)}")


def _partly(answer: bytes) -> Outcome:
    """Read a 207: what was not updated, or (of a batch) the error."""
    try:
        document = msgspec.json.decode(answer)
        left = document.get("notUpdated") or []
        errors = document.get("errors") or []
        named = tuple((str(one["attributeName"]), str(one.get("reason", ""))[:REASON_MAX]) for one in left)
        reason = f": {errors[0].get('error')}"[:REASON_MAX] if errors else ""
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError, KeyError, TypeError, IndexError):
        return Outcome("refused", 207, "the source answered 207 with a body that cannot be read")
    if errors:
        return Outcome("refused", 207, f"the source answered 207{reason}")
    return Outcome("done", 207, not_updated=named)


def _said(answer: bytes) -> str:
    """Return what an error document says, if it is one."""
    try:
        document = msgspec.json.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    if not isinstance(document, dict):
        return ""
    words = [document.get(name) for name in ("title", "detail", "description", "error")]
    said = ": ".join(word for word in words if isinstance(word, str) and word)
    return f" ({said[:REASON_MAX]})" if said else ""


def headers_of(definition: Definition, asked: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return the headers that ``contextSourceInfo`` wants, some of them copied from the request."""
    found: dict[str, str] = {
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "haidang",
    }
    for one in definition.context_source_info:
        name = one.key.lower()
        if one.key == CONTEXT_KEY:
            continue
        if one.value != ASKED_FOR:
            found[name] = one.value
        elif (value := asked.get(name.encode())) is not None:
            found[name] = value.decode("latin-1")
    return found
