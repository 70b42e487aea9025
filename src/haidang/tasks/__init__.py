"""tasks: the one engine for work with a deadline: who must do what, by when, and is it done.

Every alert, directive, citizen report and late figure ends as a task here; none of them has a clock, a
reminder or an escalation of its own. One unit leads, others cooperate, one has assigned it.

* ``model/`` are the rules, pure: what a **due** of each precision comes to in the working calendar (``due``),
  how a task stands by its clock (``task``: seven values, derived, never stored), what falls when
  (``agenda``), and the one table of **acts** (``acts``): who may do what, from which state, to which.
* ``service/acting.py`` does an act, all of them the same way around: lock, version, rules, new row, next
  moment, notices, event, log. ``giving`` makes tasks, ``dues`` changes clocks, ``evidence`` keeps files.
* ``service/clockwork.py`` is the clock: every minute a job takes the tasks whose next moment has come.
  A step stands in ``reminder`` by (task, version, step): it falls once, whatever happens to the process.
* ``delivery/`` takes notices to mail, webhooks and an SMS gateway; the screen has them at once.
* What differs between kinds of work is data: ``data/policies``, and a site's own in ``<data folder>/tasks``.
* The log is the chain ``tasks`` (``haidang audit verify --log tasks``); there is no second history.

Rooms above give tasks by ``tasks.service.giving.give``. ``docs/tasks.md`` has every state and act.
"""

from haidang.tasks.service.jobs import JOBS

__all__ = ["JOBS"]
