"""From the text of a formula to its parts: a reader of some hundred lines, and nothing is ever executed.

::

    formula  := term (("+" | "-") term)*
    term     := factor (("*" | "/") factor)*          division by a number only
    factor   := "-" factor | number | "[" CODE "]" | "(" formula ")" | call
    call     := ("sum" | "mean" | "min" | "max" | "first" | "last" | "count")
                "(" formula "over" scope missing? ")"
              | "cumulative" "(" formula missing? ")"
              | ("last_year" | "previous" | "abs") "(" formula ")"
              | ("ratio" | "percent") "(" formula "," formula "," "of" ":" text ")"
              | ("least" | "greatest" | "first_known") "(" formula ("," formula)+ ")"
              | "round" "(" formula "," number ")" | "to" "(" text "," formula ")" | "days" "(" ")"
              | "fact" "(" text ("," name ":" (text | number))* ")"
    scope    := "period" | "year" | "area" | "units"
    missing  := "," "missing" ":" ("refuse" | "skip" | number "%")
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, cast, get_args

from haidang.indicators.formulas.nodes import (
    Aggregate,
    Back,
    Binary,
    Call,
    Convert,
    Days,
    Fact,
    How,
    Minus,
    Node,
    Number,
    Ratio,
    Ref,
    Round,
    Scope,
    Shift,
    Simple,
    walk,
)
from haidang.indicators.formulas.problems import bad

LENGTH_MAX = 4_000
TOKENS_MAX = 600
DEPTH_MAX = 24
NODES_MAX = 300
_DECIMALS_MAX = 8
_FACT_WORDS_MAX = 8
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>\d{1,15}(?:\.\d{1,10})?)
    | \[(?P<ref>[A-Z][A-Z0-9-]{1,39})\]
    | "(?P<text>[^"\x00-\x1f]{0,200})"
    | (?P<name>[a-z][a-z_]{0,30})
    | (?P<sign>[()+\-*/,:%])""",
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@lru_cache(maxsize=8_192)
def read(text: str) -> Node:
    """Return the parts of a formula; ``Problem`` (formula) says what is wrong, and at which character."""
    if len(text) > LENGTH_MAX:
        raise bad(LENGTH_MAX, f"dài hơn {LENGTH_MAX} ký tự", f"longer than {LENGTH_MAX} characters")
    reader = _Reader(_tokens(text))
    found = reader.formula()
    reader.end()
    if sum(1 for _ in walk(found)) > NODES_MAX:
        raise bad(1, f"nhiều hơn {NODES_MAX} thành phần", f"more than {NODES_MAX} parts")
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise bad(at + 1, "không hiểu ký hiệu này", "this sign means nothing here", text[at : at + 20])
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(_Token(kind, match[kind], at + 1))
        at = match.end()
        if len(found) > TOKENS_MAX:
            raise bad(at, f"nhiều hơn {TOKENS_MAX} ký hiệu", f"more than {TOKENS_MAX} signs")
    return [*found, _Token("end", "", len(text) + 1)]


