"""Making the directives of the demonstration: notices are read, confirmed and issued, and their tasks go on.

Each happens on its own made-up day, by a clock that stands there: so lists, medians and months look as they
would in a province at work. A notice is made once, found again by its number; what people do with it stays.
All of a notice is one transaction: it is there whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from haidang.base.clock import Clock, FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.demo import store
from haidang.demo.conclusions import NOTICES, SPOKEN, Ask, Notice, Step
from haidang.directives.model import candidate as candidates
from haidang.directives.model.candidate import Candidate, overlap
from haidang.directives.service import confirming, issuing, meetings, registering
from haidang.directives.service.desk import Desk, desk_of
from haidang.directives.store.candidates import of_document
from haidang.organisation.permissions import system
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due, local_day, start_of
from haidang.tasks.service import acting

OFFICE = system("demo")
UNIT = system("demo-unit")
"""Whoever reports is not who judges."""
_MORNING = timedelta(hours=9)
_STEP = timedelta(minutes=17)
_HEAD = """ỦY BAN NHÂN DÂN TỈNH HẢI ĐĂNG (mô phỏng)
Số: {number}

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hải Đăng, ngày {day:%d} tháng {day:%m} năm {day:%Y}

{kind}
{subject}

"""
_FOOT = """
Đây là văn bản mô phỏng của tỉnh trình diễn{again}./.

Nơi nhận:
- Như trên;
- Lưu: VT.

