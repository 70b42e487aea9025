"""``haidang user``: accounts from the command line, for whoever can reach the data folder."""

from __future__ import annotations

import asyncio

import click

from haidang.base.clock import SystemClock
from haidang.base.database import Connection
from haidang.base.errors import OperatorError
from haidang.base.opening import opened
from haidang.base.settings import Settings, load_settings
from haidang.cli.work import run


@click.group()
def user() -> None:
    """Accounts and the first administrator."""


@user.command("list")
def list_users() -> None:
    """List all accounts with their agency and roles."""

    async def work(connection: Connection, _: Settings) -> list[str]:
        from haidang.organisation.permissions import system  # noqa: PLC0415 - lazy commands
        from haidang.organisation.service.accounts import list_accounts, list_grants  # noqa: PLC0415
        from haidang.organisation.store import orgs  # noqa: PLC0415

        principal = system("cli")
        lines: list[str] = []
        for account in await list_accounts(connection, principal, limit=100_000):
            grants = await list_grants(connection, principal, account.id)
            org = await orgs.get(connection, account.org_id)
            state = "" if account.active else " (đã khóa / closed)"
            roles = ", ".join(grant.role for grant in grants) or "—"
            lines.append(
                f"{account.username}\t{account.display_name}\t{org.name if org else '—'}\t{roles}{state}"
            )
        return lines

    for line in run(work):
        click.echo(line)


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Name to show, e.g. “Nguyễn Văn An”.")
@click.option("--org", help="Agency by name or abbreviation; the root where left out.")
@click.option("--role", default="viewer", show_default=True, help="Role over that agency.")
def add_user(username: str, name: str, org: str | None, role: str) -> None:
    """Add an account and print the one-time link by which its owner sets a password."""

    async def work(connection: Connection, settings: Settings) -> str:
        from haidang.organisation import resolve_org, root_org  # noqa: PLC0415 - lazy commands
        from haidang.organisation.model import Grant  # noqa: PLC0415
        from haidang.organisation.permissions import system  # noqa: PLC0415
        from haidang.organisation.service.accounts import NewAccount, add_account, add_grant  # noqa: PLC0415
        from haidang.organisation.service.areas import today_of  # noqa: PLC0415

        clock, principal = SystemClock(), system("cli")
        chosen = await (resolve_org(connection, org, today_of(clock)) if org else root_org(connection))
        new = NewAccount(username=username, display_name=name, org_id=chosen.id)
        found = await add_account(connection, clock, principal, new)
        over = None if chosen.parent_id is None else chosen.id
        await add_grant(connection, clock, principal, found.account.id, Grant(role, over))
        return f"{settings.address}/set-password?token={found.link_token}"

    click.echo(run(work))


@user.command("password-link")
@click.argument("username")
def password_link(username: str) -> None:
    """End an account's sessions and print a new one-time link to set its password."""

    async def work(connection: Connection, settings: Settings) -> str:
        from haidang.organisation.permissions import system  # noqa: PLC0415 - lazy commands
        from haidang.organisation.service.accounts import link_without_asking  # noqa: PLC0415

        token = await link_without_asking(connection, SystemClock(), system("cli"), username)
        return f"{settings.address}/set-password?token={token}"

    click.echo(run(work))


@user.command("first-administrator")
def first_administrator() -> None:
    """Print a new one-time link to make the first administrator, while there is none."""
    from haidang.organisation.service import first_administrator_link  # noqa: PLC0415 - lazy commands

    async def work() -> str | None:
        settings = load_settings()
        async with opened(settings) as db:
            return await first_administrator_link(db, settings.address)

    link = asyncio.run(work())
    if link is None:
        raise OperatorError(
            "Đã có quản trị viên. Dùng: haidang user password-link TÊN",
            "There is an administrator already. Use: haidang user password-link USERNAME",
        )
    click.echo(link)
