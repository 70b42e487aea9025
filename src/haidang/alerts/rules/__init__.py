"""Rules of alerts: what is looked at when the city changes, and by the clock where nothing comes.

The way of a change, by file::

    model, conditions/   the grammar of ``rules.yaml``: a rule, and one file for each kind of condition
    reading              packs are read; every fault is named with file, rule and field
    book                 the rules that hold now: files, modes, overrides for single entities
    index                which rules look at an entity, and at which of its attributes
    engine               pure: observations and the clock go in, what came and went comes out
    entity, course, gathering   its memory, the phases and what falls due, the groups
    live                 rows of the log become observations; what is new in memory is written with the cursor
    clockwork            the clock where no change comes: silence and delays
    baselines            what is usual at this hour of the week, from the hours that history keeps
    trial                the same engine over history: "would have fired 14 times last month, here"
    samples              the same engine over the samples beside the rules
    describing           value and limit as a sentence
    service, api         modes, overrides, trials for people

Signals go to ``alerts.service.raising``, which makes alerts of them. ``docs/alert-rules.md`` lists every
kind with its test, decision 0090 says why it is built so.
"""
