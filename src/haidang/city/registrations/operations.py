"""The operations a source may offer (GS CIM 009, 4.20) and which of them fits what we are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from haidang.city.items import Op

_READS = (
    "retrieveEntity", "queryEntity", "queryBatch", "retrieveEntityTypes", "retrieveEntityTypeDetails",
    "retrieveEntityTypeInfo", "retrieveAttrTypes", "retrieveAttrTypeDetails", "retrieveAttrTypeInfo",
)  # fmt: skip
_SUBSCRIPTIONS = (
    "createSubscription", "updateSubscription", "retrieveSubscription", "querySubscription",
    "deleteSubscription",
)  # fmt: skip
_MAPS = ("queryEntityMap", "createEntityMap", "retrieveEntityMap", "updateEntityMap", "deleteEntityMap")
_TEMPORAL = (
    "upsertTemporal", "appendAttrsTemporal", "deleteAttrsTemporal", "updateAttrInstanceTemporal",
    "deleteAttrInstanceTemporal", "deleteTemporal", "retrieveTemporal", "queryTemporal",
)  # fmt: skip
_CHANGES = (
    "updateEntity", "appendAttrs", "updateAttrs", "deleteAttrs", "mergeEntity", "replaceEntity",
    "replaceAttrs",
)  # fmt: skip
_BATCHES = ("createBatch", "upsertBatch", "updateBatch", "deleteBatch", "mergeBatch")

GROUPS: dict[str, frozenset[str]] = {
    "federationOps": frozenset((*_READS, *_SUBSCRIPTIONS, *_MAPS)),
    "updateOps": frozenset(("updateEntity", "updateAttrs", "replaceEntity", "replaceAttrs")),
    "retrieveOps": frozenset(("retrieveEntity", "queryEntity")),
    "redirectionOps": frozenset(
        ("createEntity", "deleteEntity", *_CHANGES, *(name for name in _READS if name != "queryBatch"))
    ),
}
"""Words that stand for several operations."""
DEFAULT = ("federationOps",)
"""What a registration without ``operations`` offers."""
NAMES: frozenset[str] = frozenset(
    ("createEntity", "deleteEntity", *_READS, *_SUBSCRIPTIONS, *_MAPS, *_TEMPORAL, *_CHANGES, *_BATCHES)
)

FITTING: dict[Op, tuple[str, ...]] = {
    Op.MERGE: ("mergeEntity",),
    Op.PATCH: ("updateEntity", "updateAttrs"),
    Op.APPEND: ("appendAttrs",),
    Op.APPEND_NEW: ("appendAttrs",),
    Op.ATTR_PATCH: ("updateAttrs",),
    Op.ATTR_REPLACE: ("replaceAttrs",),
}
"""What we are asked for about one entity, and the operations that fit it, the best first."""
FITTING_BATCH: dict[Op, tuple[str, ...]] = {
    Op.MERGE: ("mergeBatch", "mergeEntity"),
    Op.APPEND: ("updateBatch", "appendAttrs", "updateEntity", "updateAttrs"),
    Op.APPEND_NEW: ("updateBatch", "appendAttrs"),
}
"""The same in a batch (its update is asked of us as an append)."""
_WRITES = frozenset({"updateBatch", "mergeBatch"} | {name for names in FITTING.values() for name in names})


def expanded(operations: Iterable[str]) -> frozenset[str]:
    """Return single operations in place of the words for groups."""
    found: set[str] = set()
    for one in operations:
        found |= GROUPS.get(one, {one})
    return frozenset(found)


def fitting(offered: frozenset[str], op: Op, *, batch: bool) -> str | None:
    """Return the operation of a source that fits what is asked, None where it offers none."""
    wanted = (FITTING_BATCH if batch else FITTING).get(op, ())
    return next((name for name in wanted if name in offered), None)


def takes_changes(offered: frozenset[str]) -> bool:
    """Say whether a source takes any change that we forward, so that what it claims is not ours to write."""
    return not offered.isdisjoint(_WRITES)
