"""The folders of the embedded database inside a data folder, who owns them, and its configuration.

``postgres/`` is the database cluster, ``run/`` holds its socket (both closed to all but the server's user),
``postgres.password`` the password of its only role. The socket's folder lies elsewhere only where the path of
the data folder is too long for a Unix socket.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import msgspec

from haidang.base.postgres.account import Account, name_of, server_account
from haidang.base.postgres.error import PostgresError
from haidang.base.settings import Settings

MAJOR = "18"
ROLE = DATABASE = "haidang"
_SOCKET_PATH_MAX = 107  # sun_path without its end
_SOCKET_NAME = ".s.PGSQL.5432.lock"


class Place(msgspec.Struct, frozen=True):
    """Where the database of one data folder is, and whom it belongs to."""

    root: Path
    sockets: Path
    account: Account

    @property
    def data(self) -> Path:
        """The database cluster (PGDATA)."""
        return self.root / "postgres"

    @property
    def password_file(self) -> Path:
        """The password of the database's role, readable by the programme's user alone."""
        return self.root / "postgres.password"

    def url(self, database: str = DATABASE) -> str:
        """Return the address of a database of this server."""
        password = self.password_file.read_text().strip()
        return f"postgresql://{ROLE}:{quote(password)}@/{database}?host={quote(str(self.sockets), safe='')}"


def open_place(settings: Settings) -> Place:
    """Make the folders where they are missing; refuse with a clear message what another user owns."""
    root = settings.data_dir
    _make_root(root)
    data = root / "postgres"
    owner = data.stat().st_uid if data.exists() else None
    account = server_account(owner)
    if owner is not None and owner != account.uid:
        raise _foreign(data, owner, account)
    _check_version(data)
    _check_way(root, account)
    place = Place(root, _sockets(root, account), account)
    if not place.password_file.exists():
        _write_private(place.password_file, secrets.token_urlsafe(32))
    return place


def known_place(root: Path) -> Place:
    """Return the place of a data folder whose server another process runs."""
    pointer = root / "run.path"
    sockets = Path(pointer.read_text().strip()) if pointer.exists() else root / "run"
    return Place(root, sockets, server_account((root / "postgres").stat().st_uid))


def configuration(settings: Settings, place: Place) -> dict[str, str]:
    """Return PostgreSQL's settings; the reasons stand in ``docs/decisions/0002-embedded-postgresql.md``."""
    buffers_mb = settings.postgres_shared_buffers_mb or max(
        64, min(8 * 1024, _memory_bytes() // 4 // 1024**2)
    )
    disk = shutil.disk_usage(place.root)
    wal_mb = settings.postgres_max_wal_mb or max(512, min(8 * 1024, disk.free // 10 // 1024**2))
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(place.sockets),
        "cluster_name": "haidang",
        "max_connections": str(settings.postgres_max_connections),
        "max_locks_per_transaction": "256",
        "shared_buffers": f"{buffers_mb}MB",
        "wal_level": "replica",
        "max_wal_size": f"{wal_mb}MB",
        "checkpoint_timeout": "30min",
        "wal_compression": "off",
        "synchronous_commit": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "jit": "off",
        "random_page_cost": "1.1",
        "autovacuum_vacuum_cost_limit": "1000",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
    }


def _make_root(root: Path) -> None:
    try:
        if not root.exists():
            root.mkdir(parents=True)
            # Where root runs us the server's own user must be able to pass through; nobody may list it.
            root.chmod(0o711 if os.geteuid() == 0 else 0o700)
        elif not os.access(root, os.W_OK | os.X_OK):
            raise _foreign(root, root.stat().st_uid, server_account())
    except (PermissionError, NotADirectoryError, FileExistsError) as cause:
        raise PostgresError(
            f"Không tạo được thư mục dữ liệu {root}: {cause.strerror}. "
            "Chọn nơi khác bằng HAIDANG_DATA_DIR (make run: DATA=…).",
            f"The data folder {root} cannot be made: {cause.strerror}. "
            "Choose another with HAIDANG_DATA_DIR (make run: DATA=…).",
        ) from cause


def _foreign(path: Path, owner: int, account: Account) -> PostgresError:
    return PostgresError(
        f"Thư mục {path} thuộc về người dùng '{name_of(owner)}', không phải '{account.name}'. "
        "Hãy chạy bằng đúng người dùng, hoặc chọn thư mục khác bằng HAIDANG_DATA_DIR (make run: DATA=…).",
        f"The folder {path} belongs to the user '{name_of(owner)}', not to '{account.name}'. "
        "Run as the right user, or choose another folder with HAIDANG_DATA_DIR (make run: DATA=…).",
    )


def _check_version(data: Path) -> None:
    if not data.exists():
        return
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        found = "?"
    if found != MAJOR:
        raise PostgresError(
            f"Thư mục {data} thuộc PostgreSQL phiên bản {found}, chương trình này cần {MAJOR}. "
            "Hãy sao lưu rồi nâng cấp theo docs/operating.md.",
            f"The folder {data} is of PostgreSQL version {found}; this programme needs {MAJOR}. "
            "Back it up, then upgrade it as docs/operating.md says.",
        )


def _check_way(root: Path, account: Account) -> None:
    """Refuse a data folder that the server's user cannot reach, naming the folder that bars the way."""
    way = [str(path) for path in (*reversed(root.parents), root)]
    script = 'for d in "$@"; do cd "$d" 2>/dev/null || { printf %s "$d"; exit 1; }; done'
    barred = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *way],
        capture_output=True,
        text=True,
        check=False,
        **account.spawn_as(),
    )
    if barred.returncode:
        raise PostgresError(
            f"Người dùng '{account.name}' (chạy cơ sở dữ liệu) không vào được {barred.stdout}. "
            f"Hãy chạy: chmod o+x {barred.stdout}; "
            "hoặc chọn thư mục khác bằng HAIDANG_DATA_DIR (make run: DATA=…).",
            f"The user '{account.name}', who runs the database, cannot enter {barred.stdout}. "
            f"Run: chmod o+x {barred.stdout}; "
            "or choose another folder with HAIDANG_DATA_DIR (make run: DATA=…).",
        )


def _sockets(root: Path, account: Account) -> Path:
    """Return the folder of the socket, made and owned by us; never a name that others could have taken."""
    pointer = root / "run.path"
    folder = root / "run"
    if len(os.fsencode(folder)) + 1 + len(_SOCKET_NAME) > _SOCKET_PATH_MAX:
        folder = Path(pointer.read_text().strip()) if pointer.exists() else Path()
        if not (folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == account.uid):
            folder = Path(tempfile.mkdtemp(prefix="haidang-", dir="/tmp"))
            _write_private(pointer, str(folder))
            os.chown(folder, account.uid, account.gid)
    own_folder(folder, account)
    return folder


def own_folder(folder: Path, account: Account) -> None:
    """Make a folder for the server's user alone, or check that it is one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != account.uid:
        if status.st_uid != os.geteuid() or folder.is_symlink():
            raise _foreign(folder, status.st_uid, account)
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def _write_private(path: Path, text: str) -> None:
    scratch = path.with_name(f"{path.name}.new")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    scratch.rename(path)


def _memory_bytes() -> int:
    """Return the memory this process may use: the machine's, or the container's limit where that is less."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.isdigit() else memory
