"""Lines as a tree: which heading stands under which, and to which a project belongs.

The tier of a heading is what its numbering and its text allow; where the numbering allows two, what comes
next in one of them decides (after ``H`` comes ``I``, after nothing ``I`` is the Roman one). A heading of
which neither can be told gets the one tier in which more groups add up than in any other. Where there is
none, what stands under it is refused with it, and not put under the heading before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from haidang.programme.sheets.description import Description, Tier, says
from haidang.programme.sheets.lines import Line

GUESSES_MAX = 12
"""Headings of one sheet whose tier is found by what adds up."""


class Tree(msgspec.Struct, frozen=True, eq=False):
    """The headings and projects of a sheet."""

    roots: list[Line]
    headings: list[Line]
    projects: list[Line]
    totals: list[tuple[Line, list[Line]]]
    """Each total row, with the headings that were open above it, the innermost first."""
    lost: list[Line]
    """Headings whose tier could not be told."""
    jumps: list[tuple[Line, int]]
    """Lines whose number is not the next one, and what the next would have been."""


def grow(lines: Sequence[Line], description: Description, tiers: dict[int, int]) -> Tree:
    """Return the tree of the lines; ``tiers`` gives the tier of rows that do not say it themselves."""
    tree = Tree([], [], [], [], [], [])
    growing = _Growing(tree, description, tiers)
    for at, line in enumerate(lines):
        line.children, line.parent = [], None
        growing.add(line, lines[at + 1 :])
    return tree


class _Growing:
    """A tree while it grows: the headings that are open, and the last number of each tier under each."""

    def __init__(self, tree: Tree, description: Description, tiers: dict[int, int]) -> None:
        self.tree, self.description, self.tiers = tree, description, tiers
        self.open: list[Line] = []
        self.last: dict[tuple[int, int | str], int] = {}

    def add(self, line: Line, following: Sequence[Line]) -> None:
        """Put a line in its place."""
        if line.role == "project" and line.row not in self.tiers:
            self._hang(line)
            self.tree.projects.append(line)
            self._count(line, "project", line.numbers[0][1] if line.numbers else None)
        elif line.role == "total":
            self.tree.totals.append((line, self.open[::-1]))
        elif line.role in ("heading", "unknown", "project"):
            self._heading(line, following)

    def _heading(self, line: Line, following: Sequence[Line]) -> None:
        tier, value = self._tier(line)
        if tier is None:
            self.tree.lost.append(line)
            if not self._goes_on(following):
                line.tier = self._lost_tier(following)
                self._close(line.tier)
                self.open.append(line)
            return
        line.tier = tier
        self._close(tier)
        self._hang(line)
        self.tree.headings.append(line)
        self._count(line, tier, value, strict="stars" not in self.description.tiers[tier].numbering)
        self.open.append(line)

    def _close(self, tier: float) -> None:
        while self.open and self.open[-1].tier >= tier:
            self.open.pop()

    def _hang(self, line: Line) -> None:
        if self.open:
            line.parent = self.open[-1]
            self.open[-1].children.append(line)
        else:
            self.tree.roots.append(line)

    def _count(self, line: Line, kind: int | str, value: int | None, *, strict: bool = True) -> None:
        """Note the number of a line; stars (not ``strict``) repeat and skip as people like."""
        key = (line.parent.row if line.parent is not None else 0, kind)
        before = self.last.get(key, 0)
        if value is not None:
            if strict and value != before + 1:
                self.tree.jumps.append((line, before + 1))
            self.last[key] = value

    def _tier(self, line: Line) -> tuple[int | None, int | None]:
        if line.row in self.tiers:
            return self.tiers[line.row], None
        choices = [
            (at, value)
            for at, tier in enumerate(self.description.tiers)
            for kind, value in line.numbers
            if kind in tier.numbering and _allowed(line, tier)
        ]
        said = [choice for choice in choices if self.description.tiers[choice[0]].texts]
        choices = said or choices
        if not choices:
            return None, None
        return min(choices, key=lambda choice: (not self._follows(*choice), choice[1] > 1, choice[0]))

    def _before(self, tier: int) -> int:
        """Return the last number of a tier under the heading that is open above it."""
        above = next((line for line in reversed(self.open) if line.tier < tier), None)
        return self.last.get((above.row if above is not None else 0, tier), 0)

    def _follows(self, tier: int, value: int) -> bool:
        return self._before(tier) + 1 == value

    def _goes_on(self, following: Sequence[Line]) -> bool:
        """Say whether what follows an unclear row goes on as if that row were no heading."""
        for line in following:
            if line.role == "project":
                last = self.last.get((self.open[-1].row if self.open else 0, "project"), 0)
                return not line.numbers or (last > 0 and line.numbers[0][1] == last + 1)
            if line.role == "heading":
                tier, value = self._tier(line)
                if tier is None or value is None:
                    return False
                stars = "stars" in self.description.tiers[tier].numbering
                before = self._before(tier)
                return before > 0 and (value > before if stars else value == before + 1)
        return True

    def _lost_tier(self, following: Sequence[Line]) -> float:
        """Return a tier just above what follows, so that it holds that and nothing further."""
        for line in following:
            if line.role == "project":
                break
            if line.role == "heading":
                tier, _ = self._tier(line)
                if tier is not None:
                    return tier - 0.5
        return len(self.description.tiers) - 0.5


def _allowed(line: Line, tier: Tier) -> bool:
    return not tier.texts or says(line.name, tier.texts)


def guess_tiers(
    lines: Sequence[Line], description: Description, agreeing: Callable[[Tree], int]
) -> dict[int, int]:
    """Return the tiers of headings that do not say theirs: those in which the most groups add up.

    ``agreeing`` counts the groups of a tree that add up. A text that names a phase needs no arithmetic.
    """
    found: dict[int, int] = {}
    innermost = len(description.tiers) - 1
    first = grow(lines, description, found)
    for line in first.lost:
        if line.meaning is not None:
            found[line.row] = innermost
    # A "project" without place or period whose number is not the next may be a heading with a broken number.
    doubtful = [line for line, _ in first.jumps if line.role == "project" and not line.located]
    for line in [*(each for each in first.lost if each.meaning is None), *doubtful][:GUESSES_MAX]:
        without = agreeing(grow(lines, description, found))
        counts = []
        for at, tier in enumerate(description.tiers):
            if _allowed(line, tier):
                counts.append((agreeing(grow(lines, description, {**found, line.row: at})), at))
        counts.sort(reverse=True)
        if counts and counts[0][0] > without and (len(counts) < 2 or counts[0][0] > counts[1][0]):
            found[line.row] = counts[0][1]
    return found
