"""bench: measured ratios of the house, from one run, with the audit that nothing acknowledged was lost.

``haidang bench city`` starts a real server on a data folder of its own, loads a seeded city into it and
measures each figure beside its yardstick on the same machine in the same round, because absolute speeds of
a shared machine mean nothing:

* ``machine`` reads CPU time from procfs and calibrates the disk (fdatasync) and the processor (spin);
* ``workload`` makes the seeded entities and the prebuilt request bodies;
* ``client`` is the load generator, a process of its own, closed loop over raw keep-alive connections;
* ``bare`` writes the same rows with one plain connection: the yardstick of W1 and W2;
* ``city`` runs the rounds, rejects those during which the machine moved, audits, and reports.

The targets and their meaning stand in ``docs/benchmarks.md``.
"""
