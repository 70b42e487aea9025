"""Others' feeds: Atom, RSS or a single message, asked every minute; and one address that a person gives.

Only hosts that the operator has named are connected to: those of ``cap_feeds`` and ``cap_allow_hosts``, and
private ones only where ``cap_allow_hosts`` lists them. The connection goes to the address that was checked.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import psycopg
from lxml import etree

from haidang.alerts.cap.model.words import NAMESPACES
from haidang.alerts.cap.service import importing
from haidang.alerts.cap.service.desk import Desk
from haidang.alerts.cap.service.importing import Taken
from haidang.alerts.cap.store import received as store
from haidang.alerts.cap.xml.reading import SIZE_MAX, parsed
from haidang.base.database import Database
from haidang.base.log import logger
from haidang.base.network import PrivateHost, UnresolvedHost, listed, resolve
from haidang.base.problems import Problem, kind
from haidang.base.settings import Settings

TIMEOUT_S = 30.0
REDIRECTS_MAX = 3
LINKS_MAX = 50
"""Messages that one round of a feed fetches; the rest come in the rounds that follow."""
ENTRIES_MAX = 1_000
FORGET = timedelta(days=30)
ATOM = "{http://www.w3.org/2005/Atom}"
UNREACHED = kind("cap-unreached", 502, "Không lấy được bản tin CAP", "The CAP message could not be fetched")

_log = logger("warnings.polling")


class Fetched(msgspec.Struct, frozen=True):
    """An answer; ``content`` is None where nothing has changed."""

    content: bytes | None
    etag: str | None
    modified: str | None
    url: str = ""
    """The address that answered, after all redirects."""


class Link(msgspec.Struct, frozen=True):
    """An entry of a feed: where its message is, and the mark by which its change is seen."""

    url: str
    updated: str


def unreached(vi: str, en: str) -> Problem:
    """Return the refusal of an address."""
    return Problem(UNREACHED, vi, en)


def may_reach(settings: Settings, host: str, port: int) -> bool:
    """Say whether the operator has named a host for CAP."""
    named = {httpx.URL(url).host for url in settings.cap_feeds}
    return host in named or listed(host, port, settings.cap_allow_hosts)


async def fetch(
    settings: Settings,
    address: str,
    *,
    etag: str | None = None,
    modified: str | None = None,
    given: bool = False,
) -> Fetched:
    """Ask an address; ``given`` where the operator has just typed it. ``Problem`` where it may not be had."""
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
        ):
            url = httpx.URL(address)
            typed = url.host if given else None
            for _ in range(REDIRECTS_MAX + 1):
                answer = await _ask(settings, client, url, etag=etag, modified=modified, typed=typed)
                if isinstance(answer, Fetched):
                    return msgspec.structs.replace(answer, url=str(url))
                url = answer
    except TimeoutError as cause:
        raise unreached("Không trả lời trong 30 giây.", "No answer within 30 s.") from cause
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as cause:
        raise unreached(f"Không kết nối được: {cause}.", f"The connection failed: {cause}.") from cause
    raise unreached("Chuyển hướng quá nhiều lần.", "Too many redirects.")


async def _ask(
    settings: Settings,
    client: httpx.AsyncClient,
    url: httpx.URL,
    *,
    etag: str | None,
    modified: str | None,
    typed: str | None,
) -> Fetched | httpx.URL:
    if url.scheme not in {"http", "https"} or not url.host:
        raise unreached("Địa chỉ phải là http hoặc https.", "The address must be http or https.")
    port = url.port or (443 if url.scheme == "https" else 80)
    if url.host != typed and not may_reach(settings, url.host, port):
        raise unreached(
            f"Máy {url.host} không có trong cap_feeds, cap_allow_hosts.",
            f"The host {url.host} is neither in cap_feeds nor in cap_allow_hosts.",
        )
    try:
        target = await resolve(url.host, port, settings.cap_allow_hosts)
    except UnresolvedHost as cause:
        raise unreached(f"Không phân giải được {url.host}.", f"{url.host} cannot be resolved.") from cause
    except PrivateHost as cause:
        raise unreached(
            f"{url.host}:{port} là địa chỉ nội bộ; người vận hành cần thêm vào cap_allow_hosts.",
            f"{url.host}:{port} is a private address; the operator must list it in cap_allow_hosts.",
        ) from cause
    headers = {"host": url.netloc.decode("ascii"), "user-agent": "haidang-cap", "accept-encoding": "identity"}
    headers |= {"if-none-match": etag} if etag else {}
    headers |= {"if-modified-since": modified} if modified and not etag else {}
    request = client.build_request(
        "GET", url.copy_with(host=target.address), headers=headers, extensions={"sni_hostname": url.host}
    )
    response = await client.send(request, stream=True)
    try:
        if response.has_redirect_location:
            return url.join(response.headers.get("location", ""))
        if response.status_code == 304:
            return Fetched(None, etag, modified)
        return Fetched(
            await _body(response), response.headers.get("etag"), response.headers.get("last-modified")
        )
    finally:
        await response.aclose()


async def _body(response: httpx.Response) -> bytes:
    if response.status_code != 200:
        code = response.status_code
        raise unreached(f"Nguồn trả lời mã {code}.", f"The source answered {code}.")
    if response.headers.get("content-encoding", "identity") != "identity":
        # What was packed may come out a thousand times larger; nobody was asked to pack it.
        raise unreached("Nội dung bị nén.", "The content is compressed.")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > SIZE_MAX:
            raise unreached("Câu trả lời lớn hơn 1 MB.", "The answer is over 1 MB.")
    return bytes(body)


async def poll(db: Database, desk: Desk) -> int:
    """Ask every feed of the site once; return how many messages were taken."""
    taken = 0
    for url in desk.settings.cap_feeds:
        taken += await poll_one(db, desk, url)
    async with db.transaction() as connection:
        await store.prune_links(connection, desk.now() - FORGET)
    return taken


async def poll_one(db: Database, desk: Desk, url: str) -> int:
    """Ask a feed; what goes wrong is noted beside it and hides none of its other messages."""
    async with db.transaction() as connection:
        etag, modified = await store.source(connection, url)
    taken = 0
    problem = ""
    try:
        found = await fetch(desk.settings, url, etag=etag, modified=modified)
        if found.content is not None:
            taken, whole = await _all(db, desk, url, found)
            # Where something is left, the same answer is wanted again.
            etag, modified = (found.etag, found.modified) if whole else (None, None)
    except Problem as refusal:
        problem, etag, modified = f"{refusal.vi or refusal.kind.vi}", None, None
        _log.warning("a CAP feed could not be read", feed=url, problem=refusal.en)
    except psycopg.OperationalError:
        raise  # the database is away: nothing can be noted, the next minute asks again
    except Exception:  # one feed silences no other, whatever it has found to send
        problem, etag, modified = "Lỗi khi đọc nguồn; xem nhật ký máy chủ.", None, None
        _log.exception("a CAP feed could not be read", feed=url)
    async with db.transaction() as connection:
        await store.note_source(connection, url, desk.now(), problem=problem, etag=etag, modified=modified)
    return taken


async def _all(db: Database, desk: Desk, url: str, found: Fetched) -> tuple[int, bool]:
    """Take what a document holds or leads to; return how many, and whether that was all."""
    content = found.content or b""
    root, _ = await asyncio.to_thread(parsed, content)
    if etree.QName(root).namespace in NAMESPACES:
        await _take(db, desk, content, found.url)
        return 1, True
    entries = links(root, url)
    pairs = [(each.url, each.updated) for each in entries]
    async with db.transaction() as connection:
        await store.keep_links(connection, pairs, desk.now())
        new = await store.unseen(connection, pairs)
    whole = len(new) <= LINKS_MAX
    taken = 0
    for link in new[:LINKS_MAX]:
        outcome = await _one(db, desk, url, link)
        taken += outcome == "taken"
        whole = whole and outcome != "later"
    return taken, whole


async def _one(db: Database, desk: Desk, feed: str, link: tuple[str, str]) -> str:
    """Fetch and take one entry: taken, refused (noted, and not asked for again) or later (not reached)."""
    problem = ""
    try:
        found = await fetch(desk.settings, link[0])
        await _take(db, desk, found.content or b"", found.url)
    except Problem as refusal:
        if refusal.kind is UNREACHED:
            _log.warning("a CAP message could not be fetched", url=link[0], problem=refusal.en)
            return "later"
        problem = refusal.vi or refusal.kind.vi
        _log.warning("a CAP message was refused", url=link[0], problem=refusal.en)
    except psycopg.OperationalError:
        raise
    except Exception:  # one message silences no other; asked for again, it would do the same
        problem = "Lỗi khi nhận bản tin; xem nhật ký máy chủ."
        _log.exception("a CAP message could not be taken", url=link[0])
    async with db.transaction() as connection:
        await store.note_link(connection, link, feed, desk.now(), problem)
    return "refused" if problem else "taken"


async def _take(db: Database, desk: Desk, content: bytes, source: str) -> Taken:
    async with db.transaction() as connection:
        return await importing.take(connection, desk, content, source=source)


def links(root: Any, base: str) -> list[Link]:
    """Return the entries of an Atom or RSS feed that lead to messages; ``Problem`` where it is neither."""
    name = etree.QName(root)
    if root.tag == f"{ATOM}feed":
        found = [_atom(entry) for entry in root.iterfind(f"{ATOM}entry")]
    elif name.localname == "rss":
        found = [_rss(item) for item in root.iterfind("channel/item")]
    else:
        raise unreached("Không phải CAP, Atom hay RSS.", "Neither CAP nor Atom nor RSS.")
    whole = [Link(_joined(base, url), updated) for url, updated in found if url]
    return [link for link in dict.fromkeys(whole) if link.url][:ENTRIES_MAX]


def _joined(base: str, url: str) -> str:
    """Return the whole address of an entry; empty where it is none."""
    try:
        return str(httpx.URL(base).join(url))
    except httpx.InvalidURL:
        return ""


def _atom(entry: Any) -> tuple[str, str]:
    every = entry.findall(f"{ATOM}link")
    cap = [link for link in every if "cap+xml" in link.get("type", "")]
    plain = [link for link in every if link.get("rel", "alternate") == "alternate"]
    url = next((link.get("href", "") for link in (*cap, *plain)), "")
    return url.strip()[:2_000], (entry.findtext(f"{ATOM}updated") or "").strip()[:100]


def _rss(item: Any) -> tuple[str, str]:
    return (item.findtext("link") or "").strip()[:2_000], (item.findtext("pubDate") or "").strip()[:100]


async def from_address(db: Database, desk: Desk, address: str) -> list[Taken]:
    """Take what stands at an address that the operator has typed: a message, or all of a feed."""
    found = await fetch(desk.settings, address, given=True)
    content = found.content or b""
    root, _ = await asyncio.to_thread(parsed, content)
    if etree.QName(root).namespace in NAMESPACES:
        return [await _take(db, desk, content, found.url)]
    taken = []
    host = httpx.URL(address).host
    for link in links(root, address)[:LINKS_MAX]:
        given = httpx.URL(link.url).host == host
        one = await fetch(desk.settings, link.url, given=given)
        taken.append(await _take(db, desk, one.content or b"", one.url))
    return taken
