"""Decoding what a source sent: delimited text, GeoJSON and JSON, each to numbered rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import msgspec
import orjson

from haidang.feeds.connectors import cut, tables, unreadable
from haidang.feeds.connectors.tables import PLAIN, Layout, Place
from haidang.feeds.model.rows import Row, pick

RECORD_LINES_MAX = 100
"""A quoted cell that runs on for more lines than this has lost its closing quote."""
LINE_MAX = 1 << 18
"""Characters of a line; what is longer is refused and passed over without ever being held as a whole."""
RECORD_MAX = 1 << 20
"""Characters of a record over all of its lines."""
CELL_MAX = LINE_MAX
_DELIMITERS = ",;\t|"
csv.field_size_limit(CELL_MAX)


def find_encoding(chunks: Iterable[bytes], declared: str) -> str:
    """Return the encoding of a text, judged by its byte order mark or else by the whole of it.

    Text that is not UTF-8 is taken for cp1258, the Vietnamese code page of older Windows programs.
    """
    if declared != "auto":
        try:
            return codecs.lookup(declared).name
        except LookupError as cause:
            raise unreadable(
                f"Không biết bảng mã “{declared}”.", f"Unknown encoding “{declared}”."
            ) from cause
    decoder = codecs.getincrementaldecoder("utf-8")()
    marked: str | None = None
    valid, first = True, True
    for chunk in chunks:
        if first:
            marked, first = _marked(chunk), False
        if valid and marked is None:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                valid = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        valid = False
    return marked or ("utf-8" if valid else "cp1258")


def _marked(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark, Latin letters in UTF-16 show as every second byte being zero.
    sample = head[:2000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if len(sample) >= 4 and zeros.count(0) > len(zeros) * 0.4:
            return encoding
    return None


def delimited(
    lines: Iterator[str], *, delimiter: str, columns: tuple[str, ...], layout: Layout = PLAIN
) -> Iterator[Row]:
    """Yield the rows of a delimited text, whose header must hold every one of ``columns``.

    Rows are numbered as a spreadsheet programme that opens the text numbers them: the header is one of them.
    """
    source = _Lines(lines)
    above = [source.next() for _ in range(layout.header_row - 1)]
    head = [source.record(_delimiter(source, delimiter))[0] or [] for _ in range(layout.header_rows)]
    sign, number = source.delimiter, layout.header_row - 1 + layout.header_rows
    where = f"Dòng {layout.header_row}", f"Row {layout.header_row}"
    header = tables.header(
        head,
        columns,
        where,
        lambda: (
            _elsewhere(above, delimiter, columns)
            or _elsewhere(source.ahead(tables.LOOKED_THROUGH), delimiter, columns, number)
        ),
    )
    while True:
        cells, original, problem = source.record(sign)
        if cells is None and problem is None:
            return
        number += 1
        if problem is None and (not any(cell.strip() for cell in cells or []) or layout.drops(cells or [])):
            continue
        if problem is None and layout.ends(cells or []):
            return
        if problem is None and cells is not None and len(cells) != len(header):
            problem = (
                f"Dòng có {len(cells)} ô, tiêu đề có {len(header)}.",
                f"The row has {len(cells)} cells, the header {len(header)}.",
            )
        if problem is None and "\ufffd" in original:
            problem = ("Có byte không đúng bảng mã.", "It has bytes that are not of the encoding.")
        values = {} if problem else dict(zip(header, cells or [], strict=True))
        yield Row(number, values, cut(original), problem)


def _elsewhere(lines: list[str], delimiter: str, columns: tuple[str, ...], before: int = 0) -> Place | None:
    """Say on which of the lines, of which ``before`` stand above, the wanted columns are."""
    for number, line in enumerate(lines, start=before + 1):
        try:
            cells = next(csv.reader([line], delimiter=_sign(line, delimiter)), [])
        except csv.Error:
            continue
        if tables.holds(cells, columns):
            return Place(number)
    return None


class TooLong(str):
    """The beginning of a line beyond :data:`LINE_MAX`; the rest of it was passed over."""

    __slots__ = ()


def bounded_lines(text: TextIO) -> Iterator[str]:
    """Yield the lines of a text, of those beyond :data:`LINE_MAX` the beginning."""
    while line := text.readline(LINE_MAX):
        if len(line) < LINE_MAX or _ends(line):
            yield line
            continue
        more = text.readline(LINE_MAX)
        while more and not _ends(more):
            more = text.readline(LINE_MAX)
        yield TooLong(cut(line))


def _ends(line: str) -> bool:
    return line.endswith(("\n", "\r"))


class _Lines:
    """Lines with a way back, so that a record that swallowed its followers can return them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: list[str] = []
        self._taken: list[str] = []
        self._ended = False
        self.delimiter = ","

    def peek(self) -> str:
        line = self.next()
        if line:
            self._back.append(line)
        return line

    def ahead(self, count: int) -> list[str]:
        """Return the next lines and leave them where they are."""
        lines = [line for _ in range(count) if (line := self.next())]
        self._back += reversed(lines)
        return lines

    def record(self, delimiter: str) -> tuple[list[str] | None, str, tuple[str, str] | None]:
        """Return the next record: its cells, its wording, and why it is unreadable if it is."""
        self._taken, self._ended = [], False
        # Strict: a quote that closes in the middle of a later row is a fault, not a very long cell.
        reader = csv.reader(self, delimiter=delimiter, strict=True)
        problem: tuple[str, str] | None = None
        cells: list[str] | None = None
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problem = (f"Không tách được ô: {error}.", f"The cells cannot be told apart: {error}.")
        original = "".join(self._taken).rstrip("\r\n")
        if self._taken and (self._ended or (problem and len(self._taken) > 1)):
            # The quote was never closed: only the first line is at fault, the others get their turn.
            self._back += reversed(self._taken[1:])
            original = self._taken[0].rstrip("\r\n")
            problem = ("Dấu ngoặc kép không đóng.", "A quotation mark is never closed.")
        if any(isinstance(line, TooLong) for line in self._taken):
            problem = (
                f"Dòng dài hơn {LINE_MAX} ký tự.",
                f"The line is longer than {LINE_MAX} characters.",
            )
        return cells, original, problem

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= RECORD_LINES_MAX or sum(map(len, self._taken)) > RECORD_MAX:
            self._ended = True
            raise StopIteration
        line = self.next()
        if not line:
            self._ended = True
            raise StopIteration
        self._taken.append(line)
        return line

    def next(self) -> str:
        """Return the next line, empty at the end."""
        return self._back.pop() if self._back else next(self._lines, "")


