"""Rules of alerts: what is looked at when the city changes, and by the clock where nothing comes.

The way of a change, by file::

    model, expression, duration   the grammar of ``rules.yaml``
    conditions/          a file for each kind of condition
    reading, checking    packs are read; every fault is named with file, rule and field
    book, decided        the rules that hold now: files, and what the site decided: modes, overrides
    index                which rules look at an entity, and at which of its attributes
    engine               pure: observations and the clock go in, what came and went comes out
    entity, course, gathering   its memory, the phases and what falls due, the groups
    columns, memory      rows of the log become values; what was known before a restart is met again
    live                 the step: what is new in memory is written with the cursor
    clockwork            the clock where no change comes: silence and delays
    bands, hourly        what is usual at this hour of the week, from the hours that history keeps
    trial                the same engine over history: "would have fired 14 times last month, here"
    samples, sampled     the same engine over the samples beside the rules
    describing           value and limit as a sentence
    store                the SQL of the step and the trial
    deciding, api        modes, overrides, trials for people

Signals go to ``alerts.service.raising``, which makes alerts of them. ``docs/alert-rules.md`` lists every
kind with its test, decision 0090 says why it is built so.
"""
