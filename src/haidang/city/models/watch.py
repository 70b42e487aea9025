"""Looking at entities as they come in: how strictly, within which budget, and what was found so far.

:meth:`Watch.look` is called once for each order, before its bodies are read; where no type is watched it is
not called at all. Bodies of types in ``reject`` are all looked at; of the others as many a second as the
budget allows, spread over the batch, and the counts say of how many. What is found is summed up in memory and
written every :data:`TEND_S` seconds, together with a look at what was chosen elsewhere meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
import structlog

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.problems import Fault, Problem, kind
from haidang.city.forward import Order
from haidang.city.items import Item, Op
from haidang.city.model import Origin
from haidang.city.models import store
from haidang.city.models.catalogue import Catalogue
from haidang.city.models.model import Mode
from haidang.city.models.rules import NO_MODEL, UNIT, Finding
from haidang.city.models.store import Chosen, Owner, Seen, Violation
from haidang.city.terms import Context, is_uri

MODEL_VIOLATION = kind(
    "model-violation",
    400,
    "Không đúng mô hình dữ liệu của kiểu",
    "It does not fit the data model of its type",
)
TEND_S = 5.0
REST_S = 0.25
"""How long nobody looks once the budget is spent; what it gains meanwhile is then spent at once."""
PENDING_MAX = 5_000
"""Kinds of violations kept in memory between two writings; further ones are not counted."""
OTHERS = "*"
"""Stands for all attributes that the model does not name (only their units are looked at)."""
NAMED_MAX = 3
"""Faults of one entity that a warning header names."""
WHOLE = frozenset({Op.CREATE, Op.REPLACE, Op.UPSERT_REPLACE})
"""What states a whole entity, so that what is missing is missing."""
_FRAGMENT = frozenset({Op.ATTR_PATCH, Op.ATTR_REPLACE})
_NOTHING = frozenset({Op.DELETE, Op.ATTR_DELETE, Op.PLACE})
PERSONAL = frozenset(
    {
        "email", "telephone", "familyName", "givenName", "additionalName", "isMadeBy", "license_plate",
        "vehiclePlateIdentifier", "vehicleIdentificationNumber", "observedVehicle", "deviceSimNumber",
    }
)  # fmt: skip
"""Attributes whose values are about a person: an example never shows them."""

_log = structlog.get_logger("haidang.city.models")

Known = Callable[[int, str], tuple[tuple[str, ...], Origin] | None]
"""(tenant, id) to the types and the origin of an entity, where it is at hand."""


class Look(NamedTuple):
    """One body that was looked at."""

    place: int
    """In its order."""
    types: tuple[str, ...]
    origin: Origin
    findings: tuple[tuple[Finding, ...], ...]
    """For each of the types."""


class _Asked(NamedTuple):
    """What all bodies of an order share."""

    tenant_id: int
    order: Order
    context: Context | None
    known: Known


class Watch:
    """Holds the models of a site against what comes in."""

    def __init__(
        self, db: Database, clock: Clock, catalogue: Catalogue, default: Mode, checks_per_s: int
    ) -> None:
        self.catalogue = catalogue
        self.default = default
        self.chosen: dict[str, Chosen] = {}
        self.watching = False
        """False: no type is watched, or the budget is spent for now; nobody needs to call :meth:`look`."""
        self.looked_at = 0
        """Entities since the start of this process."""
        self.passed_by = 0
        """Entities at which nobody looked since then."""
        self._db = db
        self._clock = clock
        self._rate = checks_per_s
        self._allowance = float(checks_per_s)
        self._since = 0.0
        self._turn = 0
        self._names: dict[str, str] = {}
        self._strict: frozenset[str] = frozenset()
        self._seen: dict[tuple[str, Owner], list[int]] = {}
        self._found: dict[tuple[str, str, str, Owner], Violation] = {}
        self._task: asyncio.Task[None] | None = None
        self._rest: asyncio.TimerHandle | None = None
        for model in catalogue.models.values():
            if model.iri:
                self._names[model.iri] = model.type
        self._apply({})

    async def start(self) -> None:
        """Read what was chosen, and keep an eye on it until :meth:`close`."""
        await self.reload()
        self._task = asyncio.create_task(self._tend())

    async def close(self) -> None:
        """Write what is still in memory."""
        if self._rest is not None:
            self._rest.cancel()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    def mode(self, type_name: str) -> Mode:
        """Return how strictly a type is held to its model: as chosen, else as its pack and the site say."""
        chosen = self.chosen.get(type_name)
        return chosen.mode if chosen else self.catalogue.declared_mode(type_name) or self.default

    def check(self, type_name: str, body: Mapping[str, Any], *, whole: bool = True) -> list[Fault]:
        """Return what does not fit the model of a type; nothing where there is none."""
        rules = self.catalogue.rules(type_name) or NO_MODEL
        return [finding.fault for finding in rules.check(body, whole=whole)]

    async def look(self, tenant_id: int, order: Order, context: Context | None, known: Known) -> list[Look]:
        """Look at the bodies of an order as far as modes and budget ask for it.

        What follows from it says :meth:`settle`, once the bodies are read.
        """
        if order.op in _NOTHING:
            return []
        places: Sequence[int] = self._places(len(order.bodies))
        asked = _Asked(tenant_id, order, context, known)
        if self._strict:
            asked = asked._replace(known=await self._remembering(tenant_id, order, known))
            places = sorted({*places, *self._musts(asked)})
        found: list[Look] = []
        for place in places:
            body = order.bodies[place]
            if type(body) is not dict:
                continue
            try:
                found += self._look(asked, place, body)
            except RecursionError:
                continue  # nested without end: whoever reads it refuses it
            except Exception:  # a fault of ours in looking must not cost the sender a write
                _log.exception("an entity could not be held against its model")
        self.looked_at += len(places)
        self.passed_by += len(order.bodies) - len(places)
        if self._allowance < 1 and not self._strict and self._rest is None:
            # Nothing left: not even to be asked costs anything until there is something again.
            self.watching = False
            self._rest = asyncio.get_running_loop().call_later(REST_S, self._resume)
        return found

    def settle(self, looks: Sequence[Look], items: Sequence[Item]) -> None:
        """Count what was found in bodies that can be read at all; warn the sender, or refuse the entity."""
        for look in looks:
            item = items[look.place]
            if item.problem is not None:
                continue
            faults: list[Fault] = []
            warnings: list[str] = []
            for name, findings in zip(look.types, look.findings, strict=True):
                strict = name in self._strict and any(one.reason != UNIT for one in findings)
                if name in self.catalogue.models:
                    self._count(name, look.origin, item.id, findings, refused=strict)
                warnings += [f"{item.id}: {one.fault.field}: {one.fault.en}" for one in findings[:NAMED_MAX]]
                if strict:
                    faults += [one.fault for one in findings]
            if faults:
                item.problem = _refusal(look.types, faults)
            else:
                item.warnings += tuple(warnings)

    async def reload(self) -> None:
        """Read what was chosen at run time."""
        async with self._db.transaction() as conn:
            self._apply(await store.modes(conn))

    async def flush(self) -> None:
        """Write what was found since the last time."""
        if not self._seen:
            return
        seen, self._seen = self._seen, {}
        found, self._found = self._found, {}
        rows = [
            Seen(name, owner, checked, faulty) for (name, owner), (checked, faulty) in sorted(seen.items())
        ]
        async with self._db.transaction() as conn:
            await store.add_seen(conn, rows, self._clock.now())
            if found:
                await store.add_violations(conn, [found[key] for key in sorted(found)])

    def _apply(self, chosen: dict[str, Chosen]) -> None:
        self.chosen = chosen
        modes = {name: self.mode(name) for name in self.catalogue.models}
        self._strict = frozenset(name for name, mode in modes.items() if mode is Mode.REJECT)
        wanted = self.default is not Mode.ACCEPT or any(one is not Mode.ACCEPT for one in modes.values())
        self.watching = wanted and (self._rest is None or bool(self._strict))

    def _resume(self) -> None:
        self._rest = None
        self._apply(self.chosen)

    def _places(self, count: int) -> Sequence[int]:
        """Return which bodies the budget lets us look at, spread evenly, beginning elsewhere each time."""
        now = asyncio.get_running_loop().time()
        self._allowance = min(self._rate, self._allowance + (now - self._since) * self._rate)
        self._since = now
        take = min(count, int(self._allowance))
        self._allowance -= take
        if take == count:
            return range(count)
        self._turn += 1
        return sorted({(self._turn + part * count // take) % count for part in range(take)})

    async def _remembering(self, tenant_id: int, order: Order, known: Known) -> Known:
        """Return ``known``, with what the database says of entities whose type is neither told nor at hand.

        Only fragments of entities that were not written lately come here, and only while a type refuses.
        """
        ids = [
            order.entity_id or str(body.get("id"))
            for body in order.bodies
            if type(body) is dict and (order.op in _FRAGMENT or body.get("type") is None)
        ]
        good = [id_ for id_ in ids if is_uri(id_) and id_.isprintable()]
        missing = [id_ for id_ in good if known(tenant_id, id_) is None]
        if not missing:
            return known
        async with self._db.transaction() as conn:
            stored = await store.types_of(conn, tenant_id, missing)
        remembered = {
            id_: (tuple(map(self._last, iris.split())), Origin(org, area, sector))
            for id_, (iris, org, area, sector) in stored.items()
        }
        return lambda tenant, id_: known(tenant, id_) or remembered.get(id_)

    def _musts(self, asked: _Asked) -> set[int]:
        """Return the places of bodies whose type refuses what does not fit."""
        return {
            place
            for place, body in enumerate(asked.order.bodies)
            if type(body) is dict and not self._strict.isdisjoint(self._types(asked, body)[0])
        }

    def _look(self, asked: _Asked, place: int, body: dict[str, Any]) -> Iterator[Look]:
        order = asked.order
        types, origin = self._types(asked, body)
        types = tuple(name for name in types if self.mode(name) is not Mode.ACCEPT)
        if not types:
            return
        plain: dict[str, Any] = msgspec.to_builtins(body)  # a batch comes with structs among its attributes
        if order.op in _FRAGMENT:
            plain = {order.attribute: plain}
        if order.context or ":" in "".join(plain):
            plain = {self._own_word(asked, name): value for name, value in plain.items()}
        if origin is None:
            given = order.origins[place if len(order.origins) > 1 else 0] if order.origins else None
            origin = given or Origin(0)
        whole = order.op in WHOLE
        rules = [self.catalogue.rules(name) or NO_MODEL for name in types]
        yield Look(place, types, origin, tuple(tuple(one.check(plain, whole=whole)) for one in rules))

    def _types(self, asked: _Asked, body: dict[str, Any]) -> tuple[tuple[str, ...], Origin | None]:
        """Return the types of an entity by the models' names, and its origin where it is known."""
        id_ = asked.order.entity_id or body.get("id")
        at_hand = asked.known(asked.tenant_id, id_) if type(id_) is str else None
        told = None if asked.order.op in _FRAGMENT else body.get("type")
        if told is None:
            return at_hand or ((), None)
        names = told if type(told) is list else [told]
        types = tuple(self._own_word(asked, one) for one in names if type(one) is str)
        return types, at_hand[1] if at_hand else None

    def _own_word(self, asked: _Asked, term: str) -> str:
        """Return the models' name for a term: the end of the name that the sender's context gives it."""
        if not asked.order.context and ":" not in term:
            return term
        return self._last(asked.context.expand(term) if asked.context is not None else term)

    def _last(self, iri: str) -> str:
        return self._names.get(iri) or iri.replace("#", "/").rpartition("/")[2]

    def _count(
        self, name: str, origin: Origin, id_: str, findings: Sequence[Finding], *, refused: bool
    ) -> None:
        owner = Owner(origin.owner_org, origin.area_code or "", origin.sector or "")
        counts = self._seen.setdefault((name, owner), [0, 0])
        counts[0] += 1
        if not findings:
            return
        counts[1] += 1
        now = self._clock.now()
        described = self.catalogue.attributes(name)
        for reason, fault in findings:
            key = (name, fault.field if fault.field in described else OTHERS, reason, owner)
            before = self._found.get(key)
            if before is None and len(self._found) >= PENDING_MAX:
                continue
            self._found[key] = Violation(
                *key,
                times=1 + (before.times if before else 0),
                refused=refused + (before.refused if before else 0),
                first_at=before.first_at if before else now,
                last_at=now,
                entity_id=id_,
                value=None if fault.field in PERSONAL else fault.value,
                vi=fault.vi,
                en=fault.en,
            )

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(TEND_S)
            try:
                await self.flush()
                await self.reload()
            except Exception:  # the database is away: what was found since is lost, writing goes on
                _log.warning("what did not fit the data models could not be written", exc_info=True)


def _refusal(types: tuple[str, ...], faults: list[Fault]) -> Problem:
    name = ", ".join(types)
    fields = ", ".join(dict.fromkeys(fault.field for fault in faults))
    return Problem(
        MODEL_VIOLATION,
        f"Thực thể không đúng mô hình {name}: {fields}.",
        f"The entity does not fit the model {name}: {fields}.",
        faults=tuple(faults),
    )
