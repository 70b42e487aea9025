"""Four ways to foresee what share of a plan will have been paid by 31 January, each a function of the past.

All answer with the share of the plan (0 to 1 and above where more than the plan was paid), or with None where
the past does not suffice: under :data:`ENOUGH` comparable project-years nobody should be told a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from haidang.programme.analysis.curves import PERIODS, Curve, Open, Shares, shares

Method = Literal["committed", "reference", "nearest", "linear"]
METHODS: Mapping[Method, tuple[str, str]] = {
    "committed": ("Theo cam kết của chủ đầu tư", "The owner's promises, as far as they were kept before"),
    "reference": ("Theo nhóm dự án tương tự", "The class of projects of the past"),
    "nearest": ("Theo các năm có diễn biến gần nhất", "The nearest curves of the past"),
    "linear": ("Tuyến tính (chỉ để so sánh)", "A straight line, only to compare with"),
}
ENOUGH = 8
"""Comparable project-years below which a method answers that there is not enough history."""
NEAREST = 12
_BLOCK = 8
"""Years whose distances are found together: small enough that no library spreads it over all processors."""
_CLASSES: tuple[tuple[str, ...], ...] = (
    ("owner", "sector", "phase", "size"), ("owner", "phase"), ("sector", "phase", "size"), ("phase", "size"),
    ("phase",), (),
)  # fmt: skip
"""From the narrowest class to all: the first with enough project-years is the one compared with."""

Rows = NDArray[np.int64]
Hidden = NDArray[np.bool_] | None
"""Rows of the past that are not to be looked at: the year that is being foreseen."""
_NONE: Rows = np.empty(0, dtype=np.int64)
_NOTHING = (0,) * PERIODS


class Past:
    """Years that are over, ready to be asked; the order of the curves does not matter."""

    def __init__(self, curves: Sequence[Curve]) -> None:
        self.curves = tuple(curves)
        self.shares: Shares = shares(self.curves)
        self.finals = self.shares[:, -1]
        self._promised = np.array([curve.promised_dong or _NOTHING for curve in curves], dtype=np.float64)
        self._paid = np.array([curve.paid_dong for curve in curves], dtype=np.float64)
        self._told = np.array([bool(curve.promised_dong) for curve in curves], dtype=bool)
        self._rows = {names: self._by(names) for names in (*_CLASSES, ("owner",))}
        self._usual: dict[tuple[object, ...], tuple[float, float] | None] = {}
        self._kept: dict[tuple[str, int], float | None] = {}

    def _by(self, names: tuple[str, ...]) -> dict[tuple[str, ...], Rows]:
        rows: dict[tuple[str, ...], list[int]] = {}
        if len(names) > 1:
            key = attrgetter(*names)
            for row, curve in enumerate(self.curves):
                rows.setdefault(key(curve), []).append(row)
        else:
            for row, curve in enumerate(self.curves):
                rows.setdefault(tuple(getattr(curve, name) for name in names), []).append(row)
        return {key: np.array(found) for key, found in rows.items()}

    def alike(self, one: Open, hidden: Hidden = None) -> tuple[Rows, tuple[str, ...]]:
        """Return the rows of the narrowest class with enough project-years, and what they have in common."""
        for names in _CLASSES:
            rows = self._rows[names].get(tuple(getattr(one, name) for name in names), _NONE)
            kept = rows if hidden is None else rows[~hidden[rows]]
            if len(kept) >= ENOUGH:
                return kept, names
        return _NONE, ()

    def usual(self, one: Open, hidden: Hidden = None) -> tuple[float, float] | None:
        """Return what part of the year's money its class has paid by this period, and the class's end."""
        key = (one.owner, one.sector, one.phase, one.size, one.period)
        if hidden is not None:
            return self._of_class(one, hidden)
        if key not in self._usual:
            self._usual[key] = self._of_class(one, None)
        return self._usual[key]

    def _of_class(self, one: Open, hidden: Hidden) -> tuple[float, float] | None:
        rows, _ = self.alike(one, hidden)
        if not len(rows):
            return None
        finals, now = self.finals[rows], self.shares[rows, one.period - 1]
        told = finals > 0
        part = float(np.median(now[told] / finals[told])) if told.any() else 0.0
        return part, float(np.median(finals))

    def kept_ratio(self, owner: str, period: int, hidden: Hidden = None) -> float | None:
        """Return what part of its promises for the rest of a year an owner paid; where new, all owners."""
        if hidden is not None:
            return self._kept_by(owner, period, hidden)
        if (owner, period) not in self._kept:
            self._kept[owner, period] = self._kept_by(owner, period, None)
        return self._kept[owner, period]

    def _kept_by(self, owner: str, period: int, hidden: Hidden) -> float | None:
        told = self._told if hidden is None else self._told & ~hidden
        own = self._rows["owner",].get((owner,), _NONE)
        own = own[told[own]]
        rows = own if len(own) >= ENOUGH else np.flatnonzero(told)
        if len(rows) < ENOUGH:
            return None
        promised = float(self._promised[rows, period:].sum())
        kept = float((self._paid[rows, -1] - self._paid[rows, period - 1]).sum())
        return max(0.0, kept / promised) if promised else None


def committed(one: Open, past: Past, hidden: Hidden = None) -> float | None:
    """Paid until now, and the promises for the rest as far as this owner's were kept before."""
    if not one.promised_dong:
        return None
    ratio = past.kept_ratio(one.owner, one.period, hidden)
    if ratio is None:
        return None
    return _within(one, (one.paid_dong[-1] + ratio * sum(one.promised_dong[one.period :])) / one.plan_dong)


