"""Each method foresees years that it has not seen; what it missed by is its error, and the width of P10–P90.

Rolling origin: a year is foreseen from the years before it alone, at the end of each period. The interval of
a forecast comes from residuals of the same method at the same period, within those earlier years, each
foreseen without its own year. So neither the error nor the interval has ever seen what it is held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import msgspec
import numpy as np
from numpy.typing import NDArray

from haidang.programme.analysis.curves import Curve, Open, opened
from haidang.programme.analysis.methods import ENOUGH, FORESEE, Method, Past, foresee

SHOWN = (4, 6, 8, 10)
"""Periods at which methods are compared."""
LOW, HIGH = 0.10, 0.90
DRAWS = 2_000
MANY, DRAWS_OF_MANY = 500, 200
"""Where the sum is of so many projects, fewer draws say as much: chance evens out within each."""
SAMPLE = 400
"""Past project-years of which a method's misses are taken."""
KNOWN_MAX = 50_000
"""Forecasts of a method that are kept, so that a payment of one project does not foresee all of them anew."""
Residuals = NDArray[np.float64]
_NUMBERS = count()


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
        self.number = next(_NUMBERS)
        """Tells one past from another."""
        self._years = np.array([curve.year for curve in curves])
        self._residuals: dict[tuple[Method, int], dict[int, Residuals]] = {}
        self._without: dict[int, Past] = {}
        self._known: dict[Method, dict[Open, tuple[float | None, Forecast | None]]] = {}
        self._widths: dict[tuple[Method, int], tuple[tuple[float, float, float] | None, int]] = {}

    def residuals(self, method: Method, period: int) -> Mapping[int, Residuals]:
        """Return by year how far the actual ends lay above what the method said, in shares of the plan.

        Of a long past an even sample: what a few hundred misses say, more of them do not say better.
        """
        found = self._residuals.get((method, period))
        if found is None:
            by_year: dict[int, list[int]] = {}
            for row in _evenly(len(self._years), SAMPLE):
                by_year.setdefault(self.past.curves[row].year, []).append(row)
            found = {
                year: missed for year, rows in by_year.items()
                if len(missed := self._missed(method, period, year, rows))
            }  # fmt: skip
            self._residuals[method, period] = found
        return found

    def _missed(self, method: Method, period: int, year: int, rows: Sequence[int]) -> Residuals:
        """Return what a method missed these rows of a year by, without having seen the year."""
        ones = [opened(self.past.curves[row], period) for row in rows]
        if len(np.unique(self._years)) == 1:
            # The only year there is: each hides itself alone.
            own = np.arange(len(self._years))
            said = [FORESEE[method](one, self.past, own == row) for one, row in zip(ones, rows, strict=True)]
        else:
            if year not in self._without:
                self._without[year] = Past([curve for curve in self.past.curves if curve.year != year])
            said = foresee(ones, method, self._without[year])
        return np.array([
            float(self.past.finals[row]) - share
            for row, share in zip(rows, said, strict=True) if share is not None
        ])  # fmt: skip

    def forecast(self, one: Open, method: Method) -> Forecast | None:
        """Return what a method foresees, with its P10 and P90; None where there is not enough history."""
        said = FORESEE[method](one, self.past, None)
        return None if said is None else self._around(one, method, said)

    def forecasts(self, ones: Sequence[Open], method: Method) -> list[Forecast | None]:
        """Return :meth:`forecast` of many years that stand at the same period."""
        return [found for _, found in self._foreseen(ones, method)]

    def _foreseen(self, ones: Sequence[Open], method: Method) -> list[tuple[float | None, Forecast | None]]:
        """Return what a method says of each, plain and with its interval."""
        known = self._known.setdefault(method, {})
        new = list(dict.fromkeys(one for one in ones if one not in known))
        if len(known) + len(new) > KNOWN_MAX:
            known.clear()
            new = list(dict.fromkeys(ones))
        for one, share in zip(new, foresee(new, method, self.past), strict=True):
            known[one] = share, None if share is None else self._around(one, method, share)
        return [known[one] for one in ones]

    def _around(self, one: Open, method: Method, said: float) -> Forecast | None:
        width, comparable = self._width(method, one.period)
        if width is None:
            return None
        paid = one.paid_dong[-1] / one.plan_dong
        most = max(1.0, paid)
        low, middle, high = (min(max(said + each, paid), most) for each in width)
        return Forecast(method=method, share=middle, low=low, high=high, comparable=comparable)

    def _width(self, method: Method, period: int) -> tuple[tuple[float, float, float] | None, int]:
        """Return how far the ends lay from what a method said: P10, P50, P90; None under enough of them."""
        found = self._widths.get((method, period))
        if found is None:
            residuals = self.residuals(method, period)
            pool = np.concatenate(list(residuals.values())) if residuals else np.empty(0)
            enough = len(pool) >= ENOUGH
            low, middle, high = np.quantile(pool, (LOW, 0.5, HIGH)).tolist() if enough else (0.0, 0.0, 0.0)
            found = ((low, middle, high) if enough else None, len(pool))
            self._widths[method, period] = found
        return found

    def total(self, ones: Sequence[Open], method: Method, *, seed: int = 0) -> tuple[int, int, int] | None:
        """Return P10, P50 and P90 of what all of them together will have paid, in đồng.

        A draw takes one past year, whose luck all projects share, and of it one residual for each project.
        None where the method is silent for one of them: a sum without its parts is no sum.
        """
        periods = {one.period for one in ones}
        told = (
            [share for share, _ in self._foreseen(ones, method)] if len(periods) == 1
            else [FORESEE[method](one, self.past, None) for one in ones]
        )  # fmt: skip
        said = [share for share in told if share is not None]
        if not ones or len(said) < len(ones):
            return None
        if any(sum(map(len, self.residuals(method, period).values())) < ENOUGH for period in periods):
            return None
        chance = np.random.default_rng(seed)
        draws = DRAWS if len(ones) <= MANY else DRAWS_OF_MANY
        sums = np.zeros(draws)
        picks = chance.random(draws)
        shares, plans = np.array(said), np.array([float(one.plan_dong) for one in ones])
        paid = np.array([one.paid_dong[-1] / one.plan_dong for one in ones])
        for period in sorted(periods):
            here = np.array([one.period == period for one in ones])
            found = list(self.residuals(method, period).values())
            of_year = (picks * len(found)).astype(int)
            for number, values in enumerate(found):
                drawn = np.flatnonzero(of_year == number)
                misses = chance.choice(values, (int(here.sum()), len(drawn)))
                least = paid[here, None]
                ends = np.clip(shares[here, None] + misses, least, np.maximum(1.0, least))
                sums[drawn] += plans[here] @ ends
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


