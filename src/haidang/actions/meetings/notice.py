"""The notice of a meeting's conclusion: its facts, its paper, and the text that directives come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from haidang.base.text import fold
from haidang.directives.papers.signing import head_of
from haidang.documents.letters import letter
from haidang.documents.report import Paragraph, Report
from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.meetings.words import day as day_words

FORM = "thong-bao-ket-luan"
TYPE = "TB"
SIMULATED = "Dữ liệu mô phỏng"


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as the notice says it."""

    text: str
    lead: str
    coops: tuple[str, ...] = ()
    project: str = ""
    product: str = ""
    due: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What a notice is made of; kept, so that the paper can be made again."""

    agency: Letterhead
    number: str = ""
    """With its symbol: "12/TB-VP"; absent until it is given."""
    issued_on: date
    made_at: datetime
    leader: str
    meeting: str
    held_on: date
    venue: str = ""
    assessment: tuple[str, ...] = ()
    decisions: tuple[Decided, ...]
    recipients: tuple[str, ...] = ()
    simulated: bool = False


def said(decision: Decided) -> str:
    """Return a decision as an item of the notice.

    "Giao Ban A chủ trì, phối hợp với Sở B: bàn giao mặt bằng; kết quả: biên bản; thời hạn: 05/12/2026."
    """
    with_whom = f" chủ trì, phối hợp với {listed(decision.coops)}" if decision.coops else ""
    text = decision.text[:1].lower() + decision.text[1:] if _plain(decision.text) else decision.text
    of = f" (dự án {decision.project})"
    known = not decision.project or fold(decision.project) in fold(text)
    parts = [f"Giao {decision.lead}{with_whom}: {text}{'' if known else of}"]
    parts += [f"kết quả: {decision.product}"] if decision.product else []
    parts += [f"thời hạn: {decision.due}"] if decision.due else []
    return "; ".join(parts) + "."


def _plain(text: str) -> bool:
    """Say whether a text begins with a word that is no name: one capital, and the next word without."""
    words = text.split()
    return len(words) > 1 and words[0][1:].islower() and words[0][:1].isupper() and not words[1][:1].isupper()


def listed(names: Sequence[str]) -> str:
    """Return "A, B và C"."""
    return " và ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def paper(notice: Notice) -> Report:
    """Return the notice as a paper by the form of letters."""
    digits, _, tail = notice.number.partition("/")
    return letter(
        FORM, head=notice.agency, number=digits, symbol=tail, day=notice.issued_on, made_at=notice.made_at,
        signer=head_of(notice.agency), recipients=notice.recipients,
        marks=(SIMULATED,) if notice.simulated else (),
        fields={
            "leader": notice.leader, "meeting": notice.meeting, "held_on": day_words(notice.held_on),
            "venue": notice.venue, "assessment": notice.assessment,
            "conclusions": tuple(said(each) for each in notice.decisions),
        },
    )  # fmt: skip


class Text(msgspec.Struct, frozen=True):
    """The text of a notice, and where each decision stands in it, without its number."""

    text: str
    spans: tuple[tuple[int, int], ...]


def text_of(notice: Notice) -> Text:
    """Return the paper's own words as the text of a document; the two never differ."""
    lines = [block.text for block in paper(notice).blocks if isinstance(block, Paragraph)]
    wanted = [f"{number}. {said(each)}" for number, each in enumerate(notice.decisions, 1)]
    spans: list[tuple[int, int]] = []
    at = 0
    for line in lines:
        if len(spans) < len(wanted) and line == wanted[len(spans)]:
            begin = at + len(f"{len(spans) + 1}. ")
            spans.append((begin, at + len(line.rstrip("."))))
        at += len(line) + 1
    if len(spans) != len(wanted):
        raise ValueError("a decision does not stand in the notice as it was written")
    return Text("\n".join(lines), tuple(spans))