def reference(one: Open, past: Past, hidden: Hidden = None) -> float | None:
    """Paid until now, and of the class's usual end the part that it usually pays after this period.

    Dividing what was paid by the part usually paid until now would say the same where that part is all, and
    blows every lump up early in the year; weighing both by that part (Bornhuetter and Ferguson) does not.
    """
    usual = past.usual(one, hidden)
    if usual is None:
        return None
    part, end = usual
    return _within(one, one.paid_dong[-1] / one.plan_dong + max(0.0, 1 - part) * end)


def nearest(one: Open, past: Past, hidden: Hidden = None) -> float | None:
    """The median end of the past years whose curve until this period is nearest to this one's."""
    known = np.array(one.paid_dong, dtype=np.float64) / one.plan_dong
    apart = np.square(past.shares[:, : one.period] - known).sum(axis=1)
    if hidden is not None:
        apart[hidden] = np.inf
    if np.isfinite(apart).sum() < ENOUGH:
        return None
    few = min(NEAREST, len(apart))
    near = np.argpartition(apart, few - 1)[:few]
    return _within(one, float(np.median(past.finals[near[np.isfinite(apart[near])]])))


def nearest_many(ones: Sequence[Open], past: Past) -> list[float | None]:
    """Return :func:`nearest` of many years that stand at the same period."""
    if not ones or len(past.curves) < ENOUGH:
        return [None] * len(ones)
    period = ones[0].period
    here = np.array([one.paid_dong for one in ones], dtype=np.float64)
    here /= np.array([[one.plan_dong] for one in ones], dtype=np.float64)
    before = past.shares[:, :period]
    lengths = np.square(before).sum(axis=1)
    few = min(NEAREST, len(before))
    found: list[float | None] = []
    for start in range(0, len(ones), _BLOCK):
        # The square of each one's own length is the same for every past year, and orders nothing.
        apart = lengths - 2 * (here[start : start + _BLOCK] @ before.T)
        near = np.argpartition(apart, few - 1, axis=1)[:, :few]
        ends = np.median(past.finals[near], axis=1)
        found += [_within(one, float(end)) for one, end in zip(ones[start:], ends, strict=False)]
    return found


def linear(one: Open, past: Past, hidden: Hidden = None) -> float | None:
    """As much each period as on average until now."""
    return _within(one, one.paid_dong[-1] / one.plan_dong / one.period * PERIODS)


Foresee = Callable[[Open, Past, Hidden], float | None]
FORESEE: Mapping[Method, Foresee] = {
    "committed": committed, "reference": reference, "nearest": nearest, "linear": linear,
}  # fmt: skip


def foresee(ones: Sequence[Open], method: Method, past: Past) -> list[float | None]:
    """Return what a method says of many years that stand at the same period."""
    if method == "nearest":
        return nearest_many(ones, past)
    return [FORESEE[method](one, past, None) for one in ones]


def _within(one: Open, share: float) -> float:
    """Not more than the whole plan, and not less than has been paid."""
    paid = one.paid_dong[-1] / one.plan_dong
    return max(min(share, 1.0), paid)
