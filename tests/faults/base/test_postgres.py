"""The embedded database after whatever may happen to it: killed, torn, squatted, owned by another."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from haidang.base.postgres import (
    DataFolderBusyError,
    DataFolderLock,
    PostgresError,
    Server,
    binaries,
    running,
)
from haidang.base.postgres.remains import postmaster_of
from haidang.base.settings import Settings, environment


@pytest.fixture(scope="module")
def site() -> Iterator[Settings]:
    """A data folder with a database that is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    settings = Settings(data_dir=folder, postgres_shared_buffers_mb=16, postgres_max_wal_mb=256)
    with running(settings) as url, psycopg.connect(_maintenance(url), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    yield settings
    shutil.rmtree(folder)


def _maintenance(url: str) -> str:
    return url.replace("/haidang?", "/postgres?")


def _rows(url: str) -> int:
    with psycopg.connect(_maintenance(url)) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row
    return int(row[0])


def _until(condition: object, limit_s: float = 20) -> None:
    assert callable(condition)
    limit = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < limit, "the awaited event did not come"
        time.sleep(0.02)


def test_a_killed_server_starts_again_with_all_that_was_committed(site: Settings) -> None:
    server = Server(site)
    try:
        server.start()
        with psycopg.connect(_maintenance(server.url), autocommit=True) as connection:
            connection.execute("INSERT INTO kept VALUES (1)")
        before = _rows(server.url)
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        _until(lambda: server.died() is not None)
        server.restart(-9)
        assert _rows(server.url) == before
    finally:
        server.stop()


def test_a_killed_owner_takes_the_server_with_it_and_the_next_start_recovers(site: Settings) -> None:
    owner = _owner(site)
    pid = postmaster_of(site.data_dir / "postgres")
    assert pid
    owner.kill()
    owner.wait()
    with running(site) as url:
        assert postmaster_of(site.data_dir / "postgres") != pid
        _rows(url)
    assert postmaster_of(site.data_dir / "postgres") is None


def test_a_second_command_attaches_to_the_running_server(site: Settings) -> None:
    owner = _owner(site)
    pid = postmaster_of(site.data_dir / "postgres")
    with running(site) as url:
        assert postmaster_of(site.data_dir / "postgres") == pid
        _rows(url)
    assert postmaster_of(site.data_dir / "postgres") == pid, "who attached does not stop it"
    owner.terminate()
    assert owner.wait(30) is not None


def _owner(site: Settings) -> subprocess.Popen[bytes]:
    """Return a process that has the server running; it ends when its input does."""
    code = (
        "import sys\n"
        "from haidang.base.postgres import running\n"
        "from haidang.base.settings import load_settings\n"
        "with running(load_settings()):\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment(site),
    )
    assert owner.stdout
    assert owner.stdout.readline() == b"ready\n"
    return owner


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "not a number\n",
        "{ours}\n/elsewhere\n1\n5432\n/nowhere\n\n1 2\nready\n",
        "1\n{data}\n1\n5432\n{data}\n\n1 2\nready\n",
    ],
    ids=["empty", "torn", "garbage", "pid of another process", "pid of init"],
)
def test_a_stale_pid_file_is_cleared(site: Settings, text: str) -> None:
    data = site.data_dir / "postgres"
    content = text.format(ours=os.getpid(), data=data)
    (data / "postmaster.pid").write_text(content)
    (site.data_dir / "run" / ".s.PGSQL.5432.lock").write_text(content)
    (site.data_dir / "run" / ".s.PGSQL.5432").touch()
    with running(site) as url:
        _rows(url)


def test_a_torn_creation_is_begun_anew(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        (folder / "postgres.new" / "base").mkdir(parents=True)
        (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
        asked = "SELECT current_setting('server_encoding'), current_setting('data_checksums'), lower('ĐỖ')"
        settings = Settings(data_dir=folder, postgres_shared_buffers_mb=16)
        with running(settings) as url, psycopg.connect(_maintenance(url)) as connection:
            facts = connection.execute(asked).fetchone()
        assert facts == ("UTF8", "on", "đỗ")
    finally:
        shutil.rmtree(folder)


def test_two_owners_of_one_folder_are_refused_with_the_name_of_the_first(site: Settings) -> None:
    first = DataFolderLock(site.data_dir).acquire()
    with pytest.raises(DataFolderBusyError) as refused:
        DataFolderLock(site.data_dir).acquire()
    first.release()
    assert f"pid {os.getpid()}" in refused.value.en
    assert "đang được tiến trình khác sử dụng" in refused.value.vi


def test_another_version_is_refused(site: Settings) -> None:
    path = site.data_dir / "postgres" / "PG_VERSION"
    path.write_text("16\n")
    try:
        with pytest.raises(PostgresError, match="is of PostgreSQL version 16"):
            Server(site)
    finally:
        path.write_text("18\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_refused(site: Settings) -> None:
    data = site.data_dir / "postgres"
    owner = data.stat()
    os.chown(data, 54321, 54321)
    try:
        with pytest.raises(PostgresError, match="belongs to the user '54321'") as refused:
            Server(site)
        assert "thuộc về người dùng" in refused.value.vi
    finally:
        os.chown(data, owner.st_uid, owner.st_gid)


@pytest.mark.skipif(os.geteuid() != 0, reason="root's service user is the one that is barred")
def test_a_closed_way_to_the_folder_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(PostgresError, match=r"cannot enter .*Run: chmod o\+x"):
        Server(Settings(data_dir=closed / "data"))


def test_a_long_path_puts_the_socket_elsewhere(tmp_path: Path) -> None:
    base = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder = base / ("thư-mục-dữ-liệu-" * 6)
    folder.mkdir()
    for path in (base, folder):
        path.chmod(0o711)
    try:
        settings = Settings(data_dir=folder, postgres_shared_buffers_mb=16)
        for _ in range(2):  # the second start finds the same place again
            with running(settings) as url:
                assert psycopg.connect(_maintenance(url)).execute("SELECT 1").fetchone() == (1,)
            sockets = Path((folder / "run.path").read_text().strip())
            assert sockets.stat().st_mode & 0o777 == 0o700
        sockets.rmdir()
    finally:
        shutil.rmtree(base)


def test_a_failed_start_says_why(site: Settings) -> None:
    server = Server(site, overrides={"shared_buffers": "many"})
    with pytest.raises(PostgresError, match="shared_buffers"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's service user can be barred from the programmes")
def test_programmes_that_the_service_user_cannot_read_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = (
        tmp_path / "pginstall18"
    )  # pytest's own folders are closed to other users, as a home directory is
    closed.symlink_to(binaries._installed())
    monkeypatch.setattr(binaries, "_installed", lambda: closed)
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        settings = Settings(data_dir=folder, postgres_shared_buffers_mb=16)
        with running(settings) as url:
            with psycopg.connect(_maintenance(url)) as connection:
                row = connection.execute("SELECT current_setting('data_directory')").fetchone()
            assert row == (str(folder / "postgres"),)
            pid = postmaster_of(folder / "postgres")
            assert Path(f"/proc/{pid}/exe").readlink().is_relative_to(folder)
    finally:
        shutil.rmtree(folder)
