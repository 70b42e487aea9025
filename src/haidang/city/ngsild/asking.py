"""What reading handlers of the NGSI-LD door share: parameters, media types, pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import msgspec
import orjson

from haidang.base.problems import INVALID, Problem
from haidang.city.model import BAD_DATA, NO_TENANT, NOT_ACCEPTABLE
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.terms import CORE, CORE_URL, Context, is_core_url

JSON, LD, GEO = "application/json", "application/ld+json", "application/geo+json"
LIMIT = 20
"""Entities of a page where the asker names no limit."""


class Ask:
    """One reading request: its parameters, its context, and whoever asks."""

    def __init__(
        self, call: Call, params: Mapping[str, str], context: Context, body: dict[str, Any] | None = None
    ) -> None:
        self.call = call
        self.city = call.city
        self.db = call.db
        self.settings = call.settings
        self.principal = call.who
        self.tenant = call.tenant
        self.params = params
        self.context = context
        self.body = body
        """The decoded body without its @context."""

    @property
    def path_id(self) -> str:
        """Return the id or name in the path, decoded."""
        return self.call.params[0]

    @property
    def accept(self) -> str:
        """Return the Accept header as it came."""
        return self.call.headers.get(b"accept", b"*/*").decode("latin-1")

    @property
    def context_url(self) -> Any:
        """Return the address of the context in which the answer is written, or what the asker embedded."""
        if self.context is not self.city.terms.context and self.context is not CORE:
            said = self.call.context_of
            own = [one for one in said if not is_core(one)] if isinstance(said, list) else [said]
            # The core context goes without saying, so one other address names all of it.
            return own[0] if len(own) == 1 and isinstance(own[0], str) else said
        local = self.city.terms.local_url
        return local if local is not None and self.context is self.city.terms.context else CORE_URL


def asked(call: Call, *allowed: str) -> Ask:
    """Read a GET request; refuse parameters this resource does not know and tenants that do not exist."""
    return _existing(Ask(call, call.query(*allowed), call.context()))


async def asked_by_body(call: Call, *allowed: str) -> Ask:
    """Read a POST request whose body is the question."""
    params = call.query(*allowed)
    body = await call.body(JSON.encode(), LD.encode())
    if not isinstance(body, dict):
        raise Problem(BAD_DATA, "Nội dung phải là một đối tượng.", "The body must be an object.")
    context = call.context(body)
    return _existing(
        Ask(call, params, context, {name: value for name, value in body.items() if name != "@context"})
    )


def _existing(ask: Ask) -> Ask:
    if ask.tenant not in ask.city.terms.tenants:
        raise Problem(
            NO_TENANT, f"Không có không gian “{ask.tenant}”.", f"There is no tenant {ask.tenant!r}."
        )
    return ask


def is_core(one: Any) -> bool:
    """Say whether a part of an @context is the core context, which goes without saying."""
    return isinstance(one, str) and is_core_url(one)


def invalid(vi: str, en: str) -> Problem:
    """Return the refusal of a request that is wrong in form."""
    return Problem(INVALID, vi, en)


def flag(ask: Ask, name: str) -> bool:
    """Return a boolean parameter; absent is false, case does not matter."""
    text = ask.params.get(name, "false").lower()
    if text not in ("true", "false"):
        raise invalid(f"{name} phải là true hoặc false.", f"{name} must be true or false.")
    return text == "true"


def number(ask: Ask, name: str, default: int) -> int:
    """Return a whole-number parameter that is not negative."""
    text = ask.params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise invalid(f"{name} phải là số nguyên không âm.", f"{name} must be a whole number, not negative.")
    return int(text)


def words(text: str | None) -> tuple[str, ...]:
    """Return the words of a comma-separated parameter."""
    return tuple(word for word in (text or "").split(",") if word)


def options(ask: Ask, *allowed: str) -> frozenset[str]:
    """Return the words of ``options`` and ``format``; refuse what is not among ``allowed``."""
    found = frozenset(words(ask.params.get("options"))) | frozenset(words(ask.params.get("format")))
    for word in found - set(allowed):
        raise invalid(f"options không hợp lệ: {word[:40]}.", f"options has an unknown word: {word[:40]}.")
    return found


def form_of(ask: Ask, forms: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, frozenset[str]]:
    """Return the representation asked for (the first of ``forms`` by default) and the words of ``options``.

    ``format`` takes precedence over a form among the ``options`` (6.3.7).
    """
    chosen = frozenset(words(ask.params.get("options")))
    for word in chosen - {*forms, *others}:
        raise invalid(f"options không hợp lệ: {word[:40]}.", f"options has an unknown word: {word[:40]}.")
    form = ask.params.get("format")
    if form is not None:
        if form not in forms:
            raise invalid(f"format không hợp lệ: {form[:40]}.", f"format is not one of {', '.join(forms)}.")
        return form, chosen
    named = [one for one in forms if one in chosen]
    if len(named) > 1:
        raise invalid("Chỉ chọn một dạng biểu diễn.", "Only one representation can be chosen.")
    return (named or forms)[0], chosen


def negotiate(ask: Ask, *offered: str) -> str:
    """Return the media type of the answer; ``Problem`` (not-acceptable) where none fits."""
    best = _best(ask.accept, offered)
    if not best:
        raise Problem(
            NOT_ACCEPTABLE,
            f"Chỉ trả lời được: {', '.join(offered)}.",
            f"The answer can be: {', '.join(offered)}.",
        )
    return best


@lru_cache(256)  # every device sends the same few
def _best(accept: str, offered: tuple[str, ...]) -> str:
    """Return what is wanted most of ``offered``, the first of equals; empty where nothing is."""
    best, best_quality = "", 0.0
    for place, media in enumerate(offered):
        quality = _quality(accept, media) - place * 1e-6
        if quality > best_quality:
            best, best_quality = media, quality
    return best


def _quality(accept: str, media: str) -> float:
    """Return how much a media type is wanted; the most specific range that fits decides."""
    found, found_rank = 0.0, -1
    ranges = ("*/*", media.partition("/")[0] + "/*", media)
    for part in (accept or "*/*").split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        rank = ranges.index(name.lower()) if name.lower() in ranges else -1
        if rank <= found_rank:
            continue
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            found, found_rank = float(quality), rank
        except ValueError:
            found, found_rank = 0.0, rank
    return found


def reply(
    ask: Ask,
    body: Any,
    media: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    json_body: bool = False,
) -> Reply:
    """Return an answer with its context: in the body for ld+json and GeoJSON, in a Link header otherwise.

    ``json_body``: a GeoJSON answer without the context in it was preferred (6.3.6).
    """
    url = ask.context_url
    if media == LD or (media == GEO and not json_body):
        body, url = with_context(body, url), None
    # Definitions have no address that a header could give.
    lines = _lines(media, url if isinstance(url, str) else None, tuple((headers or {}).items()))
    return Reply(status, _encoded(body), list(lines))


@lru_cache(64)  # most answers say the same of themselves
def _lines(
    media: str, context_url: str | None, others: tuple[tuple[str, str], ...]
) -> tuple[tuple[bytes, bytes], ...]:
    found = {"content-type": media} | dict(others)
    if context_url is not None:
        link = f'<{context_url}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LD}"'
        found["link"] = f"{link}, {found['link']}" if "link" in found else link
    return tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in found.items())


def _encoded(body: Any) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:  # a whole number beyond 64 bit: rare, and the other encoder writes it
        return msgspec.json.encode(body)


def with_context(body: Any, url: Any) -> Any:
    """Return a body that names its context."""
    if isinstance(body, list):
        return [with_context(one, url) for one in body]
    return body | {"@context": url} if isinstance(body, dict) else body


EDGES = ("pageAfter", "pageBefore")
"""Beside ``offset`` in our links: the id next to which a page lies, so that nobody walks to it."""


def page_links(
    ask: Ask, *, limit: int, offset: int, more: bool, ends: tuple[str, str] | None = None
) -> dict[str, str]:
    """Return the Link header to the neighbouring pages, if there are any.

    ``ends`` are the ids of the first and the last entity of this page, where pages are in order of id.
    """
    links: list[str] = []
    plain = {name: value for name, value in ask.params.items() if name not in EDGES}
    for name, start in (("prev", max(0, offset - limit) if offset else -1), ("next", offset + limit)):
        if start < 0 or (name == "next" and not more) or not limit:
            continue
        at = {"limit": str(limit), "offset": str(start)}
        if ends is not None and start:
            at["pageAfter" if name == "next" else "pageBefore"] = ends[name == "next"]
        links.append(f'<{ask.call.path}?{urlencode(plain | at)}>; rel="{name}"; type="{LD}"')
    return {"link": ", ".join(links)} if links else {}
