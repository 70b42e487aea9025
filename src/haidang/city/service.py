"""The city's front: one object that every door writes through, in the writer's process and in every other.

In the process that holds the writer's lock, orders go into the writer's queue. In another one they travel
over HTTP
to the holder (``/internal/v1/write``), whose address and secret stand in the database.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec
import structlog

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.disk import room_of, storage_full
from haidang.base.problems import FORBIDDEN, INTERNAL, TOO_LARGE, Problem
from haidang.base.settings import Settings
from haidang.city import declared, evolution, nulls
from haidang.city.contexts import Contexts
from haidang.city.follow import Follower
from haidang.city.forward import Forwarder, Order, Result, own_address
from haidang.city.intake import Intake
from haidang.city.items import Item, NewNames, Op, bad
from haidang.city.model import BAD_DATA, NO_TENANT, BatchResult, Group, Limits, Origin
from haidang.city.models.catalogue import site_models
from haidang.city.models.model import Mode
from haidang.city.models.watch import Look, Watch
from haidang.city.packs import site_packs
from haidang.city.projected import BEGINNINGS, refusal
from haidang.city.query.together import Together
from haidang.city.store import names, write
from haidang.city.terms import CORE, Context, Terms, compile_context
from haidang.city.writer.loop import Writer
from haidang.organisation.model import Principal

ATTRIBUTES_MAX = 50_000
"""Names a site can have; a sender that makes up names without end is stopped here."""
TYPES_MAX = 10_000
"""Types a site can have, combinations included."""
INTAKES_MAX = 64
"""Contexts whose names a process remembers between requests."""
_WAITING_FOR_LOCK_S = 1.0

_log = structlog.get_logger("haidang.city")


class City:
    """Entities, written durably. Open it once for each process."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self.db = db
        self.settings = settings
        self.clock = clock
        self.limits = Limits()
        self.terms = Terms(_site_context(settings.data_dir), settings.local_context_url)
        self.terms.lake = settings.data_dir / "history"
        self.terms.learn_by(lambda: names.learn(db.url, self.terms))
        self.contexts = Contexts(db, settings, clock, self.terms)
        """Contexts that others bring, host here or refer to."""
        self.together = Together(db, self.terms)
        """Where single entities are read."""
        self.models = Watch(
            db,
            clock,
            site_models(settings.data_dir),
            Mode.ACCEPT if settings.conformance else Mode(settings.model_validation),
            settings.model_checks_per_s,
        )
        """Holds what comes in against the data models."""
        self.room = room_of(settings)
        """The disk of the embedded database; while it is nearly full nothing new is taken."""
        self.exclusives: dict[tuple[int, str], tuple[Any, ...]] | None = None
        """What context sources hold, by (tenant, entity); None while they hold nothing."""
        self.writer: Writer | None = None
        self.secret = secrets.token_urlsafe(32)
        """What a forwarding process must show."""
        self._forwarder = Forwarder(db)
        self._follower: Follower | None = None
        self._intakes: OrderedDict[int, Intake] = OrderedDict()
        self._callbacks: list[Callable[[Group], None]] = []
        self._naming = asyncio.Lock()
        self._evolving = asyncio.Semaphore(evolution.AT_ONCE)
        self._try_again_at = 0.0

    @classmethod
    async def open(cls, db: Database, settings: Settings, clock: Clock) -> Self:
        """Open the city: as its writer if nobody else is, else forwarding to whoever is."""
        city = cls(db, settings, clock)
        async with db.transaction() as conn:
            await names.load(conn, city.terms)
        await city.models.start()
        writes = await city.became_writer()
        if writes:
            await declared.settle(db, city.terms, site_packs(settings.data_dir))
        await declared.learn(db, city.terms)
        if not writes:
            _log.info("another process writes; forwarding to it")
            city._follower = Follower(db, city.terms, city._callbacks)
            await city._follower.start()
        return city

    async def close(self) -> None:
        """Write what waits and let go of the lock."""
        if self.writer is not None:
            await self.writer.close()
        await self.models.close()
        if self._follower is not None:
            await self._follower.close()
        await self._forwarder.close()

    def subscribe(self, callback: Callable[[Group], None]) -> Callable[[], None]:
        """Call ``callback`` after every commit, in order; return what ends it. It must be quick and not
        raise.
        """
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def nudge(self) -> None:
        """Tell the writer that a room has put an event into the inbox."""
        if self.writer is not None:
            self.writer.nudge()

    async def upsert(
        self,
        principal: Principal,
        entities: Sequence[Mapping[str, Any]],
        *,
        origin: Origin | Sequence[Origin],
        tenant: str = "",
        replace: bool = False,
    ) -> BatchResult:
        """Create or update entities (normalized or concise NGSI-LD in the site's context), durably.

        One bad entity fails alone. ``replace``: attributes that are not sent vanish.
        """
        op = Op.UPSERT_REPLACE if replace else Op.UPSERT_UPDATE
        one = isinstance(origin, Origin)
        results: list[Result] = []
        for start in range(0, len(entities), self.limits.batch_entities):
            end = start + self.limits.batch_entities
            results += await self.order(
                principal,
                Order(
                    op=op,
                    tenant=tenant,
                    bodies=list(entities[start:end]),
                    origins=[origin] if one else list(origin[start:end]),  # type: ignore[list-item,index]
                ),
            )
        return batch_result(results)

    async def delete(self, principal: Principal, entity_id: str, *, tenant: str = "") -> Result:
        """Delete an entity; its history stays."""
        return await self.one(principal, Order(Op.DELETE, tenant, [None], entity_id=entity_id))

    async def place(
        self, principal: Principal, areas: Sequence[tuple[str, str]], *, tenant: str = ""
    ) -> BatchResult:
        """Give entities (by id) their area; nothing else of them changes."""
        if not areas:
            return BatchResult()
        order = Order(
            Op.PLACE,
            tenant,
            [{"id": id_} for id_, _ in areas],
            [Origin(0, area) for _, area in areas],
        )
        return batch_result(await self.order(principal, order))

    async def one(self, principal: Principal, order: Order) -> Result:
        """Carry out an order on one entity; raise its ``Problem``."""
        (result,) = await self.order(principal, order)
        if result.problem is not None:
            raise result.problem
        return result

    async def order(self, principal: Principal, order: Order) -> list[Result]:
        """Carry out an order durably and return what became of each body, in their order."""
        if len(order.bodies) > self.limits.batch_entities:
            most = self.limits.batch_entities
            raise Problem(
                TOO_LARGE, f"Mỗi lần gửi tối đa {most} thực thể.", f"At most {most} entities at a time."
            )
        if self.writer is None:
            if await self.became_writer():
                return await self.order(principal, order)
            return await self._forwarder.send(principal, order)
        if self.room.full:
            raise storage_full()
        tenant_id = await self._tenant(principal, order)
        context = self._context(order)
        looks: Sequence[Look] = ()
        if self.models.watching:
            looks = await self.models.look(tenant_id, order, context, self._at_hand)
        else:
            self.models.passed_by += len(order.bodies)
        items = await self._items(self.intake(context), tenant_id, order)
        for item in items:
            if item.problem is None and item.id.startswith(BEGINNINGS):
                item.problem = refusal(principal, item.id)
        if looks:
            self.models.settle(looks, items)
        good = [item for item in items if item.problem is None]
        if good and order.op >= Op.TEMPORAL_UPSERT:
            await self._evolve(principal, good[0])
        elif good:
            await self.writer.submit(principal, good)
        return [self._result(item, order) for item in items]

    async def _evolve(self, principal: Principal, item: Item) -> None:
        """Write history in parts, so that nobody waits behind much of it; each part is harmless to repeat."""
        assert self.writer is not None  # noqa: S101 - the caller looked
        first, *others = evolution.parts(item)
        if not others:
            await self.writer.submit(principal, [first])
            return
        async with self._evolving:
            await self.writer.submit(principal, [first])
            for part in others:
                if item.problem is None:
                    await self.writer.submit(principal, [part])
                    item.changed |= part.changed
                    item.problem = part.problem

    def _at_hand(self, tenant_id: int, id_: str) -> tuple[tuple[str, ...], Origin] | None:
        entity = self.writer.at_hand(tenant_id, id_) if self.writer is not None else None
        return None if entity is None else (self.terms.type_names(entity.type_id), entity.origin)

    async def _items(self, intake: Intake, tenant_id: int, order: Order) -> list[Item]:
        """Read the bodies and let go of each: what waits for the writer then fits the processor's cache."""
        bodies, order.bodies = order.bodies, []
        origins = order.origins
        one = len(origins) == 1
        whole = order.op in _WHOLE and order.entity_id is None
        items: list[Item] = []
        for place in range(len(bodies)):
            body, bodies[place] = bodies[place], None
            intake.latest_us = order.latest_us  # whoever was awaited for may have set another
            try:
                item = (
                    intake.entity(order.op, tenant_id, body)
                    if whole
                    else _read(intake, tenant_id, order, body)
                )
            except Exception:  # new names, or a fault: both are looked at again with care
                item = await self._item(intake, tenant_id, order, body)
            if origins:
                item.origin = origins[0 if one else place]
            items.append(item)
        return items

    def intake(self, context: Context | None = None) -> Intake:
        """Return the reader of bodies in a context; it remembers names it has met."""
        context = context or self.terms.context
        found = self._intakes.get(id(context))  # an intake holds its context, so the id stays its own
        if found is None:
            found = self._intakes[id(context)] = Intake(
                self.terms, self.limits, context, own=context is self.terms.context or context is CORE
            )
            if len(self._intakes) > INTAKES_MAX:
                self._intakes.popitem(last=False)
        else:
            self._intakes.move_to_end(id(context))
        return found

    def _context(self, order: Order) -> Context | None:
        if order.context:
            return self.contexts.compile(order.context)
        return CORE if order.core_context else None

    async def tenant_id(self, name: str) -> int:
        """Return the number of a tenant; ``Problem`` (nonexistent-tenant) where there is none."""
        number = self.terms.tenants.get(name)
        if number is None:
            async with self.db.transaction() as conn:
                await names.load(conn, self.terms)
            number = self.terms.tenants.get(name)
        if number is None:
            raise Problem(NO_TENANT, f"Không có không gian “{name}”.", f"There is no tenant {name!r}.")
        return number

    async def made_tenant(self, principal: Principal, name: str) -> int:
        """Return the number of a tenant, made where there is none and the asker may administer tenants."""
        return await self._tenant(principal, Order(Op.CREATE, name, []))

    async def _tenant(self, principal: Principal, order: Order) -> int:
        try:
            return self.terms.tenants.get(order.tenant) or (
                0 if not order.tenant else await self.tenant_id(order.tenant)
            )
        except Problem:
            if order.op not in (Op.CREATE, Op.UPSERT_REPLACE, Op.UPSERT_UPDATE, Op.TEMPORAL_UPSERT):
                raise
        # A tenant is of the whole site, so the right within one agency does not do.
        if not self.settings.conformance and not principal.everywhere("tenant.administer"):
            raise Problem(
                FORBIDDEN,
                f"Không gian “{order.tenant}” chưa có; tạo mới cần quyền quản trị không gian của toàn trang.",
                f"There is no tenant {order.tenant!r}; making it needs tenant.administer of the whole site.",
            )
        async with self._naming, self.db.transaction() as conn:
            if len(self.terms.tenants) > self.settings.tenants_max:  # the default one is not counted
                most = self.settings.tenants_max
                raise Problem(
                    FORBIDDEN, f"Đã có {most} không gian dữ liệu.", f"There are {most} tenants already."
                )
            return await names.make_tenant(conn, self.terms, order.tenant)

    async def _item(self, intake: Intake, tenant_id: int, order: Order, body: Any) -> Item:
        for _ in range(4):
            try:
                intake.latest_us = order.latest_us
                return _read(intake, tenant_id, order, body)
            except NewNames as new:
                try:
                    await self.intern(intake, new, body)
                except Problem as problem:
                    return _failed(order, tenant_id, body, problem)
                continue
            except Problem as problem:
                return _failed(order, tenant_id, body, problem)
            except RecursionError:
                return _failed(order, tenant_id, body, bad("Lồng quá sâu.", "Nested too deeply."))
            except Exception:  # a fault of ours in reading one entity must not cost the others of its batch
                _log.exception("an entity could not be read")
                return _failed(order, tenant_id, body, Problem(INTERNAL))
        return _failed(order, tenant_id, body, Problem(BAD_DATA))

    async def intern(self, intake: Intake, new: NewNames, body: Any) -> None:
        """Give new names of a body their numbers; ``Problem`` where there are too many."""
        more = intake.names(body)
        wanted = new.attributes | (more.attributes if more else set())
        if len(wanted) > self.limits.attributes:  # before they are kept for ever
            raise bad("Quá nhiều thuộc tính.", "Too many attributes.")
        if len(self.terms.attr_ids) + len(wanted) > ATTRIBUTES_MAX:
            raise bad("Đã có quá nhiều tên thuộc tính.", "This site has too many attribute names already.")
        if new.types and len(self.terms.type_ids) + len(new.types) > TYPES_MAX:
            raise bad("Đã có quá nhiều kiểu thực thể.", "This site has too many types already.")
        async with self._naming:
            async with self.db.transaction() as conn:
                await names.intern_attributes(conn, self.terms, wanted)
            if new.types:
                async with self.db.transaction() as conn:
                    await names.intern_type(conn, self.terms, new.types)

    async def became_writer(self) -> bool:
        """Take the writer's lock if it is free; tried at most once a second."""
        now = asyncio.get_running_loop().time()
        if now < self._try_again_at:
            return False
        self._try_again_at = now + _WAITING_FOR_LOCK_S
        writer = Writer(
            self.db,
            self.clock,
            self.terms,
            queue_limit=self.settings.queue_limit_entities,
            group_limit=self.settings.group_limit_entities,
            last_wins=self.settings.conformance,
            room=self.room,
            keysets_max=self.settings.keysets_max,
        )
        writer.callbacks = self._callbacks
        writer.lost = self._overtaken
        if not await writer.start():
            return False
        async with self.db.transaction() as conn:
            await write.announce(conn, own_address(self.settings, conn), self.secret)
        if self._follower is not None:
            await self._follower.close()
            self._follower = None
        self.writer = writer
        return True

    def _overtaken(self) -> None:
        """Another process writes now: forward to it, and tell what it writes from where we stopped."""
        if self.writer is not None:
            self._follower = Follower(self.db, self.terms, self._callbacks)
            self._follower.follow(self.writer.head)
            self.writer = None

    def _result(self, item: Item, order: Order) -> Result:
        if not item.not_updated:
            return Result(item.id, item.created, item.changed, item.problem, (), item.warnings)
        context = self._context(order)
        return Result(
            id=item.id,
            created=item.created,
            changed=item.changed,
            problem=item.problem,
            not_updated=tuple(
                (self.terms.attr_name(int(key), context), reason) for key, reason in item.not_updated
            ),
            warnings=item.warnings,
        )


