"""What may be done with an incident: one table of acts, read by the service, the docs and the screen.

An act is open to a *part* (worker, commander, unit), in some states, and leads from each to one. Bodies are
tagged structs: ``{"act": "verify", "text": …}``. ``docs/incidents.md`` lists the same table; a test holds the
two together.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from haidang.incidents.model.incident import OPEN, Incident, LinkKind, Severity, State, Word
from haidang.incidents.model.tables import Facts

Part = Literal["worker", "commander", "unit"]
"""worker: ``incident.work`` over the owner · commander: ``incident.command`` over the owner, or the person
who commands this incident · unit: a worker, or ``incident.work`` over a unit that takes part."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Long = Annotated[str, msgspec.Meta(max_length=4_000)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Ref = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Ids = Annotated[tuple[int, ...], msgspec.Meta(max_length=100)]


class LinkTo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What belongs to an incident: the number of an alert, incident or report, the id of an entity."""

    kind: LinkKind
    ref: Ref
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Acknowledge(_Act, frozen=True, kw_only=True, tag="acknowledge"):
    """Somebody on duty has seen it and takes it on."""


class Verify(_Act, frozen=True, kw_only=True, tag="verify"):
    """It is really so: seen on a camera, told by an officer of the commune, …"""

    text: Text
    by_means: Literal["camera", "officer", "caller", "sensor", "other"] = "other"


class Classify(_Act, frozen=True, kw_only=True, tag="classify"):
    """Kind and severity are decided; later again, as more is known. Absent: as the tables say.

    Another severity than the table's is the commander's to decide, with the reason.
    """

    kind: Word | None = None
    severity: Severity | None = None
    facts: Facts | None = None
    text: Long = ""
    """Why; needed where it is not the severity of the table."""


class Describe(_Act, frozen=True, kw_only=True, tag="describe"):
    """What and where it is, better known than at first; what is left out stays."""

    title: Title | None = None
    text: Text | None = None
    place: Annotated[str, msgspec.Meta(min_length=1, max_length=300)] | None = None
    location: tuple[float, float] | None = None
    """Longitude, latitude; the commune follows it where none is named."""
    area_code: Annotated[str, msgspec.Meta(min_length=1, max_length=20)] | None = None


class AssignCommander(_Act, frozen=True, kw_only=True, tag="assign_commander"):
    """Who commands from now on: a role, and the person where one is named."""

    role: Word
    account_id: int | None = None
    name: Name = ""
    text: Long = ""


class SetRole(_Act, frozen=True, kw_only=True, tag="set_role"):
    """Who fills a role besides the commander; neither person nor name: nobody any more."""

    role: Word
    account_id: int | None = None
    name: Name = ""


class Dispatch(_Act, frozen=True, kw_only=True, tag="dispatch"):
    """Send resources, or units without a registered one; each unit gets a task of it."""

    resource_ids: Ids = ()
    orgs: Ids = ()
    text: Long = ""


class OnScene(_Act, frozen=True, kw_only=True, tag="on_scene"):
    """Somebody has arrived; absent: whoever was sent."""

    resource_ids: Ids = ()
    text: Long = ""


class Contain(_Act, frozen=True, kw_only=True, tag="contain"):
    """It is under control."""

    text: Text


class Close(_Act, frozen=True, kw_only=True, tag="close"):
    """It is over; resources are free again."""

    text: Text


class Reject(_Act, frozen=True, kw_only=True, tag="reject"):
    """There was nothing, or it is not for us."""

    reason: Literal["false_alarm", "out_of_scope", "duplicate", "test", "other"]
    text: Text


class Merge(_Act, frozen=True, kw_only=True, tag="merge"):
    """It is the same as another one, which takes over links, resources and units."""

    into: int
    text: Long = ""


class Split(_Act, frozen=True, kw_only=True, tag="split"):
    """A part of it is something else: links and resources go with it."""

    title: Title
    text: Text
    kind: Word | None = None
    severity: Severity | None = None
    place: Annotated[str, msgspec.Meta(max_length=300)] = ""
    location: tuple[float, float] | None = None
    links: Annotated[tuple[LinkTo, ...], msgspec.Meta(max_length=200)] = ()
    resource_ids: Ids = ()


class Link(_Act, frozen=True, kw_only=True, tag="link"):
    """Something belongs to it."""

    links: Annotated[tuple[LinkTo, ...], msgspec.Meta(min_length=1, max_length=200)]


class Unlink(_Act, frozen=True, kw_only=True, tag="unlink"):
    """Something does not belong to it after all."""

    links: Annotated[tuple[LinkTo, ...], msgspec.Meta(min_length=1, max_length=200)]
    text: Long = ""


class Invite(_Act, frozen=True, kw_only=True, tag="invite"):
    """Further units take part: they see it and write into its log."""

    orgs: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=50)]
    text: Long = ""


class Escalate(_Act, frozen=True, kw_only=True, tag="escalate"):
    """The level above must know and decide."""

    to: Literal["head", "vice_chairman", "chairman"] = "head"
    text: Text


class Note(_Act, frozen=True, kw_only=True, tag="note"):
    """A word for the log; changes nothing else, so it asks for no version."""

    text: Text
    corrects: int | None = None
    """Number of the entry that it corrects."""


Act = (
    Acknowledge | Verify | Classify | Describe | AssignCommander | SetRole | Dispatch | OnScene | Contain
    | Close | Reject | Merge | Split | Link | Unlink | Invite | Escalate | Note
)  # fmt: skip


class Rule(msgspec.Struct, frozen=True):
    """Who may do an act, and where it leads from each state in which it may be done."""

    part: Part
    moves: dict[State, State]

    @property
    def states(self) -> frozenset[State]:
        """States in which it may be done."""
        return frozenset(self.moves)


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


def _to(to: State, *states: State) -> dict[State, State]:
    return dict.fromkeys(states, to)


_ALWAYS: tuple[State, ...] = (*OPEN, "closed", "rejected", "merged")

RULES: dict[str, Rule] = {
    "acknowledge": Rule("worker", _stay(*OPEN)),
    "verify": Rule("worker", _to("verified", "reported")),
    "classify": Rule("worker", _to("classified", "verified") | _stay("classified", "assigned", "contained")),
    "describe": Rule("worker", _stay(*OPEN)),
    "assign_commander": Rule("commander", _stay(*OPEN)),
    "set_role": Rule("commander", _stay(*OPEN)),
    "dispatch": Rule(
        "worker", _to("assigned", "classified") | _stay("reported", "verified", "assigned", "contained")
    ),
    "on_scene": Rule("unit", _stay("reported", "verified", "classified", "assigned")),
    "contain": Rule("worker", _to("contained", "classified", "assigned")),
    "close": Rule("commander", _to("closed", "contained")),
    "reject": Rule("worker", _to("rejected", "reported", "verified")),
    "merge": Rule("commander", _to("merged", *OPEN)),
    "split": Rule("commander", _stay(*OPEN)),
    "link": Rule("worker", _stay(*_ALWAYS)),
    "unlink": Rule("worker", _stay(*OPEN)),
    "invite": Rule("worker", _stay(*OPEN)),
    "escalate": Rule("worker", _stay(*OPEN)),
    "note": Rule("unit", _stay(*_ALWAYS)),
}


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def after(name: str, state: State, *, sent: bool) -> State:
    """Return the state an act leads to; what is classified while somebody is out already is assigned."""
    to = RULES[name].moves[state]
    return "assigned" if to == "classified" and sent else to


Hindrance = Literal["part", "state", "acknowledged", "nobody_sent"]


def hinders(name: str, incident: Incident, parts: frozenset[Part]) -> Hindrance | None:
    """Return what stands against an act, or None."""
    rule = RULES[name]
    if incident.state not in rule.moves:
        return "state"
    if rule.part not in parts:
        return "part"
    if name == "acknowledge" and incident.acknowledged_at is not None:
        return "acknowledged"
    if name == "on_scene" and incident.dispatched_at is None:
        return "nobody_sent"
    return None


def offered(incident: Incident, parts: frozenset[Part]) -> list[str]:
    """Return the acts that are open to the asker now, in the table's order; the service asks the same."""
    return [name for name in RULES if hinders(name, incident, parts) is None]
