"""Use case: bring the tree of agencies to what a file says. Repeating it changes nothing."""

from __future__ import annotations

import msgspec

from haidang.base.database import Connection
from haidang.organisation.chain import audit
from haidang.organisation.model import Org, OrgSuccession
from haidang.organisation.org_file import Node, OrgFile
from haidang.organisation.org_names import name_key
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.organisation.store import orgs as store


class Imported(msgspec.Struct, frozen=True):
    """What an import did."""

    added: int
    changed: int
    successions: int
    ids: dict[str, int]
    """Key in the file → id of the agency."""


async def import_orgs(connection: Connection, principal: Principal, found: OrgFile) -> Imported:
    """Add the agencies of a file, and change those that stand at the same place under the same name.

    A file with one agency at the top describes the site's root: it takes the file's name. Several go under
    the root. Nothing is ever taken away. Needs ``org.manage`` over the root.
    """
    root = await store.root(connection)
    if root is None:
        raise missing("Chưa có cơ quan gốc.", "There is no root agency yet.")
    principal.require("org.manage", org_id=root.id)
    counts = {"added": 0, "changed": 0}
    ids: dict[str, int] = {}
    if len(found.orgs) == 1:
        top = found.orgs[0]
        await _bring(connection, root, top, counts)
        _remember(ids, top, root.id)
        nodes, parent = top.children, root.id
    else:
        nodes, parent = found.orgs, root.id
    await _under(connection, parent, nodes, counts, ids)
    for step in found.successions:
        await store.add_succession(
            connection,
            OrgSuccession(
                old_id=ids[step.old],
                new_id=ids[step.new] if step.new else None,
                on_date=step.since,
                kind=step.kind,
                scope=step.scope,
                legal_basis=step.legal_basis,
            ),
        )
    done = Imported(counts["added"], counts["changed"], len(found.successions), ids)
    if done.added or done.changed:
        await audit(connection, principal, "org.import", f"org:{root.id}", counts, org_id=root.id)
    return done


async def _under(
    connection: Connection,
    parent_id: int,
    nodes: tuple[Node, ...],
    counts: dict[str, int],
    ids: dict[str, int],
) -> None:
    parent = await store.get(connection, parent_id)
    there = {name_key(each.name): each for each in await store.children(connection, parent_id)}
    for node in nodes:
        org = there.get(name_key(node.name))
        if org is None:
            org_id = await store.insert(
                connection,
                parent=parent,
                name=node.name,
                short_name=node.short_name,
                kind=node.kind,
                area_code=node.area_code,
                valid_from=node.valid_from,
                valid_to=node.valid_to,
                aliases=node.other_names(),
            )
            counts["added"] += 1
        else:
            await _bring(connection, org, node, counts)
            org_id = org.id
        _remember(ids, node, org_id)
        await _under(connection, org_id, node.children, counts, ids)


async def _bring(connection: Connection, org: Org, node: Node, counts: dict[str, int]) -> None:
    wanted = msgspec.structs.replace(
        org,
        name=node.name,
        short_name=node.short_name,
        kind=node.kind,
        area_code=node.area_code or org.area_code,
        valid_from=node.valid_from,
        valid_to=node.valid_to,
        aliases=tuple(sorted(node.other_names(), key=lambda each: each.text)),
    )
    if wanted != msgspec.structs.replace(org, aliases=tuple(sorted(org.aliases, key=lambda each: each.text))):
        await store.update(connection, wanted)
        counts["changed"] += 1


def _remember(ids: dict[str, int], node: Node, org_id: int) -> None:
    if node.key:
        ids[node.key] = org_id
