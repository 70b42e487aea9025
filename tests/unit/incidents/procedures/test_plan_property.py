"""What has begun stays, nothing begins before its needs, and looking twice changes nothing."""

from __future__ import annotations

from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from haidang.incidents.procedures.model.plan import SETTLED, UNDECIDED, State, plan
from haidang.incidents.procedures.model.procedure import Procedure, Step
from tests.unit.incidents.procedures.examples import example

STATES: tuple[State, ...] = get_args(State)


@st.composite
def situations(
    draw: st.DrawFn,
) -> tuple[Procedure, dict[str, State], dict[str, bool], dict[str, bool | None]]:
    """Draw a procedure whose steps need earlier ones, listed in any order, and how it stands."""
    count = draw(st.integers(1, 8))
    steps = []
    for number in range(count):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        when = f"facts.f{number} == 1" if draw(st.booleans()) else None
        steps.append(
            Step(id=f"s{number}", vi="b", en="s", role="r", needs=tuple(f"s{n}" for n in needs), when=when)
        )
    names = [step.id for step in steps]
    return (
        msgspec.structs.replace(example(), steps=tuple(draw(st.permutations(steps)))),
        draw(st.dictionaries(st.sampled_from(names), st.sampled_from(STATES))),
        draw(st.dictionaries(st.sampled_from(names), st.booleans())),
        {
            f"facts.{name.replace('s', 'f')} == 1": draw(st.sampled_from((True, False, None)))
            for name in names
        },
    )


@given(situations())
def test_needs_are_kept_and_looking_twice_changes_nothing(
    situation: tuple[Procedure, dict[str, State], dict[str, bool], dict[str, bool | None]],
) -> None:
    procedure, before, answers, truths = situation
    after = plan(procedure, before, answers, truths.__getitem__)
    assert set(after) == {step.id for step in procedure.steps}
    for step in procedure.steps:
        was, is_now = before.get(step.id, "waiting"), after[step.id]
        ready = all(after[need] in SETTLED for need in step.needs)
        if was not in UNDECIDED:
            assert is_now == was
            continue
        assert (is_now == "waiting") == (not ready)
        holds = answers.get(step.id, None if step.when is None else truths[step.when])
        if ready and step.when is not None:
            assert is_now == {True: "open", False: "unneeded", None: "asked"}[holds]
    assert plan(procedure, after, answers, truths.__getitem__) == after