_WHOLE = frozenset({Op.CREATE, Op.UPSERT_REPLACE, Op.UPSERT_UPDATE})
"""What is read as a whole entity; a device's measurements come so."""


def batch_result(results: Sequence[Result]) -> BatchResult:
    """Sum up what became of a batch."""
    good = [one for one in results if one.problem is None]
    return BatchResult(
        created=tuple(one.id for one in good if one.created),
        updated=tuple(one.id for one in good if one.changed and not one.created),
        unchanged=tuple(one.id for one in good if not one.changed),
        failed=tuple(
            (place, one.id, one.problem) for place, one in enumerate(results) if one.problem is not None
        ),
    )


def _read(intake: Intake, tenant_id: int, order: Order, body: Any) -> Item:
    if order.op is Op.DELETE:
        return intake.delete(tenant_id, order.entity_id or str(body))
    if order.op is Op.ATTR_DELETE:
        return intake.delete_attribute(
            tenant_id,
            order.entity_id or "",
            order.attribute,
            order.dataset,
            all_instances=order.all_instances,
        )
    if order.op in (Op.ATTR_PATCH, Op.ATTR_REPLACE):
        item = intake.fragment(order.op, tenant_id, order.entity_id or "", order.attribute, body)
        if order.dataset is not None and item.dataset is None and item.partial:
            for fragment in item.partial[item.attribute]:
                fragment["d"] = order.dataset
        return item
    if order.op is Op.PLACE:
        return Item(Op.PLACE, tenant_id, body["id"])
    if order.op in (Op.TEMPORAL_UPSERT, Op.TEMPORAL_APPEND):
        return evolution.read(intake, order.op, tenant_id, body, order.entity_id)
    read = nulls.entity if order.op is Op.PATCH else Intake.entity
    return read(intake, order.op, tenant_id, body, order.entity_id)


def _failed(order: Order, tenant_id: int, body: Any, problem: Problem) -> Item:
    id_ = order.entity_id or (body.get("id") if isinstance(body, dict) else body)
    item = Item(order.op, tenant_id, id_ if isinstance(id_, str) else "")
    item.problem = problem
    return item


def _site_context(data_dir: Path) -> Context:
    """Compile the pinned local context ``<data_dir>/context.jsonld``, if the site has one."""
    path = data_dir / "context.jsonld"
    if not path.is_file():
        return CORE
    return compile_context(msgspec.json.decode(path.read_bytes(), type=dict[str, Any]))


async def site_terms(conn: Connection, settings: Settings) -> Terms:
    """Return the site's names as the database has them, for a command that opens no city."""
    terms = Terms(_site_context(settings.data_dir), settings.local_context_url)
    terms.lake = settings.data_dir / "history"
    await names.load(conn, terms)
    return terms
