"""formulas: indicators made from other indicators and from facts, by a small language without ``eval``.

``sum([KT-01] over period)``, ``percent([NV-02], [NV-01], of: "hồ sơ đã giải quyết")``: arithmetic; finer
periods, the year to date, the areas and the units below put together; the same period last year; shares that
name their denominator; and what to do when parts are missing, which is never to take them for zero.

* ``text`` reads a formula into ``nodes``; ``problems`` says what is wrong with one, and where in it.
* ``measures`` is the algebra of units: people are not added to đồng, millions not to billions.
* ``checking`` holds a formula against the register: units, periods, levels, cost.
* ``evaluating`` turns it into a function of values, exact in Decimal; ``unfolding`` shows every step.
* ``graph`` knows what depends on what: cycles by name, the order of making, which figures a change reaches.

All of this is pure. ``docs/formulas.md`` is the language; decision 0121.
"""
