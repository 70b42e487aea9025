"""programme: what is being built, by whose decision, with whose money, and how far it is.

* ``model/`` are the facts and rules, pure: the register (``register``), plans on two clocks (``plans``: what
  a revision makes of what is known), the tree of a year's plan (``tree``: total = own + children), money
  (``money``: a ratio names its denominator, plan date and cut-off; estimates and confirmed payments have no
  common sum), the tables of **acts** of payments and of contractor cases, and what stands beside a project
  (``records``: one table of kinds, from packages and contracts to the security dossier).
* ``service/plans.revise`` sets amounts by decisions and never updates one: what it touches is superseded.
  ``plans.plan_as_of(valid_on, known_at)`` answers any past report again.
* ``service/payments`` and ``service/cases`` do acts, all of them the same way around; ``service/records``
  keeps the rest; ``service/bottlenecks`` gives tasks, which have the only clock.
* ``service/ledger.check`` recounts every total from its rows, each night and by ``haidang programme check``.
* Rules of the ledger stand in the schema (migrations 027x): whoever writes, by whatever way, meets them.
* The log is the chain ``programme`` (``haidang audit verify --log programme``).

``sheets/`` is a room within: plan sheets of departments in and out. ``docs/programme.md`` has every act.
"""
