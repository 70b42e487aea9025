"""``haidang procedures``: the procedures of the packs, checked without a database."""

from __future__ import annotations

from pathlib import Path

import click

from haidang.base.errors import OperatorError
from haidang.base.problems import Fault
from haidang.base.settings import load_settings


@click.group()
def procedures() -> None:
    """Procedures of sector packs (docs/procedures.md). Quy trình xử lý sự cố."""


@procedures.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Read every procedure and run its samples; name what is wrong by file, step and field.

    FOLDER holds packs, each a folder with procedures/*.yaml; absent: those of the product and the site.
    """
    from haidang.city.packs import BUILTIN  # noqa: PLC0415 - lazy commands
    from haidang.incidents.procedures.book import read_book  # noqa: PLC0415 - lazy commands

    folders = [BUILTIN, load_settings().data_dir / "sectors"] if folder is None else [folder]
    book = read_book(folders)
    for each in sorted(book.procedures.values(), key=lambda one: (one.sector, one.procedure)):
        click.echo(
            f"{each.sector}/{each.procedure}\tv{each.version}\t{len(each.steps)} bước / steps\t"
            f"{len(each.samples)} mẫu / samples"
        )
    if book.faults:
        raise OperatorError(_told(book.faults, "vi"), _told(book.faults, "en"))


def _told(faults: tuple[Fault, ...], language: str) -> str:
    head = {"vi": f"{len(faults)} lỗi trong các quy trình", "en": f"{len(faults)} faults in procedures"}
    lines = [
        f"{each.field}: {each.vi if language == 'vi' else each.en}"
        + ("" if each.value is None else f" ({each.value})")
        for each in faults
    ]
    return "\n  ".join([head[language], *lines])
