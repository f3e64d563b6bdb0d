"""Small slips of the kind that numerical Python invites, made one at a time.

An operator looks at one node of the syntax tree and yields what could have been written in
its place. Left alone is what no hidden test can see: docstrings, annotations, imports,
messages, and ``np.errstate``, which changes warnings only.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Mutant", "mutants"]

Node = TypeVar("Node", bound=ast.AST)
Operator = Callable[[ast.AST], Iterator[ast.AST]]


@dataclass(frozen=True)
class Mutant:
    """One module with one slip in it.

    Attributes
    ----------
    operator
        The kind of slip.
    line
        Where it is in the module as it was given.
    function
        Qualified name of the function around it; empty at the top.
    before, after
        The lines that differ, on one line, as ``ast.unparse`` has them: the same wherever in
        the file they stand and however they are laid out.
    source
        The module with the slip in it.
    """

    operator: str
    line: int
    function: str
    before: str
    after: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module, each text once, in the order of the lines."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    seen = {original}
    found = []
    for site in list(_sites(tree)):
        for name, operator in OPERATORS.items():
            for node in operator(site.node):
                text = site.with_other(node, tree)
                if text in seen:
                    continue
                seen.add(text)
                before, after = _difference(original, text)
                found.append(Mutant(name, site.line, site.function, before, after, text))
    return sorted(found, key=lambda m: m.line)


# ------------------------------------------------------------------ where


@dataclass(frozen=True)
class _Site:
    """A node, and the place in the tree where it can be replaced."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    line: int
    function: str

    def with_other(self, node: ast.AST, tree: ast.Module) -> str:
        """The module with another node in this place."""
        self._put(node)
        try:
            return ast.unparse(tree)
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _sites(parent: ast.AST, line: int = 1, function: str = "") -> Iterator[_Site]:
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns"):
            continue
        several = isinstance(value, list)
        for index, node in enumerate(value if several else [value]):
            if not isinstance(node, ast.AST) or _is_unseen(node):
                continue
            at = getattr(node, "lineno", line)
            yield _Site(node, parent, field, index if several else None, at, function)
            inner = function
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                inner = f"{function}.{node.name}".lstrip(".")
            if not _is_whole(node):
                yield from _sites(node, at, inner)


def _is_unseen(node: ast.AST) -> bool:
    """Whether no test can see a change of this node."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.Expr(ast.Constant(str())) | ast.Assign([ast.Name("__all__")]):
            return True
        case ast.withitem(context) | (ast.Call() as context):
            return isinstance(context, ast.Call) and _called(context) == "errstate"
    return False


def _is_whole(node: ast.AST) -> bool:
    """Whether a node is not to be taken apart: a raise ends in a message, -1 is one number."""
    match node:
        case ast.Raise() | ast.UnaryOp(ast.USub(), ast.Attribute(attr="inf")):
            return True
    return _number(node) is not None


def _difference(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, with the one above them where lines were only added or removed."""
    old, new = before.splitlines(), after.splitlines()
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    if first and first in (len(old) - last, len(new) - last):
        first -= 1

    def shown(lines: list[str]) -> str:
        different = [line.strip() for line in lines[first : len(lines) - last]]
        return " ".join(different if len(different) <= 2 else [different[0], "..."])

    return shown(old), shown(new)


# ------------------------------------------------------------------ what

_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Div),
    ast.Mult: (ast.Div, ast.Add, ast.Pow),
    ast.Div: (ast.Mult, ast.FloorDiv, ast.Sub),
    ast.FloorDiv: (ast.Div, ast.Mult, ast.Mod),
    ast.Mod: (ast.FloorDiv, ast.Mult),
    ast.Pow: (ast.Mult, ast.Div),
    ast.MatMult: (ast.Mult, ast.Add),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
    ast.BitOr: (ast.BitAnd, ast.BitXor),
    ast.BitXor: (ast.BitAnd, ast.BitOr),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
_COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_ORDER: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Not empty: what it holds is either written over or chance.
_FAMILIES = [
    frozenset(names.split())
    for names in (
        "max min",
        "amax amin",
        "nanmax nanmin",
        "argmax argmin",
        "maximum minimum",
        "fmax fmin",
        "exp exp2 expm1",
        "log log2 log1p",
        "logaddexp logaddexp2 maximum",
        "sum mean prod",
        "cumsum cumprod",
        "any all",
        "isnan isinf isfinite",
        "isneginf isposinf",
        "floor ceil",
        "sqrt cbrt",
        "float64 float32 float16",
        "zeros ones",
        "zeros_like ones_like",
        "multiply add",
        "divide multiply",
        "subtract add",
    )
]
_BUILTINS = {"max": "min", "min": "max", "any": "all", "all": "any"}
_MODULES = ("np", "math")
_TRUTHS = (True, False)


def _arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, op, right):
            for other in _ARITHMETIC.get(type(op), ()):
                yield ast.BinOp(left, other(), right)
            yield left
            yield right
            if not isinstance(op, _COMMUTATIVE):
                yield ast.BinOp(right, op, left)
        case ast.AugAssign(target, op, value):
            for other in _ARITHMETIC.get(type(op), ()):
                yield _changed(node, op=other())
            yield ast.copy_location(ast.Assign([target], value), node)
        case ast.UnaryOp(ast.USub() | ast.Invert(), operand):
            yield operand


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Compare):
        return
    for index, op in enumerate(node.ops):
        others = _ORDER if isinstance(op, _ORDER) else (_OPPOSITE[type(op)],)
        for other in others:
            yield _changed(node, ops=_put(node.ops, index, other()))


