"""analysis: what the register's figures mean: earned value, forecasts of the year's end, red flags, records.

Everything here is pure: it gets curves, bids and amounts, and says what follows from them by a published
definition, with the reason where nothing follows. Nothing is judged: a flag is a question to a person, and a
forecast stands beside its own past error.

* ``earned`` is earned value and earned schedule (PMI; governance.md § 1.4), money exact to one đồng.
* ``curves`` is the year of a project: what had been paid of its plan at the end of each of 13 periods.
* ``methods`` are four ways to foresee the end of the year from what was paid until now: the owner's own
  promises, its class of the past, its nearest past curves, and the straight line that they must beat.
* ``backtest`` lets each method foresee years that it has not seen; its residuals give P10 and P90.
* ``synthetic`` makes portfolios whose truth is known, for tests and ``haidang programme backtest``.
* ``pace`` is what must be paid a month to reach the goal, and between which projects money could move.
* ``procurement`` are the red flags of Open Contracting, ``conditions`` those of money, time and substance;
  their thresholds are ``data/flags.yaml``.
* ``records`` is what a contractor's own past says: rates shrunk towards all, with their interval and number.

``docs/programme-analysis.md`` has the worked tables that the tests calculate again.
"""
