"""``haidang programme backtest``: what each way to foresee the year's end is worth."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from haidang.programme.analysis.backtest import Score
    from haidang.programme.analysis.curves import Curve

_SEED = "Of the synthetic portfolio."
_HEAD = f"{'':52}{'kỳ':>4}{'sai số':>9}{'P10–P90':>9}{'hạng':>8}{'số':>6}{'im':>5}"
_FOOT = "sai số: điểm % kế hoạch / points of the plan · im: chưa đủ dữ liệu / not enough history"


@click.command()
@click.option("--register", is_flag=True, help="The years of the site's own register that are over.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=_SEED)
@click.option("--years", type=click.IntRange(2, 30), default=6, show_default=True)
@click.option("--projects", type=click.IntRange(8, 500), default=80, show_default=True, help="A year.")
@click.option("--json", "as_json", is_flag=True, help="The scores as JSON.")
def backtest(*, register: bool, seed: int, years: int, projects: int, as_json: bool) -> None:
    """Let each method foresee years that it has not seen; print its errors, coverage and rank correlation.

    Without --register: a synthetic portfolio whose truth is known. Đánh giá các cách dự báo giải ngân.
    """
    from haidang.programme.analysis.backtest import backtest as hold  # noqa: PLC0415 - lazy commands
    from haidang.programme.analysis.synthetic import portfolio  # noqa: PLC0415

    curves = asyncio.run(_register()) if register else portfolio(seed, years=years, projects=projects)
    scores = hold(curves)
    if not as_json:
        click.echo(_told(scores))
        return
    source = "register" if register else f"synthetic, seed {seed}"
    document = {"source": source, "project_years": len(curves), "scores": msgspec.to_builtins(scores)}
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


async def _register() -> list[Curve]:
    from haidang.base.clock import SystemClock  # noqa: PLC0415
    from haidang.base.opening import opened  # noqa: PLC0415
    from haidang.base.settings import load_settings  # noqa: PLC0415
    from haidang.organisation.permissions import system  # noqa: PLC0415
    from haidang.programme.service import foreseeing  # noqa: PLC0415

    async with opened(load_settings()) as db, db.transaction() as connection:
        return await foreseeing.years_over(connection, system("backtest"), SystemClock().now().date())


def _told(scores: list[Score]) -> str:
    from haidang.programme.analysis.methods import METHODS  # noqa: PLC0415

    if not any(score.count for score in scores):
        return "Chưa đủ dữ liệu lịch sử: cần ít nhất hai năm. / Not enough history: it takes two years."
    lines = [_HEAD]
    for score in scores:
        coverage = "–" if score.coverage is None else f"{100 * score.coverage:.1f} %"
        rank = "–" if score.rank_correlation is None else f"{score.rank_correlation:.2f}"
        error = "–" if score.error_points is None else f"{score.error_points:.1f}"
        lines.append(
            f"{METHODS[score.method][0]:52}{score.period:>4}{error:>9}{coverage:>9}{rank:>8}"
            f"{score.count:>6}{score.silent:>5}"
        )
    return "\n".join([*lines, _FOOT])
