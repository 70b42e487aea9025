"""``haidang rules``: read the rules of packs and run their samples, without a database."""

from __future__ import annotations

from pathlib import Path

import click

from haidang.base.settings import load_settings


@click.group()
def rules() -> None:
    """The rules of alerts in sector packs."""


@rules.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[DIR]"
)
def check(folder: Path | None) -> None:
    """Read every rule and run its samples; DIR holds packs (DIR/<sector>/rules.yaml).

    Without DIR: the product's packs with the site's own over them. Names file, rule and field of each fault,
    and the rules that lack a sample that fires or one that does not. Ends with code 1 where one is wrong.
    """
    from haidang.alerts.rules.reading import read_rules  # noqa: PLC0415 - lazy commands
    from haidang.alerts.rules.samples import failures, samples_in, untested  # noqa: PLC0415
    from haidang.city.packs import BUILTIN  # noqa: PLC0415

    folders = [BUILTIN, load_settings().data_dir / "sectors"] if folder is None else [folder]
    found = failures(folders)
    for fault in found:
        click.echo(f"! {fault}")
    read = read_rules(folders).rules
    for name in sorted(untested(read)):
        click.echo(
            f"? {name}: thiếu mẫu có hoặc không báo động / lacks a sample that fires or one that does not"
        )
    samples = sum(1 for _ in samples_in(read))
    click.echo(
        f"{len(read.by_name)} quy tắc / rules, {samples} mẫu / samples, "
        + (f"{len(found)} lỗi / faults" if found else "đạt / sound")
    )
    if found:
        raise SystemExit(1)