def backtest(
    curves: Sequence[Curve], periods: Sequence[int] = SHOWN, *, most: int | None = None
) -> list[Score]:
    """Hold every method against every year that has years before it; one score a method and period.

    ``most``: against so many project-years of a year, evenly spread, and no more.
    """
    held: dict[tuple[Method, int], _Held] = {
        (method, period): _Held() for method in FORESEE for period in periods
    }
    for year in sorted({curve.year for curve in curves})[1:]:
        foresight = Foresight([curve for curve in curves if curve.year < year])
        of_year = [curve for curve in curves if curve.year == year]
        of_year = [of_year[row] for row in _evenly(len(of_year), most or len(of_year))]
        for (method, period), into in held.items():
            into.hold(foresight, of_year, method, period)
    return [into.score(method, period) for (method, period), into in held.items()]


class _Held:
    """What a method said of each project-year at a period, and what came."""

    def __init__(self) -> None:
        self.said: list[float] = []
        self.came: list[float] = []
        self.inside: list[bool] = []
        self.silent = 0

    def hold(self, foresight: Foresight, curves: Sequence[Curve], method: Method, period: int) -> None:
        """Hold a method against the years of these curves, as they stood at the end of a period."""
        ones = [opened(curve, period) for curve in curves]
        plain = foresee(ones, method, foresight.past)
        around = foresight.forecasts(ones, method)
        for curve, share, found in zip(curves, plain, around, strict=True):
            if share is None:
                self.silent += 1
                continue
            end = curve.paid_dong[-1] / curve.plan_dong
            # The line is held as it is drawn, else its own past would mend it.
            self.said.append(share if found is None or method == "linear" else found.share)
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


def _evenly(count: int, most: int) -> list[int]:
    """Return numbers below a count, at most so many, evenly spread."""
    if count <= most:
        return list(range(count))
    found: list[int] = np.unique(np.linspace(0, count - 1, most).astype(int)).tolist()
    return found


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
