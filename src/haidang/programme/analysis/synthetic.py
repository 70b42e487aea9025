"""Portfolios whose truth is known, to see what a method is worth; never shown as anybody's figures.

Money comes late, as it does everywhere (51 % of the plan in nine months of 2022): each project has a beta
curve of its phase, an end that depends on its owner and phase, and a year's luck that all share. Owners
promise nearly their whole plan, each as far from what comes as the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from haidang.programme.analysis.curves import PERIODS, Curve, size_of

PHASES = ("completing", "transitional", "new")
_SHAPE = {"completing": (1.6, 1.5), "transitional": (2.2, 1.6), "new": (3.6, 1.5)}
_END = {"completing": 0.86, "transitional": 0.76, "new": 0.58}
_STEPS = 400
Part = NDArray[np.float64]


def portfolio(
    seed: int, *, years: int = 6, projects: int = 80, owners: int = 12, first_year: int = 2015
) -> list[Curve]:
    """Return ``projects`` curves for each of ``years`` years; the same for the same arguments."""
    chance = np.random.default_rng(seed)
    diligence = {f"owner-{number}": chance.normal(0, 0.09) for number in range(owners)}
    found = []
    for year in range(first_year, first_year + years):
        luck = chance.normal(0, 0.04)
        for number in range(projects):
            owner = f"owner-{chance.integers(owners)}"
            phase = PHASES[int(chance.integers(len(PHASES)))]
            end = _END[phase] + diligence[owner] + luck + chance.normal(0, 0.11)
            found.append(
                _curve(
                    chance, f"project-{number}", year, owner, phase,
                    end=float(np.clip(end, 0.02, 0.985)),
                )
            )  # fmt: skip
    return found


def _curve(
    chance: np.random.Generator,
    project: str,
    year: int,
    owner: str,
    phase: str,
    *,
    end: float,
) -> Curve:
    plan = int(10 ** chance.uniform(9, 11.6))
    smooth, lumpy = _spread(chance, _SHAPE[phase])
    paid = np.round(lumpy * end * plan).astype(np.int64)
    paid[-1] = round(end * plan)
    wish = np.round(np.diff(smooth, prepend=0) * plan * chance.uniform(0.9, 1.0)).astype(np.int64)
    return Curve(
        project=project, year=year, plan_dong=plan, paid_dong=tuple(int(amount) for amount in paid),
        promised_dong=tuple(int(amount) for amount in wish), owner=owner, sector="", phase=phase,
        size=size_of(plan),
    )  # fmt: skip


def _spread(chance: np.random.Generator, shape: tuple[float, float]) -> tuple[Part, Part]:
    """Return the part of the year's money that is out at each period's end: as hoped for, and in lumps."""
    a, b = (value * chance.lognormal(0, 0.22) for value in shape)
    steps = (np.arange(_STEPS) + 0.5) / _STEPS
    density = np.cumsum(steps ** (a - 1) * (1 - steps) ** (b - 1))
    ends = np.arange(1, PERIODS + 1) / PERIODS
    smooth = np.interp(ends, np.arange(1, _STEPS + 1) / _STEPS, density / density[-1])
    total = np.cumsum(np.diff(smooth, prepend=0) * chance.gamma(2.0, 0.5, PERIODS))
    return smooth, total / total[-1]
