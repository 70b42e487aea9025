"""incidents: what has happened, who commands, by when what must be done, and what was done about it.

* ``model/`` are the rules, pure: the one table of **acts** (``acts``: who may do what, from which state, to
  which), the decision **tables** (``tables``: kinds, severity, times to react; first match wins), what alerts
  **join** (``joining``), the acts of **resources** (``resources``).
* ``service/opening.py`` opens: by hand, from alerts, by phone; ``automatic`` opens what a rule says opens by
  itself (the step ``incidents`` of the pipeline). ``acting.perform`` does an act, all the same way around:
  lock, version, rules, new row, clocks, event, log.
* The **log** of an incident is a hash chain of its own, ``incident:<id>`` (``service/journal``).
  Nothing in it is ever changed; a correction is a new entry. ``haidang audit verify`` walks all of them.
* ``service/clockwork`` is the clock: what is late is said once. ``statistics`` reads sums made beforehand.
* An **exercise** is one from its birth: marked in every answer, out of statistics.
* What differs between sites is data: ``data/*.yaml``, and a site's own in ``<data folder>/incidents``.

``procedures`` is a room within: steps to be taken, which are tasks. ``docs/incidents.md`` has every state
and act.
"""
