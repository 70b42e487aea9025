"""``haidang bench …``: the benchmarks from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.group()
def bench() -> None:
    """Measure speed, memory and durability on this machine, as ratios within one run."""


@bench.command()
@click.option("--quick", is_flag=True, help="A small city, short windows: minutes instead of tens of them.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
@click.option("--folder", type=click.Path(path_type=Path), help="Measure on this disk (default: temporary).")
def city(json_file: Path | None, folder: Path | None, *, quick: bool) -> None:
    """Measure the city's write and read paths; ends with the audit after kill -9. See docs/benchmarks.md."""
    from haidang.bench.city import bench_city  # noqa: PLC0415 - the help stays light

    report = bench_city(quick=quick, folder=folder, say=lambda text: click.echo(f"• {text}", err=True))
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    _table(report)
    sys.exit(0 if not report["faults"] else 1)


def _table(report: dict[str, Any]) -> None:
    click.echo(f"{'':14}{'median':>10}{'min':>10}{'max':>10}")
    for name, spread in report["ratios"].items():
        click.echo(f"{name:14}{spread['median']:10.3f}{spread['min']:10.3f}{spread['max']:10.3f}")
    for fault in report["faults"]:
        click.echo(f"FAULT {fault}")
    click.echo(f"{report['verdict']} ({report['rounds_valid']} valid rounds of {len(report['rounds'])})")