def _delimiter(source: _Lines, declared: str) -> str:
    source.delimiter = _sign(source.peek(), declared)
    return source.delimiter


def _sign(line: str, declared: str) -> str:
    """Return the sign between the cells: the declared one, or the most frequent of the line."""
    sign = max(_DELIMITERS, key=line.count) if declared == "auto" else {"tab": "\t"}.get(declared, declared)
    if len(sign) != 1:
        raise unreadable("Dấu phân cách phải là một ký tự.", "The delimiter is one character.")
    return sign


def geojson(body: bytes) -> Iterator[Row]:
    """Yield the features of a GeoJSON collection: properties by name, ``$geometry`` and ``$id``."""
    document = parse_json(body)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise unreadable("Không phải FeatureCollection của GeoJSON.", "Not a GeoJSON FeatureCollection.")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            yield Row(number, {}, _wording(feature), ("Không phải Feature.", "Not a Feature."))
            continue
        values = dict(feature.get("properties") or {}) if isinstance(feature.get("properties"), dict) else {}
        values |= {"$geometry": feature.get("geometry"), "$id": feature.get("id")}
        yield Row(number, values, _wording(feature))


def json_rows(body: bytes, records: str) -> Iterator[Row]:
    """Yield the objects at the dotted path ``records`` of a JSON document; one object is one row."""
    document = parse_json(body)
    found = pick(document, records) if records and isinstance(document, dict) else document
    if records and found is None:
        raise unreadable(
            f"Không có “{records}” trong câu trả lời.", f"There is no “{records}” in the answer."
        )
    for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
        if isinstance(item, dict):
            yield Row(number, item, _wording(item))
        else:
            yield Row(number, {}, _wording(item), ("Không phải đối tượng JSON.", "Not a JSON object."))


def parse_json(body: bytes) -> Any:
    """Decode JSON; a syntax error, wrong encoding or too deep nesting is one clear refusal."""
    try:
        return orjson.loads(body.removeprefix(codecs.BOM_UTF8))
    except (orjson.JSONDecodeError, RecursionError) as cause:
        raise unreadable(f"Không phải JSON hợp lệ: {cause}.", f"Not valid JSON: {cause}.") from cause


def text_lines(body: bytes, encoding: str) -> Iterator[str]:
    """Yield the lines of a text that is whole in memory."""
    chosen = find_encoding([body], encoding)
    yield from bounded_lines(
        io.TextIOWrapper(io.BytesIO(body), encoding=chosen, errors="replace", newline="")
    )


def _wording(value: Any) -> str:
    return cut(msgspec.json.encode(value, enc_hook=str).decode("utf-8", "replace"))
