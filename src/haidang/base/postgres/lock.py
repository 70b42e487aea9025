"""One owner of a data folder at a time: a lock that the kernel drops with its holder, however that ends."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path
from typing import Self

from haidang.base.postgres.error import PostgresError


class DataFolderBusyError(PostgresError):
    """Another programme holds the data folder."""


class DataFolderLock:
    """The right to run the database of a data folder; held until released or until the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "haidang.lock"
        self._file: int | None = None

    def acquire(self) -> Self:
        """Take the lock; raise :class:`DataFolderBusyError`, naming the holder, where it is taken."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 500).decode(errors="replace").strip() or "?"
            os.close(descriptor)
            raise DataFolderBusyError(
                f"Thư mục dữ liệu {self._path.parent} đang được tiến trình khác sử dụng ({holder}). "
                "Hãy dừng tiến trình đó, hoặc chọn thư mục khác bằng HAIDANG_DATA_DIR (make run: DATA=…).",
                f"The data folder {self._path.parent} is in use by another process ({holder}). "
                "Stop that one, or choose another folder with HAIDANG_DATA_DIR (make run: DATA=…).",
            ) from None
        os.ftruncate(descriptor, 0)
        command = " ".join(["haidang", *sys.argv[1:3]])
        os.pwrite(descriptor, f"pid {os.getpid()}: {command}\n".encode()[:400], 0)
        self._file = descriptor
        return self

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
