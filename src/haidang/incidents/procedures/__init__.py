"""procedures: what is done about an incident, step by step, from YAML in the sector packs (quy trình xử lý).

* ``model/`` are the rules, pure: a procedure as its file has it (``procedure``), and how its steps stand
  (``plan``): what is settled opens what needed it; a condition that is not known asks the operator.
* ``reading`` reads files, with every fault named by file, step and field; ``book`` holds a site's procedures
  and reads them anew when files change; ``samples`` runs the facts that each file brings as its own test.
* ``service/running`` starts, changes and stops a run and opens steps. **A step is a task** of the tasks room:
  its clock, reminders, evidence and judgement are the task's. ``service/following`` is told of each act on
  such a task, in the act's own transaction, so that task and step are never at odds.
* ``service/actions`` are what steps do by themselves; ``service/actuating`` sends commands to devices, each
  recorded before it leaves and never sent twice. Exercises actuate nothing, what is simulated only what is
  simulated.
* ``service/clockwork``: every minute late steps escalate, once, and conditions are looked at again.

A run keeps the text of its procedure: a file that changes meanwhile changes nothing under way.
``docs/procedures.md`` has every key, state and act.
"""
