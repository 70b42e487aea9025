"""after_action: papers of an incident, made from what was logged while it went on.

* ``gathering`` reads one incident with its log (and whether the log's chain holds), times to react,
  procedures, resources, alerts, warnings, files and lessons into one :class:`model.AfterAction`.
* ``paper`` makes the after-action report (báo cáo sau sự cố) of it: pure, from facts to blocks.
* ``lessons`` makes a task of a lesson, once, with one act.
* ``handover`` makes the sheet of a shift's handover (biên bản bàn giao ca).
* ``api`` are the routes; documents are drawn outside the transaction, by ``documents.press``.

Nothing is written for the report alone: what is not in the log is not in the report, and what is missing is
said to be missing.
"""
