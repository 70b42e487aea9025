"""From a draft to its end: two people, rules before leaving, updates, cancels, the clock, what is public."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from haidang.alerts.cap.model.warning import (
    Approve,
    Cancel,
    CapWarning,
    Drop,
    Refuse,
    Send,
    Submit,
    Update,
    Withdraw,
)
from haidang.alerts.cap.service import clockwork, drafting, publishing, reading
from haidang.alerts.cap.xml.reading import read
from haidang.base.problems import Problem
from haidang.organisation import service as organisation
from haidang.organisation.service import areas
from tests.integration.alerts.cap.conftest import World


async def refused(doing: Any, code: str) -> Problem:
    with pytest.raises(Problem) as told:
        await doing
    assert told.value.kind.code == code, told.value
    return told.value


async def rewrite(world: World, by: str, warning: CapWarning, **facts: Any) -> CapWarning:
    who = await world.who(by)
    version = (await world.row(warning)).version
    async with world.db.transaction() as connection:
        return await drafting.rewrite(
            connection, world.desk, who, warning.id, world.flood(**facts), version=version
        )


async def seen(world: World, by: str, warning: CapWarning) -> dict[str, Any]:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await reading.opened(connection, world.desk, who, warning.id)


async def feed(world: World, kind: publishing.Kind = "atom") -> str:
    async with world.db.transaction() as connection:
        return (await publishing.Feeds().page(connection, world.desk, kind)).body.decode()


async def public(world: World, warning: CapWarning) -> bytes:
    async with world.db.transaction() as connection:
        return (await publishing.message(connection, warning.identifier)).body


async def test_it_leaves_after_a_second_person_and_everybody_reads_what_was_approved(world: World) -> None:
    made = await world.draft(areas=[{"codes": ["24"]}])
    assert (made.state, made.area_code, made.content.areas[0].description) == ("draft", "24", "Tỉnh Bắc Ninh")
    await refused(world.do("truc", made, Send()), "warning-act-refused")
    await world.do("truc", made, Submit())
    await refused(world.do("truc", made, Approve()), "warning-part-missing")
    await refused(rewrite(world, "truc", made), "warning-act-refused")
    await world.do("truong", made, Approve())
    sent = await world.do("truc", made, Send())
    assert (sent.state, sent.sent, sent.sender) == ("sent", world.clock.now(), "canhbao@bacninh.example.vn")
    message = read(await public(world, sent)).message
    assert message.infos[0].areas[0].geocodes[0].value == "24@2026-11-22"
    assert message.sent.isoformat() == "2026-11-22T14:05:00+07:00"
    assert message.infos[0].sender_name
    for kind in ("atom", "rss"):
        assert f"/cap/{sent.identifier}.xml" in await feed(world, kind)  # type: ignore[arg-type]
    log = (await seen(world, "xem", sent))["log"]
    assert [entry["action"] for entry in log] == [
        "warning.draft", "warning.submit", "warning.approve", "warning.send"
    ]  # fmt: skip
    async with world.db.transaction() as connection:
        assert (await organisation.verify_log(connection, "warnings")).sound


async def test_no_hand_in_it_approves_it_not_even_one_of_several(world: World) -> None:
    made = await world.draft("truong")
    await rewrite(world, "truc", made, severity="Extreme")
    await world.do("truc", made, Submit())
    await refused(world.do("truong", made, Approve()), "warning-approved-by-author")
    with pytest.raises(psycopg.errors.CheckViolation):  # nor past the rules
        await world.run(
            "UPDATE warning SET approver = %s, approved_at = now() WHERE id = %s",
            f"account:{world.people['truong']}", made.id,
        )  # fmt: skip
    with pytest.raises(psycopg.errors.CheckViolation):
        await world.run(
            "UPDATE warning SET state = 'sent', sent = now(), sender = 'x', xml = 'x' WHERE id = %s", made.id
        )


async def test_what_breaks_a_rule_is_not_submitted_and_says_where(world: World) -> None:
    made = await world.draft(expires=None, areas=[], severity="Minor", risk_level=3)
    told = await refused(world.do("truc", made, Submit()), "invalid-request")
    assert {fault.field for fault in told.faults} == {"expires", "areas", "severity"}
    assert {fault["rule"] for fault in (await seen(world, "truc", made))["faults"]} == {
        "expires", "area", "risk"
    }  # fmt: skip
    bad = await world.draft(texts=[{"event": "Lũ", "headline": "a\x07b", "description": "c"}])
    assert (await refused(world.do("truc", bad, Submit()), "invalid-request")).extra["rules"] == ["form"]
    await refused(world.draft(note="a\x00b"), "invalid-request")
    for extreme in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        await refused(world.draft(onset=extreme), "invalid-request")
    long = await world.draft(
        texts=[{"language": code, "event": "Lũ", "headline": "a", "description": "đ" * 8_000}
               for code in ("vi-VN", "en-US", "lo-LA", "km-KH", "zh-CN")]
    )  # fmt: skip
    assert (await refused(world.do("truc", long, Submit()), "invalid-request")).extra["rules"] == ["size"]


async def test_rules_are_asked_again_as_it_leaves(world: World) -> None:
    made = await world.draft()
    await world.do("truc", made, Submit())
    await world.do("truong", made, Approve())
    world.clock.advance(timedelta(hours=7))
    assert (await refused(world.do("truc", made, Send()), "invalid-request")).extra["rules"] == ["not-past"]


async def test_refused_withdrawn_written_anew_and_dropped(world: World) -> None:
    made = await world.draft()
    await world.do("truc", made, Submit())
    back = await world.do("truong", made, Refuse(reason="Chưa rõ khu vực"))
    assert (back.state, back.why) == ("refused", "Chưa rõ khu vực")
    await world.do("truc.hai", made, Withdraw())
    anew = await rewrite(world, "truc.hai", made, severity="Extreme")
    assert (anew.state, len(anew.authors), anew.why) == ("draft", 2, "")
    await world.do("truc", made, Submit())
    await world.do("truong", made, Approve())
    again = await world.do("truc", made, Withdraw())
    assert (again.approver, again.state) == (None, "draft")  # an approval is of what was seen
    assert (await world.do("truc", made, Drop())).state == "dropped"
    assert (await seen(world, "truc", made))["acts"] == []


async def test_an_update_replaces_and_a_cancel_ends_with_references_that_hold(world: World) -> None:
    first = await world.sent()
    draft = await world.do("truc", first, Update())
    other = await world.do("truc.hai", first, Update())
    assert (draft.msg_type, draft.refs, (await world.row(first)).state) == ("Update", (first.id,), "sent")
    second = await world.sent(draft)
    before = await world.row(first)
    assert (before.state, before.ended_by) == ("replaced", second.id)
    message = read(second.xml.encode() if second.xml else b"").message
    assert message.references == (read((first.xml or "").encode()).message.reference,)
    told = await refused(world.do("truc.hai", other, Submit()), "invalid-request")
    assert told.extra["rules"] == ["references-known"]  # the first is not in force any more
    third = await world.sent(await world.do("truc", second, Cancel(reason="Nước đã rút")))
    assert (third.msg_type, (await world.row(second)).state) == ("Cancel", "cancelled")
    assert "Nước đã rút" in (third.xml or "")
    # Whoever follows the feed hears of the end too.
    assert f"{third.identifier}.xml" in await feed(world)


async def test_a_cancel_cannot_be_of_another_status_or_scope(world: World) -> None:
    first = await world.sent()
    draft = await world.do("truc", first, Cancel(reason="Thử"))
    await rewrite(world, "truc", draft, status="System")
    assert (await refused(world.do("truc", draft, Submit()), "invalid-request")).extra["rules"] == [
        "references-known"
    ]
    await refused(rewrite(world, "truc", draft, status="Exercise"), "invalid-request")


async def test_two_send_updates_of_one_at_the_same_time_and_one_is_told(world: World) -> None:
    first = await world.sent()
    drafts = [await world.do("truc", first, Update()) for _ in range(2)]
    for each in drafts:
        await world.do("truc", each, Submit())
        await world.do("truong", each, Approve())
    world.clock.advance(timedelta(minutes=1))
    done = await asyncio.gather(*(world.do("truc", each, Send()) for each in drafts), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["CapWarning", "Problem"]
    version = (await world.row(drafts[0])).version
    await refused(world.do("truc", drafts[0], Update(), version=version - 1), "version-conflict")


async def test_an_exercise_says_so_and_is_never_public(world: World) -> None:
    for facts in ({"status": "Actual"}, {"scope": "Public"}):
        await refused(world.draft(incident=7, exercise=True, **facts), "invalid-request")
    await refused(world.draft(incident=7, exercise=False, status="Exercise"), "invalid-request")
    sent = await world.sent(await world.draft(incident=7, exercise=True))
    message = read((sent.xml or "").encode()).message
    assert (message.status, message.scope, message.incidents) == ("Exercise", "Restricted", ("7",))
    assert "DIỄN TẬP" in message.note
    assert sent.identifier not in await feed(world)
    await refused(public(world, sent), "not-found")
    async with world.db.transaction() as connection:
        assert [each["id"] for each in await reading.of_incident(connection, 7)] == [sent.id]
        _, xml = await reading.document(connection, await world.who("xem"), sent.id)
    assert xml == sent.xml


async def test_a_template_approved_beforehand_leaves_at_once_but_only_as_it_was_approved(
    world: World,
) -> None:
    facts: dict[str, Any] = {
        "template": "tsunami", "fill": {"coast": "Hải Phòng"}, "categories": ["Geo"], "severity": "Extreme",
        "response_types": ["Evacuate"], "expires": None, "texts": [],
    }  # fmt: skip
    made = await world.draft(**facts)
    assert made.preapproved == "12/QĐ-UBND ngày 05/01/2026"
    assert made.expires == world.clock.now() + timedelta(hours=2)
    sent = await world.do("truc", made, Send())
    assert (sent.state, sent.approver, sent.headline) == ("sent", None, "Sóng thần vào Hải Phòng")
    for changed in ({"severity": "Severe"}, {"expires": world.clock.now() + timedelta(hours=3)}):
        other = await world.draft(**facts | changed)
        await refused(world.do("truc", other, Send()), "warning-act-refused")
    other = await world.draft(**facts)
    await rewrite(
        world, "truc", other, severity="Extreme", categories=["Geo"]
    )  # its texts are a person's now
    await refused(world.do("truc", other, Send()), "warning-act-refused")
    told = await refused(world.draft(**facts | {"fill": {}}), "invalid-request")
    assert told.faults[0].field == "fill.coast"
    world.clock.advance(timedelta(days=60))
    assert (await world.draft(**facts)).preapproved == ""


async def test_the_clock_ends_what_is_over_once(world: World) -> None:
    sent = await world.sent()
    world.clock.advance(timedelta(hours=5, minutes=58))
    await clockwork.expire(world.db, world.desk)
    assert (await world.row(sent)).state == "sent"
    world.clock.advance(timedelta(minutes=1))
    await asyncio.gather(*(clockwork.expire(world.db, world.desk) for _ in range(3)))
    after = await world.row(sent)
    assert (after.state, after.ended_at) == ("expired", sent.expires)
    [(entries,)] = await world.run(
        "SELECT count(*) FROM chain WHERE log = 'warnings' AND subject = %s AND action = 'warning.expired'",
        f"warning:{sent.id}",
    )
    assert entries == 1
    world.clock.advance(timedelta(days=4))
    assert sent.identifier not in await feed(world)
    assert await public(world, sent)  # an address that was given stays good


async def test_what_was_sent_never_changes_and_is_never_deleted(world: World) -> None:
    sent = await world.sent()
    for statement in (
        "UPDATE warning SET xml = 'x' WHERE id = %s",
        "UPDATE warning SET content = '{}' WHERE id = %s",
        "UPDATE warning SET approver = 'account:99' WHERE id = %s",
        "UPDATE warning SET status = 'Test', scope = 'Private' WHERE id = %s",
        "UPDATE warning SET expires = now() WHERE id = %s",
        "DELETE FROM warning WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await world.run(statement, sent.id)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("TRUNCATE warning CASCADE")
    other = await world.draft()
    with pytest.raises(psycopg.errors.UniqueViolation):
        await world.run("UPDATE warning SET identifier = %s WHERE id = %s", sent.identifier, other.id)


async def test_another_unit_neither_sees_nor_touches_it(world: World) -> None:
    made = await world.draft()
    await refused(seen(world, "bac", made), "not-found")
    await refused(world.do("bac", made, Submit()), "not-found")
    await refused(world.draft("bac", owner_org=world.orgs["root"]), "forbidden")
    assert (await seen(world, "xem", made))["acts"] == []
    async with world.db.transaction() as connection:
        found = await reading.listed(
            connection, await world.who("bac"), states=(), incident_id=None, cursor=None, limit=200
        )
    assert found["items"] == []


async def test_a_shape_is_within_the_unit_or_the_whole_site_answers_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = [[21.3, 106.1], [21.3, 106.3], [21.4, 106.3], [21.3, 106.1]]
    beyond = [[21.3, 106.1], [21.3, 108.3], [21.4, 108.3], [21.3, 106.1]]
    unit = {"codes": ["07210"]}
    everywhere = {"description": "cả nước", "circles": [{"lat": 16, "lon": 107, "radius_km": 900}]}
    # Without an outline nobody can say that a shape is within.
    assert (await world.draft(areas=[unit])).area_code == "07210"
    assert (await world.draft(areas=[unit | {"polygons": [inside]}])).area_code is None

    async def outlines(*_: object) -> list[tuple[str, str, str, str | None, str]]:
        outline = '{"type":"Polygon","coordinates":[[[106,21],[107,21],[107,22],[106,22],[106,21]]]}'
        return [("07210", "x", "phuong", "24", outline)]

    monkeypatch.setattr(areas, "outlines_of", outlines)
    assert (await world.draft(areas=[unit | {"polygons": [inside]}])).area_code == "07210"
    assert (await world.draft(areas=[unit, {"description": "x", "polygons": [inside]}])).area_code == "07210"
    assert (await world.draft(areas=[unit | {"polygons": [inside, beyond]}])).area_code is None
    assert (await world.draft(areas=[unit, everywhere])).area_code is None
    # So whoever answers for one commune does not warn the country.
    whole = await world.who("truc")
    scopes = tuple(msgspec.structs.replace(scope, area_codes=frozenset({"07210"})) for scope in whole.scopes)
    commune = msgspec.structs.replace(whole, scopes=scopes)

    async def of_commune(*places: Any) -> CapWarning:
        async with world.db.transaction() as connection:
            return await drafting.draft(connection, world.desk, commune, world.flood(areas=list(places)))

    mine = await of_commune(unit | {"polygons": [inside]})
    await refused(of_commune(unit, everywhere), "forbidden")
    async with world.db.transaction() as connection:
        await refused(
            drafting.rewrite(
                connection, world.desk, commune, mine.id, world.flood(areas=[unit, everywhere]), version=1
            ),
            "forbidden",
        )
