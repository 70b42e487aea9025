"""Each method foresees years that it has not seen; what it missed by is its error, and the width of P10–P90.

Rolling origin: a year is foreseen from the years before it alone, at the end of each period. The interval of
a forecast comes from residuals of the same method at the same period, within those earlier years, each
foreseen without its own year. So neither the error nor the interval has ever seen what it is held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from haidang.programme.analysis.curves import Curve, Open, opened
from haidang.programme.analysis.methods import ENOUGH, FORESEE, Method, Past

SHOWN = (4, 6, 8, 10)
"""Periods at which methods are compared."""
LOW, HIGH = 0.10, 0.90
DRAWS = 2_000
SAMPLE = 400
"""Past project-years of which a method's misses are taken."""
Residuals = NDArray[np.float64]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What share of its plan a project will have paid, by one method."""

    method: Method
    share: float
    """The middle of what is foreseen (P50)."""
    low: float
    """P10."""
    high: float
    """P90."""
    comparable: int
    """Residuals that the interval comes from."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How a method did at a period, over all years that it was held against."""

    method: Method
    period: int
    error_points: float | None
    """Mean absolute error in points of the plan; None where nothing was foreseen."""
    coverage: float | None
    """Share of years whose end lay within P10–P90; None where no interval could be given."""
    rank_correlation: float | None
    """Spearman, foreseen against actual end: whether the list of those at risk is in the right order."""
    count: int
    """Project-years foreseen."""
    silent: int
    """Project-years for which it answered that there is not enough history."""


class Foresight:
    """The methods over a past, with the residuals of each at each period (found when first asked for)."""

    def __init__(self, curves: Sequence[Curve]) -> None:
        self.past = Past(curves)
        self._years = np.array([curve.year for curve in curves])
        self._residuals: dict[tuple[Method, int], dict[int, Residuals]] = {}

    def residuals(self, method: Method, period: int) -> Mapping[int, Residuals]:
        """Return by year how far the actual ends lay above what the method said, in shares of the plan.

        Of a long past an even sample: what a few hundred misses say, more of them do not say better.
        """
        found = self._residuals.get((method, period))
        if found is None:
            by_year: dict[int, list[float]] = {}
            alone = len(set(self._years.tolist())) == 1
            for row in np.unique(np.linspace(0, len(self._years) - 1, SAMPLE).astype(int)).tolist():
                if row < 0:
                    break
                curve = self.past.curves[row]
                hidden = np.arange(len(self._years)) == row if alone else self._years == curve.year
                said = FORESEE[method](opened(curve, period), self.past, hidden)
                if said is not None:
                    by_year.setdefault(curve.year, []).append(float(self.past.finals[row]) - said)
            found = {year: np.array(values) for year, values in by_year.items()}
            self._residuals[method, period] = found
        return found

    def forecast(self, one: Open, method: Method) -> Forecast | None:
        """Return what a method foresees, with its P10 and P90; None where there is not enough history."""
        said = FORESEE[method](one, self.past, None)
        if said is None:
            return None
        residuals = self.residuals(method, one.period)
        pool = np.concatenate(list(residuals.values())) if residuals else np.empty(0)
        if len(pool) < ENOUGH:
            return None
        low, middle, high = said + np.quantile(pool, (LOW, 0.5, HIGH))
        paid = one.paid_dong[-1] / one.plan_dong
        inside = np.clip((low, middle, high), paid, max(1.0, paid))
        return Forecast(
            method=method,
            share=float(inside[1]),
            low=float(inside[0]),
            high=float(inside[2]),
            comparable=len(pool),
        )

    def total(self, ones: Sequence[Open], method: Method, *, seed: int = 0) -> tuple[int, int, int] | None:
        """Return P10, P50 and P90 of what all of them together will have paid, in đồng.

        A draw takes one past year, whose luck all projects share, and of it one residual for each project.
        None where the method is silent for one of them: a sum without its parts is no sum.
        """
        said = [FORESEE[method](one, self.past, None) for one in ones]
        if not ones or any(share is None for share in said):
            return None
        years = {one.period: self.residuals(method, one.period) for one in ones}
        if any(sum(map(len, found.values())) < ENOUGH for found in years.values()):
            return None
        chance = np.random.default_rng(seed)
        sums = np.zeros(DRAWS)
        picks = chance.random(DRAWS)
        for one, share in zip(ones, said, strict=True):
            assert share is not None  # noqa: S101 - none of them is, see above
            found = list(years[one.period].values())
            of_year = (picks * len(found)).astype(int)
            drawn = np.empty(DRAWS)
            for number, values in enumerate(found):
                here = of_year == number
                drawn[here] = chance.choice(values, int(here.sum()))
            paid = one.paid_dong[-1] / one.plan_dong
            sums += np.clip(share + drawn, paid, max(1.0, paid)) * one.plan_dong
        low, middle, high = np.quantile(sums, (LOW, 0.5, HIGH))
        return round(low), round(middle), round(high)

    def errors(self, period: int) -> dict[Method, float]:
        """Return each method's mean absolute error at a period, in points of the plan; silent ones absent."""
        return {
            method: round(100 * float(np.mean(np.abs(np.concatenate(list(found.values()))))), 2)
            for method in FORESEE
            if (found := self.residuals(method, period))
        }

    def best(self, period: int) -> Method | None:
        """Return the method with the least mean error at a period; a straight line is none."""
        errors = {method: error for method, error in self.errors(period).items() if method != "linear"}
        return min(errors, key=errors.__getitem__, default=None)


