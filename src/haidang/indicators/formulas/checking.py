"""A formula held against the register: units that fit, periods that fill each other, levels, and its cost.

What is refused here would otherwise be a wrong figure later: people added to đồng, weeks summed into months,
the sum of rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import msgspec

from haidang.indicators.formulas import measures
from haidang.indicators.formulas.measures import PERCENT, PURE, Measure, measure
from haidang.indicators.formulas.nodes import (
    Aggregate,
    Binary,
    Call,
    Convert,
    Days,
    Fact,
    Minus,
    Node,
    Number,
    Ratio,
    Ref,
    Round,
    Shift,
    below,
    walk,
)
from haidang.indicators.formulas.problems import bad
from haidang.indicators.formulas.text import read
from haidang.indicators.model.period import KINDS, WORDS, Kind
from haidang.indicators.model.register import MAGNITUDE, Level
from haidang.indicators.model.register import Aggregate as Together

READS_MAX = 50_000
"""Values that one figure may be made from."""
_IN_A_YEAR: dict[Kind, int] = {
    "day": 366, "week": 53, "month": 12, "quarter": 4, "half": 2, "year": 1, "five_years": 1,
}  # fmt: skip
_BELOW = {"area": 400, "units": 300}
"""How many areas and units below one are counted with when the cost is estimated."""
_NUMBERS = frozenset({"above"})
"""Words of facts that are numbers."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a formula must know of an indicator."""

    code: str
    unit: str
    period_kind: Kind
    level: Level
    aggregate: Together = "none"
    """How its values of the parts of an area may be put together."""


class FactSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the product counts in itself and a formula may ask for."""

    name: str
    vi: str
    en: str
    unit: str | None
    """None: whatever the formula takes it for (an attribute of the city has the unit of its type)."""
    levels: frozenset[Level]
    words: frozenset[str] = frozenset()
    """What may be said with it."""
    needed: frozenset[str] = frozenset()
    """What must be said with it."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A formula that fits its indicator."""

    subject: Subject
    node: Node
    measures: dict[int, Measure | None]
    """The unit of every part, by its place in the text; None: a bare number, which takes any unit."""
    reads: int
    """Values that one figure is made from, at most."""


class _Where(NamedTuple):
    """The period and level that a part of a formula is about."""

    kind: Kind
    level: Level
    over: tuple[str, ...] = ()
    """The scopes that it stands in."""


def check(
    text: str, subject: Subject, register: Mapping[str, Subject], facts: Mapping[str, FactSpec]
) -> Checked:
    """Return a formula checked for an indicator; ``Problem`` (formula) says what does not fit, and where."""
    node = read(text)
    checker = _Checker(register, facts)
    found = checker.visit(node, _Where(subject.period_kind, subject.level))
    wanted = measure(subject.unit)
    if found is not None and found != wanted:
        hint = f': to("{subject.unit}", …)' if found.base == wanted.base else ""
        raise bad(
            node.at, f"cho ra {found}, chỉ tiêu tính bằng {subject.unit}{hint}",
            f"gives {found}, the indicator is in {subject.unit}{hint}",
        )  # fmt: skip
    reads = checker.reads(node, subject.period_kind)
    if reads > READS_MAX:
        raise bad(
            node.at, f"mỗi số liệu cần tới {reads} giá trị (tối đa {READS_MAX})",
            f"one figure takes up to {reads} values (at most {READS_MAX})",
        )  # fmt: skip
    return Checked(subject=subject, node=node, measures=checker.measures, reads=reads)


