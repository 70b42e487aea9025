"""alerts: what an operator must act upon, from the change that raised it to the last act on it.

An alert exists only where somebody must act; all else is an event of the log (EEMUA 191, ISA-18.2,
IEC 62682).

* ``rules/`` reads the rules of the sector packs and finds out, change by change, which of them hold: it
  speaks in **signals** (``model/signal.py``): a condition came, a condition went.
* ``service/raising.py`` makes alerts of signals: one open alert for each rule and entity, counted;
  ``service/causes.py`` suppresses what another alert or maintenance explains.
* ``model/alert.py`` is the alert. Whether its condition is present and whether somebody has acknowledged it
  are two axes; its state follows from them. ``model/acts.py`` is the one table of acts: from which state, to
  which.
* ``service/acting.py`` does an act, on one alert, on many, or on a whole group.
* ``model/flood.py`` says when alerts come faster than people can take them, ``model/folding.py`` folds
  the queue then: it never has fifty lines, and nothing is lost.
* ``service/quality.py`` measures the rules by the load they make: the ten worst, chattering, standing, mix.
* ``service/clockwork.py`` ends shelving and maintenance, once each.
* The log is the chain ``alerts`` (``haidang audit verify --log alerts``); there is no second history.
* ``cap/`` are warnings to the public and from others, in CAP 1.2.

``docs/alerts.md`` has every state and act with its test.
"""

from haidang.alerts.service.jobs import JOBS

__all__ = ["JOBS"]
