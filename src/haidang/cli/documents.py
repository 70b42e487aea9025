"""``haidang documents``: papers held against Decree 30/2020, without a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from haidang.base.errors import OperatorError
from haidang.base.problems import Problem


@click.group()
def documents() -> None:
    """Papers and documents (docs/documents.md). Văn bản, thể thức."""


@documents.command("lint")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON. In kết quả dạng JSON.")
def check(file: Path, as_json: bool) -> None:
    """Hold a DOCX or PDF against Decree 30/2020/NĐ-CP, Annex I; code 1 where there are findings.

    Each finding names its rule, the place, what was expected and what was found.
    """
    from haidang.documents.lint import lint  # noqa: PLC0415 - lazy commands

    content = file.read_bytes()
    kind = "pdf" if b"%PDF-" in content[:1_024] else "docx"
    try:
        found = lint(content, "pdf" if kind == "pdf" else "docx")
    except Problem as refusal:
        raise OperatorError(
            f"{file.name}: {refusal.vi or refusal.kind.vi}", f"{file.name}: {refusal.en or refusal.kind.en}"
        ) from refusal
    if as_json:
        answer = {"file": file.name, "kind": kind, "findings": msgspec.to_builtins(found)}
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    else:
        for each in found:
            click.echo(
                f"{each.rule}\t{each.place}\tcần / expected: {each.expected}\tthấy / found: {each.found}"
            )
            click.echo(f"\t{each.vi}\n\t{each.en}")
        click.echo(f"{len(found)} lỗi thể thức / findings")
    if found:
        sys.exit(1)