def backtest(curves: Sequence[Curve], periods: Sequence[int] = SHOWN) -> list[Score]:
    """Hold every method against every year that has years before it; one score a method and period."""
    held: dict[tuple[Method, int], _Held] = {
        (method, period): _Held() for method in FORESEE for period in periods
    }
    for year in sorted({curve.year for curve in curves})[1:]:
        foresight = Foresight([curve for curve in curves if curve.year < year])
        for curve in (curve for curve in curves if curve.year == year):
            for (method, period), into in held.items():
                into.hold(foresight, curve, method, period)
    return [into.score(method, period) for (method, period), into in held.items()]


class _Held:
    """What a method said of each project-year at a period, and what came."""

    def __init__(self) -> None:
        self.said: list[float] = []
        self.came: list[float] = []
        self.inside: list[bool] = []
        self.silent = 0

    def hold(self, foresight: Foresight, curve: Curve, method: Method, period: int) -> None:
        one = opened(curve, period)
        plain = FORESEE[method](one, foresight.past, None)
        if plain is None:
            self.silent += 1
            return
        end = curve.paid_dong[-1] / curve.plan_dong
        found = foresight.forecast(one, method)
        # The line is held as it is drawn, else its own past would mend it.
        self.said.append(plain if found is None or method == "linear" else found.share)
        self.came.append(end)
        if found is not None:
            self.inside.append(found.low <= end <= found.high)

    def score(self, method: Method, period: int) -> Score:
        errors = np.abs(np.array(self.said) - np.array(self.came))
        return Score(
            method=method, period=period, count=len(self.said), silent=self.silent,
            error_points=round(100 * float(errors.mean()), 2) if len(errors) else None,
            coverage=round(float(np.mean(self.inside)), 4) if self.inside else None,
            rank_correlation=spearman(self.said, self.came),
        )  # fmt: skip


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return the rank correlation, ties at their mean rank; None where one of them does not vary."""
    if len(one) < 3:  # two points always lie on a line
        return None
    ranks = [_ranks(np.array(values)) for values in (one, other)]
    if any(float(rank.std()) == 0 for rank in ranks):
        return None
    return round(float(np.corrcoef(ranks[0], ranks[1])[0, 1]), 4)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[where], dtype=np.float64)