def _logic(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for index in range(len(values)):
                rest = _without(values, index)
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If() | ast.IfExp() | ast.While():
            for truth in _TRUTHS:
                yield _changed(node, test=ast.Constant(truth))
        case ast.comprehension(ifs=[_, *_]):
            for index in range(len(node.ifs)):
                yield _changed(node, ifs=_without(node.ifs, index))


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    number = _number(node)
    if number is not None:
        for other in (number + 1, number - 1, -number):
            yield _literal(other)
        return
    match node:
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(None):
            yield ast.Constant(0)
        case ast.Constant(str(value)) if len(value) == 1:
            yield ast.Constant("i" if value == "f" else "f")
        case ast.Constant(str(value)) if value:
            yield ast.Constant(value[1:])
            yield ast.Constant(value[:-1])
        case ast.Attribute(ast.Name(module), "inf") if module in _MODULES:
            yield ast.UnaryOp(ast.USub(), node)
        case ast.Attribute(ast.Name(module), "nan") if module in _MODULES:
            yield ast.Constant(0.0)


def _function(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Attribute(value, name, ast.Load()):
            others = {n for family in _FAMILIES if name in family for n in family} - {name}
            for other in sorted(others):
                yield ast.Attribute(value, other, ast.Load())
        case ast.Call(ast.Name(name)) if name in _BUILTINS:
            yield _changed(node, func=ast.Name(_BUILTINS[name], ast.Load()))


def _axis(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Name("axis" | "axes" | "dim", ast.Load()):
            yield _literal(0)
            yield _literal(-1)


def _call(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    args, keywords = node.args, node.keywords
    for index in range(len(keywords)):
        yield _changed(node, keywords=_without(keywords, index))
    for index in range(len(args) - 1):
        yield _changed(node, args=_swapped(args, index))
    if len(args) > 1:
        yield _changed(node, args=args[:-1])
    match node.func:
        case ast.Attribute(ast.Name(module)) if module in _MODULES:
            yield from args[:1]
        case ast.Attribute(receiver):
            yield receiver
        case _:
            yield from args[:1]


def _statement(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Expr() | ast.Delete():
            yield ast.Pass()
        case ast.If() | ast.For() | ast.While() | ast.Assert():
            yield ast.Pass()
        case ast.Raise(exc):
            yield ast.Pass()
            kind = "TypeError" if exc and "ValueError" in ast.unparse(exc) else "ValueError"
            yield _changed(node, exc=ast.Name(kind, ast.Load()))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
    match node:
        case ast.For(body=body):
            yield _changed(node, body=[*body, ast.Break()])
            yield _changed(node, body=[ast.Continue(), *body])
        case ast.While(body=body):
            yield _changed(node, body=[*body, ast.Break()])


def _value(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(ast.expr()):
            yield _changed(node, value=ast.Constant(None))
    match node:
        case ast.Return(ast.Tuple() as value) | ast.Assign(value=ast.Tuple() as value):
            for index in range(len(value.elts) - 1):
                swapped = _changed(value, elts=_swapped(value.elts, index))
                yield _changed(node, value=swapped)


def _slice(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Slice):
        return
    for field in ("lower", "upper", "step"):
        bound = getattr(node, field)
        if bound is None:
            continue
        yield _changed(node, **{field: None})
        if _number(bound) is None:
            for op in (ast.Add(), ast.Sub()):
                yield _changed(node, **{field: ast.BinOp(bound, op, ast.Constant(1))})


def _signature(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.arguments(defaults=[_, *rest]):
            yield _changed(node, defaults=rest)
    match node:
        case ast.arguments():
            for index, default in enumerate(node.kw_defaults):
                if default is not None:
                    yield _changed(node, kw_defaults=_put(node.kw_defaults, index, None))
        case ast.FunctionDef() | ast.ClassDef():
            for index, decorator in enumerate(node.decorator_list):
                if not _is_unseen(decorator):
                    yield _changed(node, decorator_list=_without(node.decorator_list, index))


OPERATORS: dict[str, Operator] = {
    "arithmetic": _arithmetic,
    "comparison": _comparison,
    "logic": _logic,
    "constant": _constant,
    "function": _function,
    "axis": _axis,
    "call": _call,
    "statement": _statement,
    "value": _value,
    "slice": _slice,
    "signature": _signature,
}


# ------------------------------------------------------------------ how

Item = TypeVar("Item")


def _changed(node: Node, **fields: object) -> Node:
    """A copy of a node with other fields; what they hold is shared."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _put(items: list[Item], index: int, item: Item) -> list[Item]:
    return [*items[:index], item, *items[index + 1 :]]


def _without(items: list[Item], index: int) -> list[Item]:
    return [*items[:index], *items[index + 1 :]]


def _swapped(items: list[Item], index: int) -> list[Item]:
    return [*items[:index], items[index + 1], items[index], *items[index + 2 :]]


def _number(node: ast.AST) -> int | float | None:
    """What a number stands for, with its sign."""
    match node:
        case ast.Constant(bool()):
            return None
        case ast.Constant(int(value) | float(value)):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value) | float(value))):
            return -value
    return None


def _literal(number: float) -> ast.expr:
    """The other way round; a sign is an operation of its own, which ``**`` binds closer than."""
    if number < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-number))
    return ast.Constant(abs(number))


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]
