"""Whom the database server runs as: ourselves, or a service user where we are root.

PostgreSQL refuses to run as root, and rightly: so root starts it as ``haidang``, made on first need, or as an
existing unprivileged user where no user can be made.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from typing import Any

import msgspec

from haidang.base.postgres.error import PostgresError

SERVICE_USER = "haidang"
_FALLBACK_USER = "nobody"


class Account(msgspec.Struct, frozen=True):
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    def spawn_as(self) -> dict[str, Any]:
        """Return the arguments that make :mod:`subprocess` start a child as this user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account(owner_uid: int | None = None) -> Account:
    """Return the user that the server runs as; ``owner_uid`` owns the data that are already there."""
    if os.geteuid() != 0:
        return _current()
    fallback = _named(_FALLBACK_USER)
    if fallback and fallback.uid == owner_uid:
        return fallback
    found = _named(SERVICE_USER) or _make_service_user() or fallback
    if not found:
        raise PostgresError(
            f"Không tạo được người dùng hệ thống '{SERVICE_USER}' để chạy cơ sở dữ liệu.",
            f"The system user '{SERVICE_USER}' that runs the database cannot be made; "
            f"run: useradd --system {SERVICE_USER}",
        )
    return found


def name_of(uid: int) -> str:
    """Return the user's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _current() -> Account:
    return Account(name_of(os.geteuid()), os.geteuid(), os.getegid())


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _make_service_user() -> Account | None:
    command = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not command:
        return None
    shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
    arguments = [
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        shell,
    ]
    subprocess.run([command, *arguments, SERVICE_USER], capture_output=True, check=False, timeout=30)
    # Whether we made it or another run did in the same moment: what counts is that it is there.
    return _named(SERVICE_USER)
