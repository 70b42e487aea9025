"""Others' messages: kept once, alerts that follow their line, feeds of allowed hosts, hostile ones named."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from haidang.alerts.cap.model.message import Message, Pair, Point
from haidang.alerts.cap.service import importing, polling
from haidang.alerts.cap.service.desk import desk_of
from haidang.alerts.cap.service.importing import Taken
from haidang.alerts.cap.store import received as store
from haidang.alerts.cap.xml.writing import written
from haidang.base.problems import Problem
from haidang.organisation.service import areas
from tests.integration.alerts.cap.conftest import World
from tests.unit.alerts.cap.examples import SENT, area, info, message

OTHER = "kttv@khituong.example.vn"
HERE = area(geocodes=(Pair("VN-AREA", "24@2026-11-22"),), polygons=(), circles=())
OUTLINE = '{"type":"Polygon","coordinates":[[[106,21],[107,21],[107,22],[106,22],[106,21]]]}'


def theirs(identifier: str, **facts: Any) -> Message:
    whole: dict[str, Any] = {"sender": OTHER, "identifier": identifier, "infos": (info(areas=(HERE,)),)}
    return message(**whole | facts)


async def take(world: World, given: Message | bytes, source: str = "tep.xml") -> Taken:
    content = given if isinstance(given, bytes) else written(given)
    async with world.db.transaction() as connection:
        return await importing.take(connection, world.desk, content, source=source)


async def alerts(world: World, reference: str, source: str = "") -> list[tuple[Any, ...]]:
    """Return the alerts of a message that came from an address, or by hand."""
    origin = importing.origin_of(source) + " " if source else ""
    return await world.run(
        "SELECT state, priority, count, active, area_code FROM alert WHERE subject = %s ORDER BY id",
        f"cap:{origin}{OTHER}:{reference}",
    )


async def test_a_message_becomes_an_alert_once_and_its_line_is_followed(world: World) -> None:
    first = theirs("lu-1")
    assert (await take(world, first)).outcome == "raised"
    assert (await take(world, first)).outcome == "repeated"
    assert await alerts(world, "lu-1") == [("new", 1, 1, True, "24")]
    later = SENT + timedelta(minutes=10)
    second = theirs("lu-2", msg_type="Update", sent=later, references=(first.reference,))
    assert (await take(world, second)).outcome == "updated"
    assert (await alerts(world, "lu-1"))[0][2:4] == (2, True)  # the same alert, told again
    milder = info(areas=(HERE,), severity="Minor", parameters=())
    third = theirs(
        "lu-3", msg_type="Update", sent=later + timedelta(minutes=5), references=(second.reference,),
        infos=(milder,),
    )  # fmt: skip
    assert (await take(world, third)).outcome == "updated"
    assert (await alerts(world, "lu-1"))[0][3] is False
    assert await alerts(world, "lu-3") == [("new", 3, 1, True, "24")]
    late = theirs("lu-2b", msg_type="Update", sent=later, references=(first.reference,))
    assert (await take(world, late)).vi == "cũ hơn bản đã có"
    end = theirs(
        "lu-4", msg_type="Cancel", sent=later + timedelta(minutes=9), references=(third.reference,), infos=()
    )  # fmt: skip
    assert (await take(world, end)).outcome == "ended"
    assert (await alerts(world, "lu-3"))[0][3] is False


async def test_nobody_ends_what_another_has_sent_and_a_cancel_may_come_first(world: World) -> None:
    first = theirs("bao-1")
    await take(world, first)
    foreign = theirs("gia-1", sender="ke.gian@x", msg_type="Cancel", references=(first.reference,), infos=())
    assert (await take(world, foreign)).outcome == "noted"
    assert (await alerts(world, "bao-1"))[0][3] is True
    second = theirs("bao-2")
    before = theirs("bao-3", msg_type="Cancel", references=(second.reference,), infos=())
    assert (await take(world, before)).outcome == "noted"
    assert (await take(world, second)).outcome == "noted"
    assert await alerts(world, "bao-2") == []


async def test_a_line_is_followed_by_the_source_that_brought_it_or_by_hand(world: World) -> None:
    nation, commune = "https://quocgia.example.vn/cap/1.xml", "https://xa.example.vn/gia.xml"
    first = theirs("nguon-1")
    assert (await take(world, first, nation)).outcome == "raised"
    # Who says to be the same sender, elsewhere, ends and changes nothing of it; an alert is its own.
    cancel = theirs("nguon-2", msg_type="Cancel", references=(first.reference,), infos=())
    told = await take(world, cancel, commune)
    assert (told.outcome, told.vi) == ("noted", "bản tin cần hủy đến từ nguồn khác")
    milder = info(areas=(HERE,), severity="Minor", parameters=())
    update = theirs("nguon-1", sent=SENT + timedelta(minutes=1), msg_type="Update",
                    references=(first.reference,), infos=(milder,))  # fmt: skip
    assert (await take(world, update, commune)).outcome == "raised"
    over = theirs("nguon-3", sent=SENT + timedelta(minutes=2), msg_type="Cancel",
                  references=(update.reference,), infos=())  # fmt: skip
    assert (await take(world, over, commune)).outcome == "ended"
    assert await alerts(world, "nguon-1", nation) == [("new", 1, 1, True, "24")]
    # Nor does a copy of it, a thing said of it before it comes, or one of its name stand in its way.
    assert (await take(world, first, commune)).outcome == "noted"
    assert await alerts(world, "nguon-1", nation) == [("new", 1, 1, True, "24")]
    second = theirs("nguon-4")
    before = theirs("nguon-5", msg_type="Cancel", references=(second.reference,), infos=())
    assert (await take(world, before, commune)).outcome == "noted"
    assert (await take(world, theirs("nguon-4", status="Test"), commune)).outcome == "noted"
    assert (await take(world, second, nation)).outcome == "raised"
    # A person may.
    assert (await take(world, second, "account:1")).outcome == "repeated"
    assert (await take(world, theirs("nguon-6", msg_type="Cancel", references=(second.reference,), infos=()))
            ).outcome == "ended"  # fmt: skip
    assert (await alerts(world, "nguon-4", nation))[0][3] is False


async def test_a_message_counts_as_from_where_it_was_redirected_to(world: World) -> None:
    async with serving() as source, serving() as other:
        other.put("/a.xml", written(theirs("chuyen-huong")))
        source.put("/a.xml", b"", 302, location=other.url + "/a.xml")
        source.put("/feed", source.feed("a"))
        settings = msgspec.structs.replace(
            world.settings, cap_feeds=(source.url + "/feed",),
            cap_allow_hosts=tuple(each.url.removeprefix("http://") for each in (source, other)),
        )  # fmt: skip
        assert await polling.poll(world.db, desk_of(settings, world.clock)) == 1
        assert (await alerts(world, "chuyen-huong", other.url))[0][3] is True


async def test_units_and_shapes_say_whether_it_is_about_here(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of units are one question; shapes are looked at before others wait."""

    async def outlines(*_: object) -> list[tuple[str, str, str, str | None, str]]:
        return [("24", "Tỉnh Bắc Ninh", "tinh", None, OUTLINE)]

    monkeypatch.setattr(areas, "outlines_of", outlines)
    asked: list[int] = []
    units = store.units

    async def counted(connection: Any, codes: Any, on: Any) -> Any:
        codes = list(codes)
        asked.append(len(codes))
        return await units(connection, codes, on)

    monkeypatch.setattr(store, "units", counted)
    many = tuple(Pair("VN-AREA", f"79@2026-11-{day}{n}") for n in range(20) for day in range(10, 30))
    far = (Point(10.0, 104.0), Point(10.0, 104.2), Point(10.2, 104.2), Point(10.0, 104.0))
    bow = (Point(21.9, 105.0), Point(20, 108.0), Point(20, 105.0), Point(21.9, 108.0), Point(21.9, 105.0))
    for name, geocodes, polygons, outcome in (
        ("cho-1", (*many, Pair("VN-AREA", "24")), (), "raised"),
        ("cho-2", many, (), "noted"),
        ("cho-3", (), (far,), "noted"),
        ("cho-4", (), (far, bow), "raised"),
        ("cho-5", many, (bow,), "raised"),
    ):
        place = area(geocodes=geocodes, polygons=polygons, circles=())
        given = theirs(name, infos=(info(areas=(place,)),))
        assert (await take(world, given)).outcome == outcome, name
    assert len(asked) == 5


