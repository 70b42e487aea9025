"""History that a province can afford: the log's rows, what hours came to, packed days, Parquet.

::

    change ── summing (a step of the pipeline) ──► rollup      what each hour of each entity came to
       │
       └── packing (a job, days after) ──► chunk ── exporting (a job, weeks after) ──► Parquet, data folder
                                            at most 5 bytes a value               readable by any engine

* ``codec`` gives rows the form of a packed day, ``lake`` that of a file; both give them back bit for bit.
* ``unpacking`` reads both; ``store.history`` and ``store.aggregates`` merge them with the log, so that
  whoever asks does not know where rows lie.
* ``changing`` is for whoever corrects or erases what was; ``retention`` erases by the age a type may have.
* Rows move only under the tiers' lock, each move in one transaction: no moment shows a row twice or not at
  all.
* The log in its order (streams, replay, steps) reaches back to ``log_floor``: at least as many days as a day
  waits before it is packed.

Decision 0064 says why.
"""

from haidang.city.tiers.changing import erase, reopen, touch

__all__ = ["erase", "reopen", "touch"]
