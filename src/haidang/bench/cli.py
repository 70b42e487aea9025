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


@bench.command()
@click.option("--count", default=1_000_000, show_default=True, help="Tasks in the database.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
def tasks(json_file: Path | None, *, count: int) -> None:
    """Measure inboxes and counts of tasks on a full database: a page of 50 in under 50 ms, with its plan."""
    from haidang.bench.tasks import bench_tasks  # noqa: PLC0415 - the help stays light

    report = bench_tasks(count=count, say=lambda text: click.echo(f"• {text}", err=True))
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    click.echo(f"{'':30}{'median ms':>10}{'max ms':>10}{'buffers':>9}  indexes")
    for name, found in report["inboxes"].items():
        figures = f"{found['median_ms']:10.2f}{found['max_ms']:10.2f}{found['buffers']:9}"
        click.echo(f"{name:30}{figures}  {', '.join(found['indexes'])}")
    for name, found in report["counts"].items():
        figures = f"{found['median_ms']:10.0f}{found['max_ms']:10.0f}"
        click.echo(f"{'count: ' + name:30}{figures}  {found['lines']} lines of {found['tasks']:,} tasks")
    missed = any(found["median_ms"] > report["goal_ms"] for found in report["inboxes"].values())
    slow = any(found["median_ms"] > report["counts_goal_ms"] for found in report["counts"].values())
    sys.exit(missed or slow)


@bench.command()
@click.option("--indicators", "count", default=3_000, show_default=True)
@click.option("--communes", default=168, show_default=True)
@click.option("--months", default=14, show_default=True, help="Of values that formulas can look back at.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
def indicators(json_file: Path | None, *, count: int, communes: int, months: int) -> None:
    """Measure computed figures: a month for all communes, one changed value, a board."""
    from haidang.bench.indicators import bench_indicators  # noqa: PLC0415 - the help stays light

    report = bench_indicators(
        indicators=count, communes=communes, months=months, say=lambda text: click.echo(f"• {text}", err=True)
    )
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    for name, goal in report["goals"].items():
        missed = "  MISSED" if name in report["missed"] else ""
        click.echo(f"{name:12}{report[name]:12.2f}  (goal {goal:g}){missed}")
    click.echo(f"{report['figures']:,} figures, {report['reached']} reached by one change")
    sys.exit(1 if report["missed"] else 0)


@bench.command()
@click.option("--count", default=20_000, show_default=True, help="Messages of quality of service 1.")
def mqtt(*, count: int) -> None:
    """Measure MQTT intake against bare consumption by the same client (W8). Needs mosquitto."""
    from haidang.bench.intake import bench_mqtt  # noqa: PLC0415 - the help stays light

    report = bench_mqtt(count=count, say=lambda text: click.echo(f"• {text}", err=True))
    for name in ("bare_per_s", "house_per_s"):
        click.echo(f"{name:14}{report[name]:12,.0f}")
    click.echo(f"{'W8':14}{report['W8']:12.2f}  (goal {report['wanted']})")


@bench.command()
@click.option("--quick", is_flag=True, help="300 sensors instead of 7,200.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
@click.option("--folder", type=click.Path(path_type=Path), help="Measure on this disk (default: temporary).")
def history(json_file: Path | None, folder: Path | None, *, quick: bool) -> None:
    """Measure what history weighs in each tier, and what it takes to ask it. See docs/benchmarks.md."""
    from haidang.bench.city import bench_history  # noqa: PLC0415 - the help stays light

    report = bench_history(quick=quick, folder=folder, say=lambda text: click.echo(f"• {text}", err=True))
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    for one in report["measures"]:
        click.echo(f"{one['name']:18}{one['value']:10.3f}  {one['unit']}{'' if one['met'] else '  MISSED'}")
    for name, value in report["measures"][0]["facts"].items():
        click.echo(f"  {name:28}{value:16,.4g}")


@bench.command()
@click.option("--rounds", default=5, show_default=True, help="How often each document is drawn.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
def documents(json_file: Path | None, *, rounds: int) -> None:
    """Measure drawing DOCX and PDF: a letter, reports, the longest list. See docs/documents.md."""
    from haidang.bench.documents import bench_documents  # noqa: PLC0415 - the help stays light

    report = bench_documents(rounds=rounds, say=lambda text: click.echo(f"• {text}", err=True))
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    click.echo(f"{'':22}{'pages':>6}{'docx ms':>10}{'kB':>8}{'pdf ms':>10}{'kB':>8}")
    for line in report["documents"]:
        forms = "".join(
            f"{line[form]['median_ms']:10.0f}{line[form]['bytes'] / 1_000:8.0f}" for form in ("docx", "pdf")
        )
        click.echo(f"{line['document']:22}{line['pages']:6}{forms}")
    sys.exit(0 if report["met"] else 1)


@bench.command()
@click.option("--quick", is_flag=True, help="Short windows.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
@click.option("--evaluation-only", is_flag=True, help="Without the server: only the CPU of a change.")
@click.option("--rate", default=5_000, show_default=True, help="Changes a second that the server gets.")
def alerts(json_file: Path | None, *, quick: bool, evaluation_only: bool, rate: int) -> None:
    """Measure 2,000 rules over 20,000 entities at 5,000 changes/s: CPU of a change, alert to screen."""
    from haidang.bench.alerts import bench_alerts  # noqa: PLC0415 - the help stays light

    report = bench_alerts(
        quick=quick,
        visible=not evaluation_only,
        rate=rate,
        say=lambda text: click.echo(f"• {text}", err=True),
    )
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    for part in ("evaluation", "visible"):
        for name, value in report.get(part, {}).items():
            click.echo(f"{part:12}{name:30}{value:14,.3f}")
    met = report["evaluation"]["median_us"] <= report["goal_us"]
    met = met and report.get("visible", {}).get("p95_s", 0.0) <= report["goal_p95_s"]
    click.echo("met" if met else "MISSED")
    sys.exit(0 if met else 1)


@bench.command()
@click.option("--kilobytes", default=200, show_default=True, help="Length of the ordinary text.")
@click.option("--no-hostile", is_flag=True, help="Leave out the texts made to be slow.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
def extraction(json_file: Path | None, *, kilobytes: int, no_hostile: bool) -> None:
    """Measure reading directives: kB of text a second, and a million characters of what is hard to read."""
    from haidang.bench.extraction import bench_extraction  # noqa: PLC0415 - the help stays light

    report = bench_extraction(
        kilobytes=kilobytes, hostile=not no_hostile, say=lambda text: click.echo(f"• {text}", err=True)
    )
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    click.echo(f"{'kB of text a second':24}{report['kb_per_s']:10.0f}  (goal {report['goal_kb_per_s']:.0f})")
    for name, seconds in report["hostile"].items():
        click.echo(f"{'hostile: ' + name:24}{seconds:10.2f}  s for a million characters")
    click.echo("met" if report["met"] else "MISSED")
    sys.exit(0 if report["met"] else 1)


@bench.command()
@click.option("--quick", is_flag=True, help="500 projects instead of 5,000.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the whole report here.")
def programme(json_file: Path | None, *, quick: bool) -> None:
    """Measure the programme's routes over 5,000 projects × 10 years of monthly payments, and a plan sheet."""
    from haidang.bench.programme import bench_programme, printed  # noqa: PLC0415 - the help stays light

    report = bench_programme(quick=quick, say=lambda text: click.echo(f"• {text}", err=True))
    if json_file:
        json_file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    for line in printed(report):
        click.echo(line)
    click.echo("met" if report["met"] else "MISSED")
    sys.exit(0 if report["met"] else 1)


def _table(report: dict[str, Any]) -> None:
    click.echo(f"{'':14}{'median':>10}{'min':>10}{'max':>10}")
    for name, spread in report["ratios"].items():
        click.echo(f"{name:14}{spread['median']:10.3f}{spread['min']:10.3f}{spread['max']:10.3f}")
    for one in report["measures"]:
        click.echo(f"{one['name']:14}{one['value']:10.3f}  {one['unit']}{'' if one['met'] else '  MISSED'}")
    for fault in report["faults"]:
        click.echo(f"FAULT {fault}")
    click.echo(f"{report['verdict']} ({report['rounds_valid']} valid rounds of {len(report['rounds'])})")