class _Checker:
    """Walks a formula from the outside in."""

    def __init__(self, register: Mapping[str, Subject], facts: Mapping[str, FactSpec]) -> None:
        self._register = register
        self._facts = facts
        self.measures: dict[int, Measure | None] = {}

    def visit(self, node: Node, where: _Where) -> Measure | None:
        """Return the unit of a part, and remember it."""
        found = self._unit(node, where)
        self.measures[node.at] = found
        return found

    def _unit(self, node: Node, where: _Where) -> Measure | None:  # noqa: PLR0911 - one return a node
        match node:
            case Number() | Days():
                return None if isinstance(node, Number) else PURE
            case Ref():
                return self._ref(node, where)
            case Fact():
                return self._fact(node, where)
            case Minus() | Round() | Shift():
                return self._kept(node, where)
            case Binary():
                return self._binary(node, where)
            case Aggregate():
                return self._aggregate(node, where)
            case Ratio():
                return self._ratio(node, where)
            case Call():
                return self._call(node, where)
            case Convert():
                return self._convert(node, where)

    def _kept(self, node: Minus | Round | Shift, where: _Where) -> Measure | None:
        if isinstance(node, Shift) and node.to == "last_year" and where.kind == "five_years":
            raise bad(node.at, "giai đoạn 5 năm không có cùng kỳ", "five years have no same period last year")
        return self.visit(node.of, where)

    def _ref(self, node: Ref, where: _Where) -> Measure:
        found = self._register.get(node.code)
        if found is None:
            raise bad(node.at, *unknown(node.code), node.code)
        if found.period_kind != where.kind:
            (has_vi, has_en), (here_vi, here_en) = WORDS[found.period_kind], WORDS[where.kind]
            raise bad(
                node.at, f"{node.code} theo {has_vi}, ở đây cần {here_vi}",
                f"{node.code} is by {has_en}, here it must be by {here_en}", node.code,
            )  # fmt: skip
        if found.level != where.level:
            raise bad(
                node.at, f"{node.code} thuộc cấp {found.level}, ở đây cần {where.level}",
                f"{node.code} is of level {found.level}, here it must be {where.level}", node.code,
            )  # fmt: skip
        return measure(found.unit)

    def _fact(self, node: Fact, where: _Where) -> Measure | None:
        spec = self._facts.get(node.name)
        if spec is None:
            listed = ", ".join(sorted(self._facts)) or "–"
            raise bad(
                node.at,
                f"không có dữ kiện này; có: {listed}",
                f"no such fact; there are: {listed}",
                node.name,
            )
        if where.level not in spec.levels:
            levels = ", ".join(sorted(spec.levels))
            raise bad(node.at, f"chỉ có ở cấp {levels}", f"is there for {levels} only", node.name)
        said = {word for word, _ in node.given}
        for word in sorted(said - spec.words - spec.needed):
            raise bad(node.at, f"không dùng {word}", f"does not take {word}", word)
        for word in sorted(spec.needed - said):
            raise bad(node.at, f"thiếu {word}", f"{word} is needed", word)
        for word, text in node.given:
            if word in _NUMBERS and not _number(text):
                raise bad(node.at, f"{word} phải là một số", f"{word} must be a number", text)
        return None if spec.unit is None else measure(spec.unit)

    def _binary(self, node: Binary, where: _Where) -> Measure | None:
        left, right = self.visit(node.left, where), self.visit(node.right, where)
        if node.sign in ("*", "/"):
            found = (
                None if left is None and right is None else measures.multiplied(left or PURE, right or PURE)
            )
            if left is not None and right is not None and found is None:
                raise bad(node.at, f"không nhân {left} với {right}", f"{left} is not multiplied by {right}")
            return found
        return _same(node.at, left, right)

    def _aggregate(self, node: Aggregate, where: _Where) -> Measure | None:
        inside = self._inside(node, where)
        if not any(isinstance(each, Ref | Fact) for each in walk(node.of)):
            raise bad(node.at, "không có gì để tổng hợp", "there is nothing to put together")
        if node.over in ("area", "units"):
            self._together(node)
        found = self.visit(node.of, inside)
        return None if node.how == "count" else found

    def _inside(self, node: Aggregate, where: _Where) -> _Where:
        if node.over in where.over:
            raise bad(node.at, f"{node.over} lồng trong {node.over}", f"{node.over} within {node.over}")
        over = (*where.over, node.over)
        if node.over == "period":
            return _Where(self._finer(node, where.kind), where.level, over)
        if node.over == "year":
            if where.kind == "five_years":
                raise bad(node.at, "giai đoạn 5 năm không có lũy kế năm", "five years have no year to date")
            return _Where(where.kind, where.level, over)
        if node.how in ("first", "last"):
            raise bad(node.at, f"{node.how} chỉ theo thời gian", f"{node.how} goes over time only")
        if node.over == "area":
            if where.level != "province":
                raise bad(node.at, "chỉ từ cấp tỉnh xuống xã", "goes from the province to its communes only")
            return _Where(where.kind, "commune", over)
        if where.level == "commune":
            raise bad(node.at, "xã không có đơn vị trực thuộc", "a commune has no units below")
        return _Where(where.kind, "unit", over)

    def _finer(self, node: Aggregate, kind: Kind) -> Kind:
        """Return the period of the parts: that of the indicators within, which must fill the one outside."""
        kinds = {
            self._register[each.code].period_kind
            for each in walk(node.of)
            if isinstance(each, Ref) and each.code in self._register
        }
        if len(kinds) != 1:
            raise bad(
                node.at, "các chỉ tiêu bên trong phải cùng một kỳ",
                "the indicators within must be of one kind of period",
            )  # fmt: skip
        [finer] = kinds
        if KINDS.index(finer) >= KINDS.index(kind) or finer == "week":
            (part_vi, part_en), (vi, en) = WORDS[finer], WORDS[kind]
            raise bad(node.at, f"{part_vi} không ghép thành {vi}", f"a {part_en} does not make up a {en}")
        return finer

    def _together(self, node: Aggregate) -> None:
        """Refuse the sum of rates, and the mean of what may not be averaged (ranks, indices)."""
        bare = node.of
        while isinstance(bare, Minus | Round | Shift):
            bare = bare.of
        if not isinstance(bare, Ref) or bare.code not in self._register or node.how not in ("sum", "mean"):
            return
        aggregate = self._register[bare.code].aggregate
        if aggregate == "none" or (node.how == "sum" and aggregate == "mean"):
            raise bad(
                node.at, f"{bare.code} là tỷ lệ, thứ hạng hoặc chỉ số: không {node.how} qua địa bàn",
                f"{bare.code} is a rate, rank or index: no {node.how} over places", bare.code,
            )  # fmt: skip

    def _ratio(self, node: Ratio, where: _Where) -> Measure:
        above, under = self.visit(node.above, where) or PURE, self.visit(node.below, where) or PURE
        if above.base == under.base:
            return PERCENT if node.times == 100 else PURE
        if node.times == 100:
            raise bad(
                node.at, f"phần trăm của hai thứ khác nhau: {above} và {under}",
                f"a percentage of two different things: {above} and {under}",
            )  # fmt: skip
        return measures.divided(above, under)

    def _call(self, node: Call, where: _Where) -> Measure | None:
        found: Measure | None = None
        for part in node.parts:
            if node.name == "first_known" and isinstance(part, Number):
                raise bad(
                    part.at, "thiếu số liệu không được thay bằng một con số", "missing never becomes a number"
                )
            found = _same(part.at, found, self.visit(part, where))
        return found

    def _convert(self, node: Convert, where: _Where) -> Measure:
        of, into = self.visit(node.of, where), measure(node.unit)
        if of is not None and measures.factor(of, into) is None:
            raise bad(
                node.at, f"không đổi được {of} ra {node.unit}", f"{of} does not convert into {node.unit}"
            )
        return into

    def reads(self, node: Node, kind: Kind) -> int:
        """Return how many values a part is made from, at most."""
        if isinstance(node, Aggregate):
            finer = self._finer(node, kind) if node.over == "period" else kind
            times = _BELOW.get(node.over) or _IN_A_YEAR[kind]
            if node.over == "period":
                years = 5 if kind == "five_years" else 1
                times = years * _IN_A_YEAR[finer] // (1 if years == 5 else _IN_A_YEAR[kind]) + 1
            return times * self.reads(node.of, finer)
        own = 1 if isinstance(node, Ref | Fact) else 0
        return own + sum(self.reads(part, kind) for part in below(node))


def unknown(code: str) -> tuple[str, str]:
    """Return what is said of an indicator that is not there, or that the asker may not see."""
    return f"không có chỉ tiêu {code}", f"there is no indicator {code}"


def _number(text: str) -> bool:
    """Say whether a word of a fact is a number that a limit can be."""
    try:
        return abs(Decimal(text)) < MAGNITUDE
    except InvalidOperation:  # no number, or none that compares
        return False


def _same(at: int, left: Measure | None, right: Measure | None) -> Measure | None:
    """Return the unit that two parts share; a bare number takes the other's."""
    if left is None or right is None:
        return right if left is None else left
    if left != right:
        raise bad(at, f"khác đơn vị: {left} và {right}", f"different units: {left} and {right}")
    return left
