"""What may be done with a task: one table of acts, read by the service, the docs and the screen.

An act is open to a *part* (assigner, lead, judge, office, party), in some states, and leads to one. Bodies
are tagged structs: ``{"act": "report", "text": …}``. ``docs/tasks.md`` lists the same table; a test holds
the two together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from haidang.tasks.model.due import Due
from haidang.tasks.model.task import DONE, OPEN, WORKED, State, Task

Part = Literal["assigner", "lead", "judge", "office", "party"]
"""assigner: ``task.assign`` over the assigning unit · lead: ``task.work`` over the lead unit · judge:
``task.accept`` over the assigning or monitoring unit, and not the lead itself · office: ``task.oversee`` over
the assigning unit · party: lead, or ``task.work`` over a cooperating unit."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Long = Annotated[str, msgspec.Meta(max_length=4_000)]


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Give(_Act, frozen=True, kw_only=True, tag="give"):
    """A draft goes to its lead unit; the clocks begin."""


class Receive(_Act, frozen=True, kw_only=True, tag="receive"):
    """The lead unit has seen it."""


class Assign(_Act, frozen=True, kw_only=True, tag="assign"):
    """A person within the lead unit takes it, or nobody in particular."""

    assignee: int | None


class Start(_Act, frozen=True, kw_only=True, tag="start"):
    """Work has begun; after a return, work goes on."""


class Progress(_Act, frozen=True, kw_only=True, tag="progress"):
    """How far it is, for the log and the list."""

    text: Text
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    file_sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")] = ""
    """Of the workbook it was read from."""


class Report(_Act, frozen=True, kw_only=True, tag="report"):
    """The result, with the product where the task names one."""

    text: Text
    product: Long = ""
    """Number and date of the document, or a link to data; or evidence is attached."""


class Accept(_Act, frozen=True, kw_only=True, tag="accept"):
    """The result is acknowledged (công nhận)."""

    text: Long = ""


class AcceptPartly(_Act, frozen=True, kw_only=True, tag="accept_partly"):
    """The result is acknowledged; a new task of the same lead carries the rest."""

    text: Text
    rest: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    due: Due


class Return(_Act, frozen=True, kw_only=True, tag="return"):
    """The result is not enough; the clock goes on as if nothing had been reported."""

    text: Text


class Close(_Act, frozen=True, kw_only=True, tag="close"):
    """An accepted task is filed; the clock does it when reopening is over."""


class Reopen(_Act, frozen=True, kw_only=True, tag="reopen"):
    """An accepted or closed task was not done after all; counted."""

    text: Text
    due: Due | None = None
    """A new current due; the original one stays what is counted against."""


class AskExtension(_Act, frozen=True, kw_only=True, tag="ask_extension"):
    """The lead asks for more time, before the end; afterwards it is for planning only and stays late."""

    text: Text
    due: Due
    document: Long = ""


class DecideExtension(_Act, frozen=True, kw_only=True, tag="decide_extension"):
    """The assigner decides what was asked; the third one is decided by the office."""

    granted: bool
    text: Long = ""


class SetDue(_Act, frozen=True, kw_only=True, tag="set_due"):
    """The assigner shortens or lengthens the due by itself, with the same record."""

    text: Text
    due: Due
    document: Long = ""


class RecordEvent(_Act, frozen=True, kw_only=True, tag="record_event"):
    """What the task waited for has come; its due can be counted."""

    happened_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    text: Text


class Review(_Act, frozen=True, kw_only=True, tag="review"):
    """A task without an end was looked at again; the next look is set."""

    text: Text
    review_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Suspend(_Act, frozen=True, kw_only=True, tag="suspend"):
    """The clock stands still for a reason that the policy lists."""

    reason: str
    text: Long = ""
    document: Long = ""


class Resume(_Act, frozen=True, kw_only=True, tag="resume"):
    """The clock goes on; the end moves by what the pause took."""

    text: Long = ""


class Cancel(_Act, frozen=True, kw_only=True, tag="cancel"):
    """No longer to be done."""

    text: Text
    document: Long = ""


class Transfer(_Act, frozen=True, kw_only=True, tag="transfer"):
    """Another unit leads from now on; answers a "not ours" too."""

    owner_org: int
    text: Text
    document: Long = ""


class Refuse(_Act, frozen=True, kw_only=True, tag="refuse"):
    """ "Not ours": once for each unit, with the legal ground."""

    ground: Text
    proposed_org: int | None = None


class Insist(_Act, frozen=True, kw_only=True, tag="insist"):
    """The "not ours" does not hold: the unit keeps it."""

    text: Text