async def test_a_scrawl_of_others_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def outlines(*_: object) -> list[tuple[str, str, str, str | None, str]]:
        return [("24", "Tỉnh Bắc Ninh", "tinh", None, OUTLINE)]

    monkeypatch.setattr(areas, "outlines_of", outlines)
    dice = random.Random(7)
    points = [Point(round(dice.uniform(8, 10), 4), round(dice.uniform(103, 105), 4)) for _ in range(5_000)]
    place = area(geocodes=(), polygons=((*points, points[0]),), circles=())
    content = written(theirs("ve-bay", infos=(info(areas=(place,)),)))
    began = time.process_time()
    assert (await take(world, content)).outcome == "noted"
    assert time.process_time() - began < 2


async def test_what_nobody_here_must_act_upon_is_kept_and_raises_nothing(world: World) -> None:
    elsewhere = area(geocodes=(Pair("VN-AREA", "79@2026-11-22"),), polygons=(), circles=())
    for given in (
        theirs("thu", status="Test"),
        theirs("xa", infos=(info(areas=(elsewhere,)),)),
        theirs("cu", infos=(info(areas=(HERE,), expires=SENT - timedelta(hours=1)),)),
        message(sender=world.desk.sender, identifier="cua-minh"),
    ):
        assert (await take(world, given)).outcome == "noted"
        assert await alerts(world, given.identifier) == []
    async with world.db.transaction() as connection:
        found = await importing.received(connection, await world.who("truc"), before=None, limit=4)
        nothing = await importing.received(connection, await world.who("bac"), before=None, limit=4)
    assert [row["why"] for row in found["items"]][1:] == [
        "đã hết hiệu lực", "không thuộc địa bàn", "trạng thái Test"
    ]  # fmt: skip
    assert nothing["items"] == []


