"""Whom the database runs as."""

from __future__ import annotations

import os
import pwd

import pytest

from haidang.base.postgres import account
from haidang.base.postgres.error import PostgresError

NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def as_root_without_service_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def getpwnam(name: str) -> pwd.struct_passwd:
        if name == "nobody":
            return NOBODY
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account.pwd, "getpwnam", getpwnam)
    monkeypatch.setattr(account, "_make_service_user", lambda: None)


def test_an_ordinary_user_runs_it_as_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    found = account.server_account()
    assert (found.name, found.uid) == ("54321", 54321)
    assert found.spawn_as() == {}


@pytest.mark.usefixtures("as_root_without_service_user")
def test_root_falls_back_to_nobody_and_never_to_root() -> None:
    found = account.server_account()
    assert found.uid == NOBODY.pw_uid != 0
    assert found.spawn_as() == {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}


@pytest.mark.usefixtures("as_root_without_service_user")
def test_root_without_anybody_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_FALLBACK_USER", "nobody-at-all")
    with pytest.raises(PostgresError, match="useradd --system haidang"):
        account.server_account()
