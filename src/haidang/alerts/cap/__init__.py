"""alerts.cap: warnings out as CAP 1.2 messages, and others' CAP messages in.

* ``model/``: a message as facts (``message``), what a person writes down for one (``draft``), the rules that
  one of ours keeps beyond its form (``checks``), its states and the table of acts (``warning``). Pure.
* ``xml/``: written as 1.2 and held against a schema of ours; read as 1.0, 1.1 and 1.2. What is hostile is
  refused before anything of it is used (``reading``).
* ``service/``: a warning is drafted, approved by somebody whose hand is not in it, sent, updated, cancelled
  (``drafting``, ``acting``); the clock ends it (``clockwork``). Others' messages become alerts
  (``importing``, ``polling``).
* ``api/``: ``/api/v1/warnings`` for the people of the house; ``/cap`` for everybody: two feeds, and each
  public message as it left.

A warning belongs to no room above: an incident gives its number and whether it is an exercise or simulated
(then nothing of it is Actual or public), and what leaves is told in the one log (topic ``warnings``). The
chain is ``warnings``. ``docs/cap.md`` has every rule.
"""
