"""The q language: what must be understood, what must be refused, and that nothing else can ever come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.city.query.grammar import All, Any, Node, Path, Range, Term, Value, parse, terms


def number(value: float) -> Value:
    return Value("number", value)


def text(value: str) -> Value:
    return Value("string", value)


def term(name: str, operator: str | None = None, *operands: Value | Range) -> Term:
    return Term(Path(tuple(name.split("."))), operator, operands)  # type: ignore[arg-type]


UNDERSTOOD: list[tuple[str, Node]] = [
    ("pm25", term("pm25")),
    ("pm25>50", term("pm25", ">", number(50))),
    ("pm25>=-5.5e1", term("pm25", ">=", number(-55.0))),
    ("pm25<+.5", term("pm25", "<", number(0.5))),
    ('name=="Cầu Rồng"', term("name", "==", text("Cầu Rồng"))),
    (r'name=="a\"b;c|d)"', term("name", "==", text('a"b;c|d)'))),
    ("on==true", term("on", "==", Value("boolean", True))),
    ("on!=false", term("on", "!=", Value("boolean", False))),
    ("pm25==10..20", term("pm25", "==", Range(number(10), number(20)))),
    ("pm25==1.5..2.5", term("pm25", "==", Range(number(1.5), number(2.5)))),
    ('level=="a","b"', term("level", "==", text("a"), text("b"))),
    ("level==1,2,3", term("level", "==", number(1), number(2), number(3))),
    (
        "pm25.observedAt>2025-07-01T07:00:00+07:00",
        term("pm25.observedAt", ">", Value("time", "2025-07-01T00:00:00Z")),
    ),
    ("opened==2025-07-01", term("opened", "==", Value("date", "2025-07-01"))),
    ("opens==07:30:00", term("opens", "==", Value("clock", "07:30:00"))),
    ("near==urn:ngsi-ld:Road:1", term("near", "==", Value("uri", "urn:ngsi-ld:Road:1"))),
    ("address[city.name]", Term(Path(("address",), ("city", "name")))),
    (
        'a.b[c.d]=="x"',
        Term(Path(("a", "b"), ("c", "d")), "==", (text("x"),)),
    ),
    ("name~=^Cam.*", Term(Path(("name",)), "~=", pattern="^Cam.*")),
    ('name!~="(a|b);c"', Term(Path(("name",)), "!~=", pattern="(a|b);c")),
    ("a;b|c", Any((All((term("a"), term("b"))), term("c")))),
    ("a;(b|c)", All((term("a"), Any((term("b"), term("c")))))),
    ("name~=(a|b)+;c", All((Term(Path(("name",)), "~=", pattern="(a|b)+"), term("c")))),
    ("(name~=x)", Term(Path(("name",)), "~=", pattern="x")),
    ("nhiệtĐộ>1", term("nhiệtĐộ", ">", number(1))),
    ("ngsi-ld:speed<3", term("ngsi-ld:speed", "<", number(3))),
    ("https%3A%2F%2Fexample%2Eorg%2Fspeed<3", Term(Path(("https://example.org/speed",)), "<", (number(3),))),
]

REFUSED = [
    "", " ", ";", "a;", "a|", "(a", "a)", "()", "a==", "a=1", "a>", "a>true", "a>urn:x:y", "a==Bob",
    "a==1..", "a==..2",
    'a==1.."b"', "a==1..2,3", "a>1,2", 'a=="open', "a[", "a[]", "a[b", "a.", ".a", "1a==2", "a==1 or 1=1",
    "a~=", "a==2025-13-45T00:00:00Z", "a{Road:b==1", r"a~=(x)\1", "a==1e999", "a ==1", "a==1;;b",
]  # fmt: skip


@pytest.mark.parametrize(("query", "tree"), UNDERSTOOD, ids=[query for query, _ in UNDERSTOOD])
def test_understood(query: str, tree: Node) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize("query", REFUSED)
def test_refused_with_a_problem(query: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(query)
    assert caught.value.kind.code == "bad-query"
    assert caught.value.vi
    assert caught.value.en


@pytest.mark.parametrize(
    "query",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "(" * 20 + "a" + ")" * 20,
        ";".join("a" for _ in range(65)),
        "a==" + ",".join("1" for _ in range(201)),
        ".".join("a" for _ in range(9)),
        "a~=" + "x" * 300,
        "a~=x{1000}",
        "a" * 5_000,
    ],
    ids=["nesting", "depth", "terms", "values", "path", "pattern", "repeats", "length"],
)
def test_limits(query: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(query)
    assert caught.value.kind.code == "query-too-complex"


@given(st.text(max_size=200) | st.text(alphabet='ab.=!<>~;|()[]{},"\\ 0123-:TZ+e%', max_size=60))
def test_nothing_but_a_tree_or_a_problem(query: str) -> None:
    try:
        tree = parse(query)
    except Problem:
        return
    assert list(terms(tree))


_names = st.from_regex(r"[a-z][a-zA-Z0-9]{0,8}", fullmatch=True)
_numbers = st.integers(-(10**9), 10**9)


@given(_names, st.sampled_from(["==", "!=", ">", ">=", "<", "<="]), _numbers)
def test_what_is_written_is_read(name: str, operator: str, value: int) -> None:
    assert parse(f"{name}{operator}{value}") == term(name, operator, number(value))


@given(_names, st.text(max_size=50))
def test_any_text_can_be_quoted(name: str, value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'{name}=="{quoted}"') == term(name, "==", text(value))
