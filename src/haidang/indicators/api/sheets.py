"""Routes of forms as workbooks: out, compared when they come back, taken when approved."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.indicators.api.register import ROOT
from haidang.indicators.api.submissions import ONE
from haidang.indicators.service import sheets
from haidang.indicators.service.desk import desk_of
from haidang.indicators.service.sheets import Approved
from haidang.indicators.service.submissions import ROWS_MAX
from haidang.organisation.permissions import Principal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Application(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The approved rows of a workbook."""

    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    rows: Annotated[tuple[Approved, ...], msgspec.Meta(max_length=ROWS_MAX)]
    submit_version: int | None = None
    """Hand the form in as well, where it is still the version that was seen."""


@get(
    ONE + "/workbook",
    opt={"permission": "indicator.submit"},
    tags=["indicators"],
    summary="A form as a workbook",
)
async def export(
    submission_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return a form of a unit and a period to be filled in, with hidden keys and the revisions it shows."""
    async with db.transaction() as connection:
        content, name = await sheets.export(connection, desk_of(settings, clock), principal, submission_id)
    return Response(content, media_type=XLSX, headers=press.headers(name, "xlsx"))


@post(
    ROOT + "/workbooks/compare", opt={"permission": "indicator.submit"}, tags=["indicators"],
    summary="What a filled workbook would change", status_code=200,
)  # fmt: skip
async def compare(
    *, request: Asked, db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> Any:
    """Return the diff of a workbook (the body): changed, unchanged, conflicts, refused cells; writes
    nothing."""
    content = await request.body()
    file = await sheets.reading(content)
    async with db.transaction() as connection:
        return await sheets.compared(connection, principal, file, content)


@post(
    ONE + "/workbook", opt={"permission": "indicator.submit"}, tags=["indicators"],
    summary="Take the approved rows of a workbook", status_code=200,
)  # fmt: skip
async def apply(
    *,
    request: Asked,
    key: Key,
    submission_id: FromPath[int],
    data: JSONBody[Application],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write the approved rows, all or none, each against the revision that was seen; hand in where asked."""

    async def work(connection: Connection) -> Any:
        return await sheets.apply(
            connection, desk_of(settings, clock), principal, submission_id, rows=data.rows,
            sha256=data.sha256,
            submit_version=data.submit_version,
        )  # fmt: skip

    return await write(request, db, principal.id, key, work)


ROUTES = (export, compare, apply)
