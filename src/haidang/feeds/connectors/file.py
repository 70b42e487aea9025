"""Files: delimited text, spreadsheets, GeoJSON; one, or all that a pattern matches.

A file is read in two passes: the first takes its hash and finds its encoding, the second streams its rows. A
file whose content was read to the end before is not read again, unless the caller asks for it.
"""

from __future__ import annotations

import asyncio
import glob
import hashlib
import io
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from haidang.feeds.connectors import BATCH_ROWS, Batch, FileSeen, records, tables, unreadable
from haidang.feeds.connectors.tables import Layout
from haidang.feeds.model.declaration import FileSource
from haidang.feeds.model.rows import Row

FILES_MAX = 10_000
WHOLE_MAX_MB = 64
"""Spreadsheets and GeoJSON are held in memory as a whole, so their size has a lower limit."""
_CHUNK = 1 << 20
_FORMATS = {
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
    **dict.fromkeys((".xls", ".ods"), "xlsx"),  # refused there, with a word on what to do
    **dict.fromkeys((".geojson", ".json"), "geojson"),
}


class FileConnector:
    """The files of one run."""

    def __init__(
        self,
        source: FileSource,
        columns: tuple[str, ...],
        *,
        seen: Mapping[str, FileSeen] | None = None,
        again: bool = False,
        roots: tuple[Path, ...] | None = None,
    ) -> None:
        self._source = source
        self._columns = columns
        self._seen = {} if again or seen is None else seen
        self._roots = roots
        """Folders outside of which nothing is read; None: what the user of the command may read."""
        self.skipped: list[str] = []
        """Files that were read before and have not changed since."""

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield the rows of each file that is new or changed, in the order of the names."""
        total = 0
        for path in await asyncio.to_thread(find_files, self._source.path, self._roots):
            known = self._seen.get(str(path))
            found = await asyncio.to_thread(_identify, path, self._source, known)
            if known is not None and found.seen.sha256 == known.sha256:
                self.skipped.append(str(path))
                continue
            with await asyncio.to_thread(path.open, "rb") as file:
                rows = self._rows(path, file, found.encoding)
                count = 0
                while batch := await asyncio.to_thread(lambda: list(islice(rows, BATCH_ROWS))):  # noqa: B023
                    count += len(batch)
                    total += len(batch)
                    if total > self._source.rows_max:
                        raise unreadable(
                            f"Nguồn có hơn {self._source.rows_max} dòng.",
                            f"The source has more than {self._source.rows_max} rows.",
                        )
                    yield Batch(batch, source=path.name)
                yield Batch([], source=path.name, file=msgspec.structs.replace(found.seen, rows=count))

    def _rows(self, path: Path, file: BinaryIO, encoding: str) -> Iterator[Row]:
        source = self._source
        layout = Layout(source.header_row, source.header_rows, source.skip, source.until)
        match _format(path, source):
            case "xlsx":
                return tables.spreadsheet(file, sheet=source.sheet, columns=self._columns, layout=layout)
            case "geojson":
                return records.geojson(file.read())
            case _:
                lines = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
                return records.delimited(
                    records.bounded_lines(lines),
                    delimiter=source.delimiter,
                    columns=self._columns,
                    layout=layout,
                )


class _Found(msgspec.Struct, frozen=True):
    seen: FileSeen
    encoding: str


def find_files(pattern: str, roots: tuple[Path, ...] | None = None) -> list[Path]:
    """Return the files that a path or pattern names, sorted; a folder stands for all files in it."""
    given = Path(pattern).expanduser()
    if given.is_dir():
        found = [path for path in given.iterdir() if path.is_file() and not path.name.startswith(".")]
    else:
        names = glob.iglob(str(given), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
        found = [Path(name) for name in islice(names, FILES_MAX + 1)]
    paths = sorted({path.resolve() for path in found if path.is_file()})
    if not paths:
        raise unreadable(f"Không tìm thấy tệp nào: {pattern}", f"There is no such file: {pattern}")
    if len(paths) > FILES_MAX:
        raise unreadable(f"Hơn {FILES_MAX} tệp.", f"More than {FILES_MAX} files.")
    for path in paths:
        if roots is not None and not any(path.is_relative_to(root.resolve()) for root in roots):
            raise unreadable(
                f"Tệp {path} nằm ngoài các thư mục cho phép (feed_dirs).",
                f"The file {path} lies outside the folders that feeds may read (feed_dirs).",
            )
    return paths


def _identify(path: Path, source: FileSource, known: FileSeen | None) -> _Found:
    """Take the file's hash and encoding; a file of known size and date is taken to be the known one."""
    try:
        status = path.stat()
        limit_mb = source.size_max_mb
        if _format(path, source) in {"xlsx", "geojson"}:
            limit_mb = min(limit_mb, WHOLE_MAX_MB)
        if status.st_size > limit_mb << 20:
            raise unreadable(f"Tệp {path.name} lớn hơn {limit_mb} MB.", f"{path.name} is over {limit_mb} MB.")
        if known is not None and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return _Found(known, "")
        digest = hashlib.sha256()
        with path.open("rb") as file:
            encoding = records.find_encoding(_hashed(file, digest.update), source.encoding)
            for chunk in iter(
                lambda: file.read(_CHUNK), b""
            ):  # a declared encoding needs no look at the text
                digest.update(chunk)
    except OSError as cause:
        raise unreadable(
            f"Không đọc được tệp {path}: {cause.strerror}.", f"{path} cannot be read: {cause.strerror}."
        ) from cause
    return _Found(FileSeen(str(path), status.st_size, status.st_mtime_ns, digest.hexdigest()), encoding)


def _hashed(file: BinaryIO, update: Callable[[bytes], None]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        update(chunk)
        yield chunk


def _format(path: Path, source: FileSource) -> str:
    if source.format != "auto":
        return source.format
    return _FORMATS.get(path.suffix.lower(), "csv")
