"""The process that draws one document and ends: ``python -m haidang.documents.child docx|pdf``.

It reads the report as JSON and writes the document; what it may take of time and memory is bounded by the
kernel before it reads a byte, so that no report, however large or strange, harms the server.
"""

from __future__ import annotations

import resource
import sys

import msgspec

from haidang.documents.report import Report

SECONDS_MAX = 20
"""Processor time; ``press`` counts the time that passes."""
MEMORY_MAX = 1536 << 20
"""Bytes of address space."""


def main(arguments: list[str]) -> int:
    """Draw the report on standard input; the exit code is 0, or 3 with the reason on standard error."""
    bind()
    report = msgspec.json.decode(sys.stdin.buffer.read(), type=Report)
    try:
        sys.stdout.buffer.write(_drawn(arguments[0], report))
    except (RuntimeError, MemoryError, ValueError) as cause:
        sys.stderr.write(f"{type(cause).__name__}: {cause}"[:2_000])
        return 3
    return 0


def bind() -> None:
    """Bound what this process may take; it answers by its pipe and can write no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _drawn(form: str, report: Report) -> bytes:
    if form == "pdf":
        from haidang.documents import pdf  # noqa: PLC0415 - each child loads what it draws with

        return pdf.drawn(report)
    from haidang.documents import word  # noqa: PLC0415

    return word.drawn(report)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
