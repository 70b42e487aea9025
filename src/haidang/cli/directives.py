"""``haidang directives``: directives read out of a file, and how good the reading is."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from haidang.base.errors import OperatorError
from haidang.base.problems import Problem

if TYPE_CHECKING:
    from haidang.directives.extraction import Deadline, Item, Name, Reading
    from haidang.directives.extraction.score import Score

FILE_MAX = 32 << 20
_T = TypeVar("_T")


@click.group()
def directives() -> None:
    """Directives of conclusion notices (docs/extraction.md). Ý kiến chỉ đạo, kết luận."""


@directives.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--issued", type=click.DateTime(["%Y-%m-%d"]), help="The document's date, where it is known better."
)
@click.option("--json", "as_json", is_flag=True, help="The reading as JSON.")
def extract(file: Path, issued: dt.datetime | None, *, as_json: bool) -> None:
    """Propose the directives of FILE (text, DOCX, PDF, HTML, e-mail); nothing is stored.

    Places count characters of the file's text: a text file's own, or what intake makes of another file.
    """
    from haidang.directives.extraction import read  # noqa: PLC0415 - lazy commands

    text = _text(file)
    reading = read(text, issued_on=issued.date() if issued else None)
    if as_json:
        click.echo(json.dumps(report(reading), ensure_ascii=False, indent=2, default=str))
        return
    click.echo(_told(reading))


@directives.command()
@click.argument("items", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("documents", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The figures and every mistake as JSON.")
@click.option("--mistakes", is_flag=True, help="Show every mistake.")
def score(items: Path, documents: Path, *, as_json: bool, mistakes: bool) -> None:
    """Compare readings of DOCUMENTS with the ITEMS that people have marked in them (both JSON lines).

    An item counts when the same sentence (overlap of half or more) has at least one same lead.
    """
    import msgspec  # noqa: PLC0415 - lazy commands

    from haidang.directives.extraction.score import Marked, Sample  # noqa: PLC0415
    from haidang.directives.extraction.score import score as judged  # noqa: PLC0415

    found = judged(_lines(documents, Sample), _lines(items, Marked))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    click.echo(_figures(found))
    if mistakes:
        for each in found.mistakes:
            click.echo(f"{each.kind}\t{each.doc}\t{each.marked}\t{each.found}")


def report(reading: Reading) -> dict[str, Any]:
    """Return a reading as the command prints it: names as words, details of them under ``parties``."""
    import msgspec  # noqa: PLC0415 - lazy commands

    plain: dict[str, Any] = msgspec.to_builtins(reading)
    for item, shown in zip(reading.items, plain["items"], strict=True):
        shown["parties"] = {"lead": shown["lead"], "cooperating": shown["cooperating"]}
        shown["lead"] = [name.name for name in item.lead]
        shown["cooperating"] = [name.name for name in item.cooperating]
    return plain


def _text(file: Path) -> str:
    """Return the text of a file; a plain one as it is, so that places in it are places in the file."""
    if file.stat().st_size > FILE_MAX:
        raise OperatorError("Tệp lớn hơn 32 MB.", "The file is larger than 32 MB.")
    content = file.read_bytes()
    if file.suffix.lower() in {".txt", ".text", ".md", ""}:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = ""
        if text.strip() and "\0" not in text:
            return text
    from haidang.documents.intake import reading  # noqa: PLC0415 - lazy commands

    try:
        return asyncio.run(reading(file.name, content)).text
    except Problem as problem:
        raise OperatorError(problem.vi, problem.en) from problem


def _lines(file: Path, kind: type[_T]) -> list[_T]:
    import msgspec  # noqa: PLC0415 - lazy commands

    found: list[_T] = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=kind))
        except msgspec.MsgspecError as fault:
            raise OperatorError(
                f"{file.name}, dòng {number}: {fault}", f"{file.name}, line {number}: {fault}"
            ) from fault
    return found


def _told(reading: Reading) -> str:
    document = reading.document
    head = " · ".join(
        str(part) for part in (document.kind, document.number, document.issued_on, document.issuer) if part
    )
    lines = [head, f"{len(reading.items)} nội dung / items", ""]
    for number, item in enumerate(reading.items, start=1):
        lines += [f"{number}. {_names(item.lead) or '?'} ({item.start}–{item.end})", f"   {item.action}"]
        if item.cooperating:
            lines.append(f"   phối hợp / with: {_names(item.cooperating)}")
        lines += [f"   hạn / due: {_due(due)}" for due in (item.deadline or item.urgency,) if due]
        lines += _warned(item)
    lines += [f"! {each.vi} / {each.en}" for each in reading.warnings]
    return "\n".join(lines)


def _names(names: tuple[Name, ...]) -> str:
    return "; ".join(_name(name) for name in names)


def _name(name: Name) -> str:
    but = f" (trừ {', '.join(name.exceptions)})" if name.exceptions else ""
    return f"{name.name}{but}{' [?]' if name.kind == 'unresolved' else ''}"


def _due(due: Deadline) -> str:
    day = f" → {due.date:%d/%m/%Y}" if due.date else ""
    return f"{due.text} [{due.precision}]{day}"


def _warned(item: Item) -> list[str]:
    return [f"   ! {each.vi} / {each.en}" for each in item.warnings]


def _figures(found: Score) -> str:
    dates = f"{found.dates - found.dates_wrong} / {found.dates}"
    rows = (
        ("documents", str(found.documents)),
        ("items marked, proposed, matched", f"{found.items}, {found.proposed}, {found.matched}"),
        ("item precision, recall", f"{found.precision:.3f}, {found.recall:.3f}"),
        ("item F1", f"{found.f1:.3f}"),
        ("leads exactly right", f"{found.lead_exact:.3f}"),
        ("cooperating F1", f"{found.cooperating_f1:.3f}"),
        (
            "deadlines marked, missed, false",
            f"{found.deadlines}, {found.deadlines_missed}, {found.deadlines_false}",
        ),
        ("dates right", dates),
    )
    return "\n".join(f"{name:34}{value}" for name, value in rows)