class _Reader:
    """Reads from the left to the right, one token ahead."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _is(self, *signs: str) -> bool:
        return self._next.kind == "sign" and self._next.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise bad(self._next.at, f"cần “{sign}”", f"“{sign}” is needed", self._next.text)
        self._take()

    def _word(self, *words: str) -> str:
        token = self._next
        if token.kind != "name" or (words and token.text not in words):
            listed = ", ".join(words) or "một từ"
            raise bad(
                token.at, f"cần {listed}", f"one of {', '.join(words) or 'a word'} is needed", token.text
            )
        return self._take().text

    def _text(self) -> str:
        token = self._next
        if token.kind != "text" or not token.text.strip():
            raise bad(token.at, 'cần chữ trong dấu "…"', 'a text in "…" is needed', token.text)
        return self._take().text.strip()

    def end(self) -> None:
        """Refuse what stands after the formula."""
        if self._next.kind != "end":
            raise bad(self._next.at, "thừa từ đây", "nothing belongs here any more", self._next.text)

    def formula(self) -> Node:
        """Read a sum of terms."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise bad(self._next.at, f"lồng sâu hơn {DEPTH_MAX} lớp", f"nested deeper than {DEPTH_MAX}")
        found = self._term()
        while self._is("+", "-"):
            sign = self._take()
            found = Binary(sign.at, "+" if sign.text == "+" else "-", found, self._term())
        self._depth -= 1
        return found

    def _term(self) -> Node:
        found = self._factor()
        while self._is("*", "/"):
            sign = self._take()
            right = self._factor()
            if sign.text == "*":
                found = Binary(sign.at, "*", found, right)
                continue
            if not isinstance(right, Number):
                raise bad(
                    sign.at, 'chỉ chia cho một số; tỷ lệ phải nêu mẫu số: ratio(…, …, of: "…")',
                    'only a number divides; a share names its denominator: ratio(…, …, of: "…")',
                )  # fmt: skip
            if right.value == 0:
                raise bad(right.at, "chia cho 0", "division by zero")
            found = Binary(sign.at, "/", found, right)
        return found

    def _factor(self) -> Node:
        signs: list[_Token] = []
        while self._is("-"):
            signs.append(self._take())
        found = self._primary()
        return Minus(signs[0].at, found) if len(signs) % 2 else found

    def _primary(self) -> Node:
        token = self._take()
        match token.kind:
            case "number":
                return Number(token.at, Decimal(token.text))
            case "ref":
                return Ref(token.at, token.text)
            case "name":
                return self._call(token)
            case "sign" if token.text == "(":
                found = self.formula()
                self._expect(")")
                return found
            case _:
                raise bad(
                    token.at,
                    "cần số, [MÃ] hoặc hàm",
                    "a number, a [CODE] or a function is needed",
                    token.text,
                )

    def _call(self, name: _Token) -> Node:
        self._expect("(")
        found = self._inside(name)
        self._expect(")")
        return found

    def _inside(self, name: _Token) -> Node:  # noqa: PLR0911 - one return for each function
        at, word = name.at, name.text
        if word in get_args(How):
            of = self.formula()
            self._word("over")
            over = cast(Scope, self._word(*get_args(Scope)))
            return Aggregate(at, cast(How, word), of, over, self._missing())
        if word in get_args(Back):
            return Shift(at, cast(Back, word), self.formula())
        if word in get_args(Simple):
            return Call(at, cast(Simple, word), self._parts(name))
        match word:
            case "cumulative":
                of = self.formula()
                return Aggregate(at, "sum", of, "year", self._missing())
            case "ratio" | "percent":
                return self._ratio(name)
            case "round":
                return self._round(at)
            case "to":
                unit = self._text()
                self._expect(",")
                return Convert(at, unit, self.formula())
            case "days":
                return Days(at)
            case "fact":
                return self._fact(at)
            case _:
                raise bad(at, "không có hàm này", "there is no such function", word)

    def _parts(self, name: _Token) -> tuple[Node, ...]:
        parts = [self.formula()]
        while name.text != "abs" and self._is(","):
            self._take()
            parts.append(self.formula())
        if name.text != "abs" and len(parts) < 2:
            raise bad(name.at, "cần ít nhất hai phần", "at least two parts are needed", name.text)
        return tuple(parts)

    def _missing(self) -> Decimal:
        """Read which share of the parts must be known; without a word all of them."""
        if not self._is(","):
            return Decimal(1)
        self._take()
        self._word("missing")
        self._expect(":")
        if self._next.kind == "number":
            token = self._take()
            self._expect("%")
            share = Decimal(token.text) / 100
            if not 0 < share <= 1:
                raise bad(token.at, "từ 1 đến 100 %", "1 to 100 %", token.text)
            return share
        return Decimal(1) if self._word("refuse", "skip") == "refuse" else Decimal(0)

    def _ratio(self, name: _Token) -> Node:
        above = self.formula()
        self._expect(",")
        under = self.formula()
        self._expect(",")
        self._word("of")
        self._expect(":")
        return Ratio(name.at, above, under, self._text(), 100 if name.text == "percent" else 1)

    def _round(self, at: int) -> Node:
        of = self.formula()
        self._expect(",")
        token = self._take()
        if token.kind != "number" or not token.text.isdigit() or int(token.text) > _DECIMALS_MAX:
            raise bad(token.at, f"từ 0 đến {_DECIMALS_MAX}", f"0 to {_DECIMALS_MAX}", token.text)
        return Round(at, of, int(token.text))

    def _fact(self, at: int) -> Node:
        name, given = self._text(), list[tuple[str, str]]()
        while self._is(","):
            self._take()
            word = self._word()
            self._expect(":")
            token = self._take()
            if token.kind not in ("text", "number"):
                raise bad(token.at, "cần chữ hoặc số", "a text or a number is needed", token.text)
            given.append((word, token.text))
        if len(given) > _FACT_WORDS_MAX or len({word for word, _ in given}) < len(given):
            raise bad(at, "tham số lặp lại hoặc quá nhiều", "a word stands twice, or too many of them", name)
        return Fact(at, name, tuple(given))