async def test_what_others_have_sent_is_kept_as_it_came(world: World) -> None:
    await take(world, theirs("giu"))
    for change in (
        "UPDATE cap_received SET xml = 'x' WHERE identifier = 'giu'",
        "UPDATE cap_received SET message = '{}' WHERE identifier = 'giu'",
        "UPDATE cap_received SET origin = 'x' WHERE identifier = 'giu'",
        "DELETE FROM cap_received WHERE identifier = 'giu'",
        "TRUNCATE cap_received",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await world.run(change)


async def test_the_clock_lets_the_alert_be_over_once(world: World) -> None:
    await take(world, theirs("qua-han"))
    world.clock.advance(timedelta(hours=6, minutes=1))
    done = await asyncio.gather(*(importing.expire(world.db, world.desk) for _ in range(2)))
    assert (await alerts(world, "qua-han"))[0][3] is False
    assert await importing.expire(world.db, world.desk) == 0
    assert sum(done) >= 1


async def test_two_that_take_the_same_at_once_raise_one(world: World) -> None:
    found = await asyncio.gather(*(take(world, theirs("cung-luc")) for _ in range(4)))
    assert sorted(each.outcome for each in found) == ["raised", "repeated", "repeated", "repeated"]


class Source:
    """A server of others, with what it answers by path and what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[str] = []
        self.url = ""

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.pages[path] = (status, body, headers)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        self.asked.append(path)
        status, body, headers = self.pages.get(path, (404, b"", {}))
        if headers.get("etag") and f"if-none-match: {headers['etag']}" in head.lower():
            status, body = 304, b""
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    def feed(self, *names: str) -> bytes:
        entries = "".join(
            f"<entry><updated>2026-11-22T07:00:00Z</updated>"
            f"<link type='application/cap+xml' href='/{name}.xml'/></entry>"
            for name in names
        )
        return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()


@asynccontextmanager
async def serving() -> AsyncIterator[Source]:
    source = Source()
    server = await asyncio.start_server(source.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    source.url = f"http://127.0.0.1:{port}"
    async with server:
        yield source


def polling_desk(world: World, source: Source, *, allow: bool = True) -> Any:
    host = source.url.removeprefix("http://")
    settings = msgspec.structs.replace(
        world.settings, cap_feeds=(source.url + "/feed",), cap_allow_hosts=(host,) if allow else ()
    )
    return desk_of(settings, world.clock)


async def problem_of(world: World, source: Source) -> str:
    [(problem,)] = await world.run("SELECT problem FROM cap_source WHERE url = %s", source.url + "/feed")
    return str(problem)


async def test_a_feed_is_polled_and_each_of_its_messages_fetched_once(world: World) -> None:
    async with serving() as source:
        desk = polling_desk(world, source)
        source.put("/a.xml", written(theirs("nguon-a")))
        source.put("/b.xml", b"<!DOCTYPE a [<!ENTITY x 'y'>]><alert>&x;</alert>")
        source.put("/feed", source.feed("a", "b", "c"), etag='"1"')
        assert await polling.poll(world.db, desk) == 1
        assert (await alerts(world, "nguon-a", source.url))[0][3] is True
        source.put("/c.xml", written(theirs("nguon-c")))
        source.asked.clear()
        assert await polling.poll(world.db, desk) == 1
        # What could not be had is asked for again, what was refused is not, and what was taken is not.
        assert source.asked == ["/feed", "/c.xml"]
        source.asked.clear()
        assert await polling.poll(world.db, desk) == 0
        assert source.asked == ["/feed"]  # and now it has answered 304
        refused = await world.run("SELECT problem FROM cap_link WHERE url = %s", source.url + "/b.xml")
        assert "DTD" in refused[0][0]
        assert await problem_of(world, source) == ""


async def test_one_entry_or_feed_silences_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has thought of is noted like a refusal, and the round goes on."""
    take = importing.take

    async def stumbles(*given: Any, **facts: Any) -> Taken:
        if facts["source"].endswith("/la.xml"):
            raise OverflowError
        return await take(*given, **facts)

    monkeypatch.setattr(importing, "take", stumbles)
    async with serving() as source, serving() as second:
        for name in ("la", "sau"):
            source.put(f"/{name}.xml", written(theirs(f"vap-{name}")))
        none = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='http://a:b/x'/></entry>"
        feed = source.feed("la", "sau")
        source.put("/feed", none + feed[feed.index(b"<entry>") :])
        second.put("/la.xml", written(theirs("vap-nguon")))
        settings = msgspec.structs.replace(
            world.settings, cap_feeds=(second.url + "/la.xml", source.url + "/feed"),
            cap_allow_hosts=tuple(each.url.removeprefix("http://") for each in (source, second)),
        )  # fmt: skip
        assert await polling.poll(world.db, desk_of(settings, world.clock)) == 1
        assert (await alerts(world, "vap-sau", source.url))[0][3] is True
        refused = await world.run("SELECT problem FROM cap_link WHERE url = %s", source.url + "/la.xml")
        assert "nhật ký" in refused[0][0]
        [(told,)] = await world.run("SELECT problem FROM cap_source WHERE url = %s", second.url + "/la.xml")
        assert "nhật ký" in told
        source.asked.clear()
        assert await polling.poll(world.db, desk_of(settings, world.clock)) == 0
        assert source.asked == ["/feed"]


async def test_only_named_hosts_are_connected_to_and_private_ones_only_when_listed(world: World) -> None:
    async with serving() as source, serving() as other:
        source.put("/feed", source.feed("a"))
        await polling.poll(world.db, polling_desk(world, source, allow=False))
        assert source.asked == []
        assert "cap_allow_hosts" in await problem_of(world, source)
        source.put("/feed", b"", 302, location=other.url + "/feed")
        other.put("/feed", other.feed("a"))
        await polling.poll(world.db, polling_desk(world, source))
        assert other.asked == []
        assert "cap_allow_hosts" in await problem_of(world, source)
        source.put("/feed", b"\x1f\x8b", content_encoding="gzip")
        await polling.poll(world.db, polling_desk(world, source))
        assert await problem_of(world, source) == "Nội dung bị nén."
        source.put("/feed", b" " * ((1 << 20) + 1))
        await polling.poll(world.db, polling_desk(world, source))
        assert await problem_of(world, source) == "Câu trả lời lớn hơn 1 MB."


async def test_an_address_that_an_operator_types_is_a_message_or_an_rss_feed(world: World) -> None:
    async with serving() as source:
        desk = polling_desk(world, source)
        source.put("/one.xml", written(theirs("go-tay")))
        found = await polling.from_address(world.db, desk, source.url + "/one.xml")
        assert [each.outcome for each in found] == ["raised"]
        rss = "<rss version='2.0'><channel><item><link>/one.xml</link></item></channel></rss>"
        source.put("/rss", rss.encode())
        found = await polling.from_address(world.db, desk, source.url + "/rss")
        assert [each.outcome for each in found] == ["repeated"]
        closed = polling_desk(world, source, allow=False)
        with pytest.raises(Problem, match="private address"):
            await polling.from_address(world.db, closed, source.url + "/one.xml")
        source.put("/page", b"<html/>")
        with pytest.raises(Problem) as told:
            await polling.from_address(world.db, desk, source.url + "/page")
        assert told.value.kind.code == "cap-unreached"


async def test_a_message_of_an_unknown_unit_or_from_the_future_still_becomes_an_alert(world: World) -> None:
    unknown = area(geocodes=(Pair("VN-AREA", "99999@2026-11-22"),), polygons=(), circles=())
    given = theirs("la", sent=SENT + timedelta(minutes=30), infos=(info(areas=(unknown,), onset=None),))
    assert (await take(world, given)).outcome == "raised"
    assert (await alerts(world, "la"))[0][3:] == (True, "24")
    [(seen,)] = await world.run("SELECT first_at FROM alert WHERE subject = %s", f"cap:{OTHER}:la")
    assert seen == world.clock.now()
