"""Small methods and tables for the tests of indices; no published figures of anybody."""

from __future__ import annotations

from haidang.indicators.indices.methods import read_method
from haidang.indicators.indices.model import Method
from haidang.indicators.indices.report import Computed, computed
from haidang.indicators.indices.tables import read

MEAN = """
method: TRY-1
index: TRY
version: 1
vi: Thử
en: Try
publisher: nobody
basis: none
since: 2010
until: 2030
units: any
aggregate: weighted_mean
factor: 10
max: 100
components:
  - { code: a, vi: Một, en: One, weight: 50, min: 1, max: 10 }
  - { code: b, vi: Hai, en: Two, weight: 30, min: 1, max: 10 }
  - { code: c, vi: Ba, en: Three, weight: 20, min: 1, max: 10 }
"""
# Worked by hand (docs/indices.md): Alpha (50·8 + 30·6 + 20·4) / 10 = 66, Beta 61, Gamma 61, Delta 40.
TABLE = """unit,a,b,c,published
Alpha,8,6,4,66
Beta,5,8,6,61
Gamma,7,4,7,61
Delta,4,4,4,40
"""


def mean() -> Method:
    """Return the weighted mean of three components."""
    return read_method(MEAN)


def field_table(text: str = TABLE, method: Method | None = None, year: int | None = None) -> Computed:
    """Return a table computed by the small method."""
    by = method or mean()
    return computed(by, read(text.encode(), by, year=year))