{leader}
"""


class Site(msgspec.Struct, frozen=True):
    """Where and when a notice is made: the site, its units by their words, and the day it is today."""

    settings: Settings
    orgs: Mapping[str, int]
    today: date
    now: datetime
    then: FixedClock
    """Stands at the made-up moment."""
    desk: Desk


class Written(msgspec.Struct, frozen=True):
    """A notice as its text, and where in it each directive stands."""

    text: str
    spans: tuple[tuple[int, int], ...]


def written(notice: Notice, today: date, again: int) -> Written:
    """Return the text of a notice; ``again``: how often it was made before (the same text is known)."""
    day = today + timedelta(days=notice.day)
    text = _HEAD.format(number=notice.number, day=day, kind=notice.kind, subject=notice.subject)
    if notice.meeting:
        held = today + timedelta(days=notice.held)
        text += (
            f"Ngày {held:%d/%m/%Y}, {notice.leader} chủ trì {notice.meeting}. "
            f"Sau khi nghe báo cáo và ý kiến của các đại biểu, {notice.leader} kết luận như sau:\n\n"
        )
    spans = []
    for number, ask in enumerate(notice.asks, 1):
        text += f"{number}. "
        sentence = _sentence(ask, today)
        spans.append((len(text), len(text) + len(sentence)))
        text += f"{sentence}\n"
    text += _FOOT.format(leader=notice.leader, again=f" (lần {again + 1})" if again else "")
    return Written(text, tuple(spans))


def _sentence(ask: Ask, today: date) -> str:
    whom = ask.said or ", ".join(SPOKEN[word] for word in ask.to)
    helped = f" chủ trì, phối hợp với {', '.join(SPOKEN[word] for word in ask.coop)}" if ask.coop else ""
    if ask.due == "urgent":
        return f"Giao {whom}{helped} khẩn trương {ask.action}."
    if ask.due == "open":
        return f"Giao {whom}{helped} thường xuyên {ask.action}."
    return (
        f"Giao {whom}{helped} {ask.action}, hoàn thành trước ngày {today + timedelta(days=ask.due):%d/%m/%Y}."
    )


def due_of(ask: Ask, today: date) -> Due:
    """Return by when a directive is to be done."""
    if ask.due == "urgent":
        return Due(precision="urgent", text="khẩn trương")
    if ask.due == "open":
        return Due(precision="open", text="thường xuyên")
    on = today + timedelta(days=ask.due)
    return Due(precision="day", on=on, text=f"trước ngày {on:%d/%m/%Y}")


def moments(notice: Notice, today: date, now: datetime) -> Iterator[tuple[datetime, int, str, Step]]:
    """Yield (when, number of the directive, unit, step) of all that happened, in its order."""
    found = []
    for number, ask in enumerate(notice.asks):
        for turn, unit in enumerate(ask.to):
            for place, step in enumerate(ask.ways.get(unit, ask.went)):
                day = start_of(today + timedelta(days=step.day))
                at = day + _MORNING + (number + turn + place) * _STEP
                found.append((min(at, now), number, place, unit, step))
    found.sort(key=lambda each: (each[0], each[1], each[3], each[2]))
    for at, number, _, unit, step in found:
        yield at, number, unit, step


async def prepare(db: Database, settings: Settings, clock: Clock, orgs: Mapping[str, int]) -> int:
    """Make the notices that are not there yet; return how many that were."""
    async with db.transaction() as connection:
        there = await store.notices(connection, OFFICE.id)
    # Taken away with the demonstration, it comes back with new ones; the old ones stay on record.
    returns = gone(there)
    wanting = [notice for notice in NOTICES if returns or notice.number not in there]
    for notice in wanting:
        times = there[notice.number].times if notice.number in there else 0
        await _make(db, _site(settings, clock, orgs, notice), notice, times)
    return len(wanting)


def gone(there: Mapping[str, store.Made]) -> bool:
    """Say whether the notices were taken away, rather than dealt with."""
    made = there.values()
    return not any(each.waits for each in made) and any(each.taken_away for each in made)


def _site(settings: Settings, clock: Clock, orgs: Mapping[str, int], notice: Notice) -> Site:
    now = clock.now()
    today = local_day(now)
    then = FixedClock(min(now, start_of(today + timedelta(days=notice.day)) + _MORNING - _STEP))
    return Site(settings, orgs, today, now, then, desk_of(settings, then))


async def _make(db: Database, site: Site, notice: Notice, again: int) -> None:
    text = written(notice, site.today, again)
    facts = registering.Facts(
        number=notice.number, kind=notice.kind.lower(), issued_on=site.today + timedelta(days=notice.day),
        issuer="UBND tỉnh Hải Đăng (mô phỏng)", subject=notice.subject,
    )  # fmt: skip
    office, desk = site.orgs["committee"], site.desk
    read = await registering.text_in(db, desk, OFFICE, text.text, owner_org=office, facts=facts)
    async with db.transaction() as connection:
        if notice.meeting:
            met = await _meeting(connection, site, notice)
            facts = msgspec.structs.replace(facts, meeting_id=met)
        document = await registering.register(
            connection, desk, OFFICE, read, facts, owner_org=office, simulated=True
        )
        if not notice.issued:
            return
        await _confirm(connection, site, document.id, notice, text.spans)
        wanted = issuing.Issue(given_by=notice.leader, given_on=document.issued_on)
        made = await issuing.issue(connection, desk, OFFICE, document.id, wanted)
        await _go_on(connection, site, notice, [each.id for each in made])


async def _meeting(connection: Connection, site: Site, notice: Notice) -> int:
    new = meetings.NewMeeting(
        title=notice.meeting, owner_org=site.orgs["committee"], chair=notice.leader,
        place="Trụ sở UBND tỉnh", held_on=site.today + timedelta(days=notice.held),
    )  # fmt: skip
    return (await meetings.enter(connection, site.desk, OFFICE, new, simulated=True)).id


async def _confirm(
    connection: Connection, site: Site, document_id: int, notice: Notice, spans: Sequence[tuple[int, int]]
) -> None:
    """Do as a person would: correct and accept what was read, add what was not, reject the rest."""
    kept: set[int] = set()
    for ask, span in zip(notice.asks, spans, strict=True):
        found = _candidate(await _open(connection, document_id), span)
        if found is None:
            here = confirming.Span(*span)
            found = await confirming.add(connection, site.desk, OFFICE, document_id, here)
        correction = candidates.Correct(
            text_span=span, lead_orgs=tuple(site.orgs[word] for word in ask.to),
            cooperating_orgs=tuple(site.orgs[word] for word in ask.coop),
            fan_out=True if len(ask.to) > 1 else candidates.UNSET, action=ask.action, product=ask.product,
            due=due_of(ask, site.today), field=ask.field,
        )  # fmt: skip
        found = await _say(connection, site.desk, found, correction)
        found = await _say(connection, site.desk, found, candidates.Accept())
        kept.add(found.id)
    for each in await _open(connection, document_id):
        if each.id not in kept:
            reason = candidates.Reject(reason="Không phải giao việc (mô phỏng)")
            await _say(connection, site.desk, each, reason)


async def _open(connection: Connection, document_id: int) -> list[Candidate]:
    return [each for each in await of_document(connection, document_id) if each.state == "open"]


def _candidate(found: Sequence[Candidate], span: tuple[int, int]) -> Candidate | None:
    """Return the proposal that stands where a directive was written."""
    share, best = max(
        ((overlap((each.span_start, each.span_end), span), each) for each in found),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    return best if share > 0.5 else None


async def _say(connection: Connection, desk: Desk, found: Candidate, act: candidates.Act) -> Candidate:
    [after] = await confirming.perform(connection, desk, OFFICE, found.id, act, version=found.version)
    return after


async def _go_on(connection: Connection, site: Site, notice: Notice, made: Sequence[int]) -> None:
    """Let all that happened with the tasks of issued directives happen, each at its own time."""
    words = {org: word for word, org in site.orgs.items()}
    tasks = {
        (made.index(directive), words[unit]): task
        for task, directive, unit in await store.tasks_of(connection, made)
    }
    versions: dict[int, int] = {}
    for at, number, unit, step in moments(notice, site.today, site.now):
        task = tasks[number, unit]
        site.then.advance(max(timedelta(), at - site.then.now()))
        doer = OFFICE if step.way in {"return", "accept", "grant"} else UNIT
        after = await acting.perform(
            connection, site.desk.tasks, doer, task, act_of(step, site.today), version=versions.get(task, 1)
        )
        versions[task] = after.version


_SAID: Mapping[str, acts.Act] = {
    "receive": acts.Receive(),
    "start": acts.Start(),
    "report": acts.Report(
        text="Đã thực hiện xong, gửi kết quả kèm theo (mô phỏng)", product="Báo cáo (mô phỏng)"
    ),
    "return": acts.Return(text="Kết quả chưa đủ, đề nghị bổ sung số liệu (mô phỏng)"),
    "accept": acts.Accept(text="Công nhận kết quả (mô phỏng)"),
    "grant": acts.DecideExtension(granted=True, text="Đồng ý gia hạn một lần (mô phỏng)"),
}


def act_of(step: Step, today: date) -> acts.Act:
    """Return the act of a step."""
    if step.way == "progress":
        return acts.Progress(text="Đang thực hiện theo kế hoạch (mô phỏng)", percent=step.to)
    if step.way == "ask":
        return acts.AskExtension(
            text="Cần thêm thời gian phối hợp với đơn vị liên quan (mô phỏng)",
            due=Due(precision="day", on=today + timedelta(days=step.to)), document="Công văn mô phỏng",
        )  # fmt: skip
    return _SAID[step.way]


async def close(connection: Connection, settings: Settings, clock: Clock) -> None:
    """Cancel what is open, and withdraw what nobody has issued; what was said stays in the record."""
    desk = desk_of(settings, clock)
    for task, version in await store.open_directives(connection, OFFICE.id):
        act = acts.Cancel(text="Gỡ bỏ dữ liệu mô phỏng", document="Gỡ bỏ dữ liệu mô phỏng")
        await acting.perform(connection, desk.tasks, OFFICE, task, act, version=version)
    for document, version in await store.unissued(connection, OFFICE.id):
        await registering.withdraw(
            connection, desk, OFFICE, document, "Gỡ bỏ dữ liệu mô phỏng", version=version
        )
