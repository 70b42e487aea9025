"""What the forecasts were worth: each method held against the years of the register that it had not seen."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.backtest import HIGH, LOW, SHOWN, Score, backtest
from haidang.programme.analysis.methods import ENOUGH, METHODS
from haidang.programme.service import foreseeing
from haidang.programme.service.desk import Desk
from haidang.programme.service.outlook import REASONS
from haidang.programme.service.remembered import unless
from haidang.programme.service.scene import scene
from haidang.programme.store.stamp import Stamp, past_touched

HELD = 200
"""Project-years of a year that the methods are held against; of more, an even sample."""


async def scores(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, year: int
) -> dict[str, Any]:
    """Return how far each method missed at each period, over the years before a year that are over."""
    at = await scene(connection, desk, principal, program_id, year)
    foresight = await foreseeing.history(connection, year=year, today=at.today, stamp=at.stamp)
    curves = foresight.past.curves
    judged = tuple(sorted({curve.year for curve in curves})[1:])

    async def read() -> list[Score]:
        return await asyncio.to_thread(partial(backtest, curves, most=HELD))

    async def touched(since: Stamp) -> bool:
        return await past_touched(connection, since, year)

    found = await unless(at.stamp, ("backtest", year, judged), read, touched)
    return at.head() | {
        "periods": SHOWN,
        "goal_coverage": [0.75, 0.85],
        "interval": [LOW, HIGH],
        "past": {
            "project_years": len(curves),
            "years": sorted({curve.year for curve in curves}),
            "judged": judged,
        },
        "enough": ENOUGH,
        "methods": [
            {"method": method, "vi": vi, "en": en}
            | _method([each for each in found if each.method == method])
            for method, (vi, en) in METHODS.items()
        ],
        "best": foresight.best(at.period) if 1 <= at.period <= 12 else None,
        "simulated": at.program.simulated,
    }


def _method(found: list[Score]) -> dict[str, Any]:
    silent = not any(each.count for each in found)
    vi, en = REASONS["not_enough_history"]
    return {
        "rows": [
            {
                "period": each.period,
                "error_points": each.error_points,
                "coverage": each.coverage,
                "rank_correlation": each.rank_correlation,
                "count": each.count,
                "silent": each.silent,
            }
            for each in found
        ],
        "reason": "not_enough_history" if silent else None,
        "reason_vi": vi if silent else None,
        "reason_en": en if silent else None,
    }
