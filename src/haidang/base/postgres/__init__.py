"""The embedded PostgreSQL: a thin supervisor of our own over the binaries that a wheel brings.

``place``: the folders of a data folder, who may own them, the configuration. ``account``: whom the server
runs as (never root). ``remains``: what a killed run left behind, judged by processes and not by pid files
alone. ``server``: one server as a direct child process: start, ready, stop. ``lock``: one owner of a
data folder at a time.

:func:`running` is the door for everybody else: attach to the live server of this data folder, or start one
and stop it at the end. An external server (``HAIDANG_DATABASE_URL``) is only passed through.
"""

from haidang.base.postgres.error import PostgresError
from haidang.base.postgres.lock import DataFolderBusyError, DataFolderLock
from haidang.base.postgres.place import Place
from haidang.base.postgres.server import Report, Server, running, silent

__all__ = [
    "DataFolderBusyError",
    "DataFolderLock",
    "Place",
    "PostgresError",
    "Report",
    "Server",
    "running",
    "silent",
]
