"""The boards of directives: who owes what, from which conclusion, how late; and a leader's morning.

* ``board``: counts, what is late by its band, the heat map of units over months, how fast units and the
  office answer; narrowed by unit, leader, field, document, meeting and days.
* ``meeting``: one meeting, its notices, and what became of each directive.
* ``brief``: one page for a leader: what is red first, and what has changed since yesterday morning.
* ``owed``: one unit's own view: what we owe, by when.

Figures come from ``directives.service.counting``, rows from the tasks themselves by the same condition, so a
list has as many rows as its figure says. Headlines are told against the **original** due. What the asker may
not see is neither counted nor named; the wording of a restricted document is shown to its readers only.
"""
