"""When attributes were made, and when those that are not observed were modified. No I/O.

An attribute is as old as its entity unless it came later, and was modified when it was made unless it was
written again; only what differs is kept, in a column that telemetry never rewrites (decision 0067). When an
observed attribute was modified is in the log.
"""

from __future__ import annotations

from haidang.city.represent import Stored

Ages = dict[str, tuple[int, int]]
"""Key of an attribute to (made, modified) in µs."""
_OTHERS = frozenset({"@", "scope"})


def aged(
    ages: Ages | None,
    docs: tuple[dict[str, Stored], dict[str, Stored]],
    statics: tuple[dict[str, Stored], dict[str, Stored]],
    now_us: int,
    created_us: int,
) -> Ages | None:
    """Return the ages after a write; pairs are the documents (before, after) it. None: nothing to keep."""
    before = (docs[0].keys() | statics[0].keys()) - _OTHERS
    after = (docs[1].keys() | statics[1].keys()) - _OTHERS
    kept = {key: age for key, age in (ages or {}).items() if key in after}
    for key in after - before:
        kept[key] = (now_us, now_us)
    for key in after & before & statics[1].keys():
        if statics[0].get(key) != statics[1][key]:
            kept[key] = (kept[key][0] if key in kept else created_us, now_us)
    return kept or None
