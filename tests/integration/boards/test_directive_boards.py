"""The boards of directives over real tasks: as many rows as the figure says, and to each agency its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.boards.directives.board import PLACES, Asked, snapshot
from haidang.boards.directives.brief import brief
from haidang.boards.directives.meeting import meeting
from haidang.boards.directives.owed import owed
from haidang.boards.wall import Wall
from haidang.city.service import City
from haidang.organisation import prepare, root_org, system
from haidang.organisation.permissions import Principal, Scope
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due
from haidang.tasks.service import acting, giving
from haidang.tasks.service.desk import desk_of

OFFICE = system("office")
UNIT = system("unit")
NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CHAIRMAN, DEPUTY = "Chủ tịch UBND tỉnh Trần Văn An", "Phó Chủ tịch UBND tỉnh Lê Thị Bình"
READS = frozenset({"directive.read", "task.read"})


class Story(msgspec.Struct, frozen=True):
    """One directive, and what became of it: days before now when it was given, and what then."""

    unit: str
    leader: str
    meeting: str
    given: int
    due: int
    """Days before now at whose end it was due; below zero: it is to come."""
    acts: tuple[tuple[int, Any], ...] = ()


def _day(ahead: int) -> Due:
    return Due(precision="day", on=(NOW + ahead * DAY).date())


REPORT = acts.Report(text="Đã xong", product="Báo cáo số 12/BC")
STORIES = {
    "late": Story("xd", CHAIRMAN, "open", 50, 40, ((48, acts.Receive()),)),
    "late-returned": Story(
        "yt", DEPUTY, "open", 30, 10, ((29, acts.Receive()), (12, REPORT), (1, acts.Return(text="Thiếu")))
    ),
    "extended": Story(
        "xd", CHAIRMAN, "closed", 30, 5,
        ((28, acts.Start()),
         (6, acts.AskExtension(text="Chờ số liệu", due=_day(2), document="CV 7")),
         (5, acts.DecideExtension(granted=True))),
    ),
    "asks": Story(
        "yt", CHAIRMAN, "open", 9, -1,
        ((8, acts.Receive()),
         (0, acts.AskExtension(text="Thiếu người", due=_day(9), document="CV 7"))),
    ),
    "waiting": Story("yt", CHAIRMAN, "open", 20, -20, ((19, acts.Receive()), (2, REPORT))),
    "done": Story("xd", DEPUTY, "open", 40, 20, ((39, acts.Receive()), (30, REPORT), (28, acts.Accept()))),
    "done-late": Story("xd", DEPUTY, "open", 70, 60, ((55, REPORT), (50, acts.Accept()))),
    "later": Story("xd", DEPUTY, "open", 3, -60),
}  # fmt: skip


class House(msgspec.Struct):
    """The units, and the tasks by their word."""

    settings: Settings
    clock: FixedClock
    units: dict[str, int]
    meetings: dict[str, int]
    directives: dict[str, int]
    tasks: dict[str, int]

    def reader(self, *units: str, name: str = "Người xem") -> Principal:
        orgs = frozenset(self.units[unit] for unit in units)
        return Principal("account:900", name, self.units[units[0]], (Scope(READS, org_ids=orgs),))


async def _insert(connection: Connection, query: str, *values: Any) -> int:
    [(number,)] = await (await connection.execute(query + " RETURNING id", values)).fetchall()
    return int(number)


async def _directive(connection: Connection, office: int, no: int, story: Story, document: int) -> int:
    text = f"Giao đơn vị thực hiện việc {no}"
    candidate = await _insert(
        connection,
        "INSERT INTO extraction_candidate (document_id, origin, state, span_start, span_end, text, lead, "
        "cooperating, action, settled_at) VALUES (%s, 'hand', 'issued', 0, 4, %s, '[]', '[]', '', "
        "now())",
        document, text,
    )  # fmt: skip
    return await _insert(
        connection,
        "INSERT INTO directive (document_id, candidate_id, no, owner_org, text, span_start, span_end, "
        "text_hash, action, fold, product, due, given_by, given_on, issued_by, issued_at, simulated) "
        "VALUES (%s, %s, %s, %s, %s, 0, 4, '', '', '', '', '{}', %s, %s, 'test', now(), true)",
        document, candidate, str(no), office, text, story.leader, (NOW - story.given * DAY).date(),
    )  # fmt: skip


async def _live(connection: Connection, house: House, word: str, story: Story) -> None:
    """Give a story's task and let it happen, each act on its own day."""
    clock = FixedClock(NOW - story.given * DAY)
    desk = desk_of(house.settings, clock)
    new = giving.NewTask(
        title=f"Việc {word}", owner_org=house.units[story.unit], assigner_org=house.units["office"],
        due=Due(precision="day", on=(NOW - story.due * DAY).date()), source_kind="directive",
        source_id=str(house.directives[word]), by_document="Thông báo 1/TB-UBND",
        coop_orgs=(house.units["yt"],) if word == "late" else (),
    )  # fmt: skip
    task = await giving.give(connection, desk, OFFICE, new)
    await connection.execute(
        "INSERT INTO directive_task (task_id, directive_id) VALUES (%s, %s)",
        (task.id, house.directives[word]),
    )
    for ago, act in story.acts:
        clock.advance(NOW - ago * DAY - clock.now())
        judges = isinstance(act, acts.Return | acts.Accept | acts.DecideExtension)
        task = await acting.perform(
            connection, desk, OFFICE if judges else UNIT, task.id, act, version=task.version
        )
    house.tasks[word] = task.id


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(db: Database, tmp_path_factory: Any) -> AsyncIterator[House]:
    """An office, two departments; an open and a restricted meeting; eight directives, each gone its way."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("boards"))
    found = House(settings, FixedClock(NOW), {}, {}, {}, {})
    await prepare(db, settings, FixedClock(NOW - 100 * DAY))
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        for word, name in (
            ("office", "Văn phòng"),
            ("xd", "Sở Xây dựng"),
            ("yt", "Sở Y tế"),
            ("nv", "Sở Nội vụ"),
        ):
            found.units[word] = (await add_org(connection, OFFICE, NewOrg(name=name, parent_id=root))).id
        office, documents = found.units["office"], {}
        for number, (word, secrecy) in enumerate((("open", "normal"), ("closed", "restricted")), 1):
            found.meetings[word] = await _insert(
                connection,
                "INSERT INTO meeting (owner_org, title, title_fold, held_on, secrecy, created_by, "
                "created_at, changed_at) VALUES (%s, %s, '', '2026-09-01', %s, 'test', now(), now())",
                office, f"Giao ban {word}", secrecy,
            )  # fmt: skip
            documents[word] = await _insert(
                connection,
                "INSERT INTO directive_document (owner_org, kind, number, subject, fold, meeting_id, "
                "secrecy, state, created_by, created_at, changed_at) VALUES (%s, 'thông báo', %s, "
                "'Kết luận', '', %s, %s, 'issued', 'test', now(), now())",
                office, f"{number}/TB-UBND", found.meetings[word], secrecy,
            )  # fmt: skip
        for no, (word, story) in enumerate(STORIES.items(), 1):
            found.directives[word] = await _directive(connection, office, no, story, documents[story.meeting])
            await connection.execute(
                "INSERT INTO directive_party (directive_id, org_id, role) VALUES (%s, %s, 'lead')",
                (found.directives[word], found.units[story.unit]),
            )
            await _live(connection, found, word, story)
    yield found


def titles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["title"].removeprefix("Việc ") for row in rows]


async def test_each_list_has_as_many_rows_as_its_figure_says(db: Database, house: House) -> None:
    desk = desk_of(house.settings, house.clock)
    async with db.transaction() as connection:
        for reading in ("original", "current"):
            for place in PLACES:
                found = await snapshot(connection, desk, OFFICE, Asked(show=place, reading=reading))
                assert len(found["rows"]) == found["rows_of"] == found["total"][place]
            assert found["total"]["reconciles"]
            assert found["total"]["given"] == len(STORIES)


async def test_the_longest_late_stands_first_and_each_row_leads_to_its_task_and_notice(
    db: Database, house: House
) -> None:
    desk = desk_of(house.settings, house.clock)
    async with db.transaction() as connection:
        found = await snapshot(connection, desk, OFFICE, Asked())
        band = await snapshot(connection, desk, OFFICE, Asked(band="31-60"))
        current = await snapshot(connection, desk, OFFICE, Asked(reading="current"))
    assert titles(found["rows"]) == ["late", "late-returned", "extended"], "by the original due"
    assert titles(current["rows"]) == ["late", "late-returned"], "an extension holds against the present one"
    assert titles(band["rows"]) == ["late"] and band["rows_of"] == 1
    first = found["rows"][0]
    assert (first["task_id"], first["late"]) == (house.tasks["late"], {"days": 40, "band": "31-60"})
    assert first["directive"]["id"] == house.directives["late"]
    assert first["directive"]["document"]["number"] == "1/TB-UBND"
    assert first["directive"]["meeting"]["id"] == house.meetings["open"]
    assert found["simulated"] is True
    rows = {row.name: row for row in found["heat"]["rows"]}
    xd = {each.month.month: (each.given, each.late) for each in rows["Sở Xây dựng"].cells if each}
    assert xd == {9: (2, 2), 10: (2, 1), 11: (1, 0)}
    assert found["total"]["on_time_rate"].denominator == 5


async def test_the_pace_is_the_median_of_what_is_known_and_says_of_how_many(
    db: Database, house: House
) -> None:
    desk = desk_of(house.settings, house.clock)
    async with db.transaction() as connection:
        found = await snapshot(connection, desk, OFFICE, Asked())
    whole = found["pace"][0]
    assert whole["unit"] is None
    assert (whole["receive"]["have"], whole["receive"]["of"]) == (7, 8), "one is not received yet"
    assert whole["receive"]["median_s"] == DAY.total_seconds()
    assert (whole["report"]["have"], whole["report"]["of"]) == (4, 8)
    assert (whole["answer"]["have"], whole["answer"]["of"]) == (3, 4), "one report waits"
    assert whole["answer"]["median_s"] == 5 * DAY.total_seconds()


async def test_the_board_can_be_narrowed_and_offers_only_what_may_be_named(
    db: Database, house: House
) -> None:
    desk = desk_of(house.settings, house.clock)
    async with db.transaction() as connection:
        deputy = await snapshot(connection, desk, OFFICE, Asked(leader=DEPUTY))
        unit = await snapshot(connection, desk, OFFICE, Asked(unit=house.units["yt"], by="meeting"))
        mine = await snapshot(connection, desk, house.reader("xd"), Asked(by="document"))
        with pytest.raises(Problem) as refused:
            await snapshot(connection, desk, OFFICE, Asked(show="red", by="mood", band="9"))
    assert refused.value.faults[0].field == "by"
    assert deputy["total"]["given"] == 4
    assert [line["title"] for line in unit["lines"]] == ["Giao ban open (01/09/2026)"]
    assert {choice["title"] for choice in mine["choices"]["units"]} == {"Sở Xây dựng"}
    assert len(mine["choices"]["documents"]) == 1, "the restricted notice is not offered by name"
    hidden = next(row for row in mine["rows"] if row["title"] == "Việc extended")
    assert hidden["directive"] is None, "its wording is its readers' to see"


async def test_one_agency_sees_nothing_of_the_other(db: Database, house: House) -> None:
    desk = desk_of(house.settings, house.clock)
    stranger = house.reader("nv")
    async with db.transaction() as connection:
        board = await snapshot(connection, desk, stranger, Asked())
        page = await brief(connection, house.settings, house.clock, stranger)
        own = await owed(connection, desk, stranger, None)
        with pytest.raises(Problem) as other:
            await owed(connection, desk, stranger, house.units["xd"])
        with pytest.raises(Problem) as unseen:
            await meeting(connection, desk, stranger, house.meetings["open"])
        with pytest.raises(Problem) as closed:
            await meeting(connection, desk, house.reader("xd"), house.meetings["closed"])
        seen = await meeting(connection, desk, house.reader("xd"), house.meetings["open"])
    assert [each.value.kind.status for each in (other, unseen, closed)] == [403, 404, 404]
    assert board["total"]["given"] == 0 and board["rows"] == [] and board["heat"]["rows"] == []
    assert all(choices == [] for choices in board["choices"].values())
    assert (page["total"]["given"], page["late"], page["changes"]["rows"]) == (0, [], [])
    assert (page["incidents"], page["alerts"]) == (None, None), "what may not be seen is null"
    assert own["total"]["given"] == 0
    assert {row["unit"]["name"] for row in seen["rows"]} == {"Sở Xây dựng"}


async def test_the_brief_puts_what_is_red_first_and_tells_what_changed_since_yesterday(
    db: Database, house: House
) -> None:
    async with db.transaction() as connection:
        whole = await brief(connection, house.settings, house.clock, OFFICE)
        own = await brief(
            connection, house.settings, house.clock, house.reader("xd", "yt", name="Trần Văn An")
        )
        everybody = await brief(
            connection, house.settings, house.clock, house.reader("xd", "yt", name="Trần Văn An"), leader="*"
        )
        with pytest.raises(Problem):
            await brief(connection, house.settings, house.clock, OFFICE, day=(NOW + DAY).date())
    assert titles(whole["late"]) == ["late", "late-returned", "extended"]
    assert titles(whole["this_week"]["rows"]) == ["asks", "extended"]
    assert titles(whole["waiting"]["verdicts"]["rows"]) == ["waiting"]
    assert titles(whole["waiting"]["extensions"]["rows"]) == ["asks"]
    assert whole["changes"]["counts"] == {"returned": 1, "extension_asked": 1}
    assert [each["task_id"] for each in whole["changes"]["rows"]] == [
        house.tasks["asks"], house.tasks["late-returned"],
    ]  # fmt: skip
    assert whole["incidents"]["count"] == 0 and whole["alerts"]["count"] == 0
    assert own["leader"] == CHAIRMAN and own["total"]["given"] == 4
    assert everybody["leader"] is None and everybody["total"]["given"] == 8


async def test_a_unit_sees_what_it_owes_by_when_and_what_it_helps_with(db: Database, house: House) -> None:
    desk = desk_of(house.settings, house.clock)
    async with db.transaction() as connection:
        health = await owed(connection, desk, house.reader("yt"), None)
        building = await owed(connection, desk, house.reader("xd"), house.units["xd"])
    groups = {group["when"]: titles(group["rows"]) for group in health["groups"] if group["rows"]}
    assert groups == {"overdue": ["late-returned"], "this_week": ["asks"], "waiting": ["waiting"]}
    assert titles(health["coop"]) == ["late"]
    assert health["coop"][0]["directive"]["id"] == house.directives["late"], "whoever helps reads the notice"
    groups = {group["when"]: titles(group["rows"]) for group in building["groups"] if group["rows"]}
    assert groups == {"overdue": ["late"], "this_week": ["extended"], "later": ["later"]}


async def test_the_wall_counts_by_unit_and_names_nothing_but_units(db: Database, house: House) -> None:
    def wall(principal: Principal) -> Wall:
        city = cast("City", None)  # the part of directives asks the city nothing
        return Wall(db, house.settings, house.clock, city, principal=principal, area=None)

    whole = await wall(OFFICE).directives()
    assert whole == {
        "state": "ok", "given": 8, "open": 6, "overdue": 3, "due_soon": 1, "awaiting_verdict": 1,
        "units": [
            {"name": "Sở Xây dựng", "open": 3, "late": 2}, {"name": "Sở Y tế", "open": 3, "late": 1},
        ],
    }  # fmt: skip
    mine = await wall(house.reader("yt")).directives()
    assert [unit["name"] for unit in mine["units"]] == ["Sở Y tế"]
    nobody = Principal("account:901", "Người ngoài", house.units["nv"], ())
    assert await wall(nobody).directives() == {"state": "forbidden"}