Act = (
    Give | Receive | Assign | Start | Progress | Report | Accept | AcceptPartly | Return | Close | Reopen
    | AskExtension | DecideExtension | SetDue | RecordEvent | Review | Suspend | Resume | Cancel | Transfer
    | Refuse | Insist
)  # fmt: skip


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, from which states, and where it leads."""

    part: Part
    states: frozenset[State]
    to: State | None
    """None: the state stays (``resume`` and ``suspend`` say themselves)."""
    bulk: bool = False
    """May be done for many tasks at once (never extensions: each is a decision of its own)."""


_WORKED: frozenset[State] = frozenset(WORKED)  # type: ignore[arg-type]
_OPEN: frozenset[State] = frozenset(OPEN)  # type: ignore[arg-type]
_DONE: frozenset[State] = frozenset(DONE)  # type: ignore[arg-type]


def _in(*states: State) -> frozenset[State]:
    return frozenset(states)


RULES: dict[str, Rule] = {
    "give": Rule("assigner", _in("draft"), "new", bulk=True),
    "receive": Rule("lead", _in("new"), "received", bulk=True),
    "assign": Rule("lead", _WORKED, None, bulk=True),
    "start": Rule("lead", _in("new", "received", "returned"), "in_progress", bulk=True),
    "progress": Rule("party", _WORKED, None),
    "report": Rule("lead", _WORKED, "reported"),
    "accept": Rule("judge", _in("reported"), "accepted", bulk=True),
    "accept_partly": Rule("judge", _in("reported"), "accepted"),
    "return": Rule("judge", _in("reported"), "returned"),
    "close": Rule("judge", _in("accepted"), "closed", bulk=True),
    "reopen": Rule("judge", _DONE, "in_progress"),
    "ask_extension": Rule("lead", _WORKED, None),
    "decide_extension": Rule("judge", _WORKED | {"suspended"}, None),
    "set_due": Rule("assigner", _WORKED, None),
    "record_event": Rule("assigner", _WORKED, None),
    "review": Rule("assigner", _WORKED, None),
    "suspend": Rule("assigner", _WORKED, "suspended"),
    "resume": Rule("assigner", _in("suspended"), None),
    "cancel": Rule("assigner", _OPEN | {"draft"}, "cancelled"),
    "transfer": Rule("assigner", _WORKED, "new"),
    "refuse": Rule("lead", _in("new", "received"), None),
    "insist": Rule("assigner", _in("new", "received"), None),
}


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules ask beyond the row."""

    parts: frozenset[Part]
    """The parts in which the asker stands."""
    asker: str
    asker_org: int | None
    extension_open: bool = False
    refusal_open: bool = False
    refused_by_owner: bool = False
    """The present lead has said "not ours" once already."""
    refuse_until: datetime | None = None
    reopen_until: datetime | None = None
    pause_by_lead: bool = False
    """A suspended task's reason is one that the lead may set and end."""
    bounces_max: int = 2
    extensions_own: int = 2


def itself(task: Task, situation: Situation) -> bool:
    """Say whether the asker is the one whose work is judged: the reporter, or anybody of the lead unit.

    Where a unit gives work to itself (a sub-task), another of its people than the reporter judges.
    """
    if situation.asker == task.reported_by:
        return True
    return task.owner_org != task.assigner_org and situation.asker_org == task.owner_org


def offered(task: Task, situation: Situation, now: datetime) -> list[str]:
    """Return the acts that are open to the asker now, in the table's order; the service asks the same."""
    return [name for name in RULES if hinders(name, task, situation, now) is None]


Hindrance = Literal[
    "part", "state", "itself", "open_extension", "no_extension", "office", "refused_once", "refusal_final",
    "refusal_late", "no_refusal", "reopen_late", "no_event", "has_end",
]  # fmt: skip


def hinders(name: str, task: Task, situation: Situation, now: datetime) -> Hindrance | None:
    """Return what stands against an act, or None."""
    rule = RULES[name]
    if task.state not in rule.states:
        return "state"
    if not _stands(name, rule, situation):
        return "part"
    if rule.part == "judge" and name != "close" and itself(task, situation):
        return "itself"
    return _particular(name, task, situation, now)


def _stands(name: str, rule: Rule, situation: Situation) -> bool:
    if rule.part in situation.parts:
        return True
    if name == "suspend":
        return "lead" in situation.parts  # the reason decides, where it is known
    return name == "resume" and situation.pause_by_lead and "lead" in situation.parts


def _particular(name: str, task: Task, situation: Situation, now: datetime) -> Hindrance | None:  # noqa: PLR0911
    match name:
        case "ask_extension" if situation.extension_open:
            return "open_extension"
        case "ask_extension" | "set_due" if task.due_end is None and name == "ask_extension":
            return "no_event" if task.due.precision == "event" else "has_end"
        case "decide_extension" if not situation.extension_open:
            return "no_extension"
        case "decide_extension" if task.extensions >= situation.extensions_own:
            return None if "office" in situation.parts else "office"
        case "refuse":
            return _refusing(task, situation, now)
        case "transfer" if situation.refusal_open and task.bounces >= situation.bounces_max:
            return None if "office" in situation.parts else "office"
        case "insist" if not situation.refusal_open:
            return "no_refusal"
        case "insist" if task.bounces >= situation.bounces_max:
            return None if "office" in situation.parts else "office"
        case "reopen" if situation.reopen_until is not None and now >= situation.reopen_until:
            return "reopen_late"
        case "record_event" if task.due.precision != "event" or task.due.happened_on is not None:
            return "no_event"
        case "review" if task.due_end is not None:
            return "has_end"
    return None


def _refusing(task: Task, situation: Situation, now: datetime) -> Hindrance | None:
    if situation.refused_by_owner:
        return "refused_once"
    if task.bounces >= situation.bounces_max:
        return "refusal_final"
    if situation.refuse_until is not None and now >= situation.refuse_until:
        return "refusal_late"
    return None
