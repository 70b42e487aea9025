"""indicators: how well are we doing, against what target, and how do we know?

* ``model/`` are the facts and rules, pure: **periods** (``period``), when a figure of a period is due in
  working days (``due``), what an indicator is (``register``), where a value comes from and what may follow
  what (``value``: kinds of source in the order of their honour, quality flags, reasons for a missing value).
* Rooms within: ``indices`` (method trees of composed indices) and ``formulas`` (values computed from others).

It stands above all rooms whose facts it measures, and below ``feeds`` and ``boards``. ``docs/indicators.md``.
"""
