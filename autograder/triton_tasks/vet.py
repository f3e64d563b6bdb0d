"""What of a student's file may run as a kernel: text in, kernels or refusals out.

Triton's interpreter runs a kernel as plain Python, with everything that a module's globals lead to.
So a kernel is held to lists: of statements, of names, of operations, of attributes. Its text is
never passed on as it was typed. What was judged is written anew, one statement after the other at
the line where it began, and read back to see that it says the same: then no comment, no docstring
and no odd line break can make a later reader see another program than the one that was judged.

Host code is not judged. It runs elsewhere, where it can do no harm.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from autograder.triton_tasks.nickname import find_nickname

__all__ = ["Kernel", "Refusal", "Vetted", "vet"]

_MOST = 20
"""Refusals that are told: who has more of them wants the page on kernels, not a list."""


@dataclass(frozen=True)
class Refusal:
    """Why a file is not taken.

    Attributes
    ----------
    line
        Of the student's file.
    text
        What is refused, and what to do instead.
    """

    line: int
    text: str


@dataclass(frozen=True)
class Kernel:
    """A function under ``@triton.jit``.

    Attributes
    ----------
    constexprs
        Those of its parameters that are annotated ``tl.constexpr``.
    """

    name: str
    line: int
    parameters: tuple[str, ...]
    constexprs: tuple[str, ...]


@dataclass(frozen=True)
class Vetted:
    """What was found in a file.

    Attributes
    ----------
    text
        Kernels and the constants that they use, each at its line; empty if anything was refused.
    aliases
        Names that the text uses for modules, and the modules.
    kernels
        In their order; also those in which something was refused.
    refusals
        By line.
    nickname
        For the class's ranking; empty if the student is not to be in it.
    """

    text: str
    aliases: dict[str, str]
    kernels: tuple[Kernel, ...]
    refusals: tuple[Refusal, ...]
    nickname: str = ""


# ------------------------------------------------------------------ the lists

_DTYPES = frozenset(
    "int1 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64"
    " float8e4b15 float8e4b8 float8e4nv float8e5 float8e5b16".split()
)

_MATH = frozenset(
    "abs ceil cos div_rn erf exp exp2 fdiv floor fma log log2 rsqrt sin sqrt sqrt_rn umulhi".split()
)

_LOOPS = frozenset({"range", "static_range"})

_PRINTING = frozenset({"static_print", "device_print", "static_assert", "device_assert"})
"""The only operations whose arguments may be f-strings."""

_COMBINING = frozenset({"reduce", "associative_scan"})
"""The only operations, and methods, that a kernel is handed to."""

_OPERATIONS = {
    "triton": frozenset({"cdiv", "next_power_of_2"}),
    "triton.language": _MATH
    | _LOOPS
    | _PRINTING
    | _COMBINING
    | frozenset(
        "add advance arange argmax argmin assume atomic_add atomic_and atomic_cas atomic_max"
        " atomic_min atomic_or atomic_xchg atomic_xor bitonic_merge broadcast broadcast_to cast cat"
        " cdiv clamp constexpr cumprod cumsum debug_barrier dot dot_scaled expand_dims flip full"
        " gather histogram interleave join load load_tensor_descriptor make_block_ptr"
        " make_tensor_descriptor max max_constancy max_contiguous maximum min minimum mul"
        " multiple_of num_programs pair_uniform_to_normal permute philox pointer_type program_id"
        " rand rand4x randint randint4x randn randn4x ravel reduce_or reshape sigmoid softmax sort"
        " split squeeze store store_tensor_descriptor sub sum swizzle2d topk trans"
        " uint_to_uniform_float unsqueeze view where xor_sum zeros zeros_like".split()
    ),
    "triton.language.math": _MATH,
    "triton.language.extra.libdevice": frozenset(
        "abs acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh div_rd div_rn"
        " div_ru div_rz erf erfc erfcinv erfcx erfinv exp exp10 exp2 expm1 fast_cosf fast_dividef"
        " fast_exp10f fast_expf fast_log10f fast_log2f fast_logf fast_powf fast_sinf fast_tanf"
        " fast_tanhf fdim finitef float_as_int fma fma_rn floor fmod hypot ilogb int_as_float"
        " isfinited isinf isnan ldexp lgamma llrint llround log log10 log1p log2 logb nearbyint"
        " nextafter normcdf normcdfinv pow rcbrt remainder rhypot rint round rsqrt rsqrt_rn"
        " saturatef scalbn signbit sin sinh sqrt sqrt_rn tan tanh tgamma trunc".split()
    ),
    "math": frozenset("ceil exp exp2 floor log log10 log2 pow sqrt".split()),
}
"""What may be called, by module. All of these compute, load or store, and nothing else."""

_VALUES = {
    "triton": frozenset[str](),
    "triton.language": _DTYPES | {"TRITON_MAX_TENSOR_NUMEL"},
    "triton.language.math": frozenset[str](),
    "triton.language.extra.libdevice": frozenset[str](),
    "math": frozenset({"e", "inf", "nan", "pi", "tau"}),
}
"""What stands for itself, by module."""

_INNER = {
    ("triton", "language"): "triton.language",
    ("triton.language", "math"): "triton.language.math",
}
"""Modules that may be reached through another."""

_IMPORTS = {name: name for name in _OPERATIONS} | {
    "triton.language.extra.cuda.libdevice": "triton.language.extra.libdevice",
    "triton.language.libdevice": "triton.language.extra.libdevice",
}
"""What each module is called here, by the name under which a file may import it."""

_SHORT = {
    "triton": "triton",
    "triton.language": "tl",
    "triton.language.math": "tl.math",
    "triton.language.extra.libdevice": "libdevice",
    "math": "math",
}
"""How students know the modules."""

_METHODS = frozenset(
    "abs advance argmax argmin associative_scan atomic_add atomic_and atomic_cas atomic_max"
    " atomic_min atomic_or atomic_xchg atomic_xor broadcast_to cast cdiv ceil cos cumprod cumsum"
    " erf exp exp2 expand_dims flip floor gather get_int_max_value get_int_min_value histogram"
    " is_block is_bf16 is_floating is_fp16 is_fp32 is_fp64 is_fp8 is_int is_int1 is_int16 is_int32"
    " is_int64 is_int8 is_int_signed is_int_unsigned is_ptr item load log log2 logical_and"
    " logical_or max min permute ravel reduce reduce_or reshape rsqrt scatter sigmoid sin softmax"
    " sort split sqrt sqrt_rn store sum to trans view xor_sum".split()
)
"""Of tensors, descriptors and types. The other values in a kernel are numbers, text and tuples of
these, and none of their methods that share a name does more than compute either."""

_PROPERTIES = frozenset(
    "T block_shape dtype element_ty itemsize numel primitive_bitwidth scalar shape strides"
    " type".split()
)

_CONSTEXPR = {"triton.language.constexpr", "triton.language.core.constexpr"}

_BUILTINS = frozenset({"range", "min", "max", "float", "int", "len", "print"})

_GIVEN = {"triton": "triton", "tl": "triton.language"}
"""Modules that the text may always name, whatever the file calls them."""

_RESERVED = frozenset({*_GIVEN, "interpreter_semantic"})
"""Names with a meaning of their own where kernels run."""

_ABOUT = {
    "abs": "Write tl.abs: Triton's compiler has no other.",
    "inline_asm_elementwise": "Inline assembly is not run here: say it in Triton's operations.",
    "map_elementwise": "Write it as operations on the whole block.",
    "extra": "Write `from triton.language.extra import libdevice` and then libdevice.NAME.",
    "libdevice": "Write `from triton.language.extra import libdevice` and then libdevice.NAME.",
    "value": "A tl.constexpr is its value: leave .value out.",
    "sum": "Write tl.sum.",
    "round": "Write tl.floor(x + 0.5).",
}
"""What to do instead, where the general advice would not help."""

_KNOWN = (
    "A kernel may use its parameters and variables, constants written NAME = tl.constexpr(...),"
    " other kernels, and operations such as tl.load."
)

_OF_VALUES = "Use an operation such as tl.sum(x), or x.to, x.shape, x.dtype."

_UNARY = (ast.USub, ast.UAdd, ast.Not, ast.Invert)
_BINARY = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor),
)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot)

_TYPE_IN_TEXT = re.compile(r"\*{0,2}k?(?:i1|[iu](?:8|16|32|64)|fp(?:16|32|64)|bf16)")
_WORST_INT = 1 << 64
_WORST_POWER = 64

_INSTEAD = {
    "With": "Write its body without `with`.",
    "Try": "Take the `try` out: kernels raise nothing.",
    "TryStar": "Take the `try` out: kernels raise nothing.",
    "Raise": "Use tl.device_assert or tl.static_assert.",
    "Break": "Put the condition into a `while`, or mask what comes after it.",
    "Continue": "Put the rest of the loop under an `if`.",
    "Import": "Import at the top of the file.",
    "ImportFrom": "Import at the top of the file.",
    "FunctionDef": "Define it at the top of the file, under @triton.jit.",
    "AsyncFunctionDef": "Define a plain function at the top of the file, under @triton.jit.",
    "ClassDef": "Keep its fields in variables.",
    "Lambda": "Define a function at the top of the file, under @triton.jit.",
    "Global": "Return the value, or store it with tl.store.",
    "Nonlocal": "Return the value, or store it with tl.store.",
    "Delete": "Leave it out: nothing has to be deleted.",
    "Match": "Write `if` and `elif`.",
    "NamedExpr": "Assign in a line of its own.",
    "ListComp": "Write a loop over tl.static_range.",
    "SetComp": "Write a loop over tl.static_range.",
    "DictComp": "Write a loop over tl.static_range.",
    "GeneratorExp": "Write a loop over tl.static_range.",
    "Dict": "Use variables.",
    "Set": "Use a tuple.",
    "Starred": "Write the values out.",
    "Yield": "Return the value, or store it with tl.store.",
    "YieldFrom": "Return the value, or store it with tl.store.",
    "Await": "Leave it out.",
    "JoinedStr": "f-strings are for tl.static_print, tl.device_print and the asserts.",
}
"""Of what Python has and a kernel has not."""


class _Refused(Exception):
    def __init__(self, node: ast.AST, text: str) -> None:
        self.refusal = Refusal(getattr(node, "lineno", 1), text)


def _refuse(node: ast.AST, text: str) -> NoReturn:
    raise _Refused(node, text)


def _quoted(name: str) -> str:
    """A name of the student's, fit for a sentence."""
    plain = name.encode("ascii", "backslashreplace").decode()
    return f"`{plain if len(plain) <= 60 else plain[:57] + '...'}`"


def _advice(name: str) -> str:
    return _ABOUT.get(name, _KNOWN)


# ------------------------------------------------------------------ who binds which name


@dataclass(frozen=True)
class _Binding:
    """Of a name at the top level of a file.

    ``path`` is what an import binds it to; ``place`` is the statement's index, where it is a
    function or an assignment of one name that nothing else surrounds.
    """

    line: int
    path: str | None = None
    place: int | None = None


class _Census(ast.NodeVisitor):
    """Finds all that binds, rebinds or deletes a name at the top level of a file."""

    def __init__(self, tree: ast.Module) -> None:
        self.bindings: dict[str, list[_Binding]] = {}
        for place, statement in enumerate(tree.body):
            name = _bound_alone(statement)
            if name is None:
                self.visit(statement)
                continue
            if isinstance(statement, ast.FunctionDef):
                self._scope(statement, place=place)
                continue
            self._bind(name, statement, place=place)
            for part in ast.iter_child_nodes(statement):
                if part is not _target(statement):
                    self.visit(part)

    def _bind(self, name: str, node: ast.AST, **more: str | int) -> None:
        line = getattr(node, "lineno", 1)
        self.bindings.setdefault(name, []).append(_Binding(line, **more))  # type: ignore[arg-type]

    def _globals(self, node: ast.AST) -> None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                for name in inner.names:
                    self._bind(name, inner)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            root = alias.name.partition(".")[0]
            self._bind(alias.asname or root, node, path=alias.name if alias.asname else root)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            self._bind(alias.asname or alias.name, node, path=f"{module}.{alias.name}")

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id, node)

    def _scope(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, **more: int
    ) -> None:
        self._bind(node.name, node, **more)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                self._globals(part)
            else:  # decorators, defaults, bases
                self.visit(part)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _scope  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass

    def _comprehension(self, node: ast.AST) -> None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.visit(inner.target)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, node)
        self.generic_visit(node)

    def _capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name, node)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = _capture  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest, node)
        self.generic_visit(node)


def _bound_alone(statement: ast.stmt) -> str | None:
    """The one name that a function or an assignment of the simplest form binds."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name
    target = _target(statement)
    return target.id if isinstance(target, ast.Name) else None


def _target(statement: ast.stmt) -> ast.expr | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return statement.targets[0]
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return statement.target
    return None


# ------------------------------------------------------------------ the file


class _File:
    """A file's top level: which names mean what to a kernel."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.bindings = _Census(tree).bindings
        self.aliases: dict[str, str] = {}
        self.kernels = {
            node.name: node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and any(map(self.is_jit, node.decorator_list))
        }
        self._constants: dict[str, str] = {}
        self._in_progress: set[str] = set()

    # names

    def paths(self, node: ast.expr) -> set[str]:
        """What an expression of names and dots may be called where it comes from."""
        if isinstance(node, ast.Attribute):
            return {f"{inner}.{node.attr}" for inner in self.paths(node.value)}
        if isinstance(node, ast.Name):
            return {b.path for b in self.bindings.get(node.id, []) if b.path is not None}
        return set()

    def is_jit(self, decorator: ast.expr) -> bool:
        return not self._decorated_by(decorator).isdisjoint({"triton.jit", "triton.runtime.jit"})

    def is_tuner(self, decorator: ast.expr) -> bool:
        tuners = {"triton.autotune", "triton.heuristics"}
        return not self._decorated_by(decorator).isdisjoint(tuners)

    def _decorated_by(self, decorator: ast.expr) -> set[str]:
        return self.paths(decorator.func if isinstance(decorator, ast.Call) else decorator)

    def module(self, name: str) -> str | None:
        """The module that a top-level name stands for, if it is one that kernels may use."""
        bindings = self.bindings.get(name, [])
        modules = {_IMPORTS.get(b.path or "") for b in bindings}
        module = modules.pop() if len(modules) == 1 else None
        return module if _GIVEN.get(name, module) == module else None

    def use_module(self, name: str, module: str) -> None:
        self.aliases[name] = module

    def once(self, node: ast.AST, name: str) -> _Binding:
        """The only binding of a top-level name; refused if there are more."""
        first, *others = self.bindings[name]
        if others:
            places = f"in line {first.line} and in line {others[0].line}"
            text = f"{_quoted(name)} is set {places}, and a kernel can only mean one of them."
            _refuse(node, f"{text} Give it one value, at the top of the file.")
        return first

    @property
    def names(self) -> set[str]:
        """All that kernels may find outside of themselves."""
        return {*self.aliases, *_GIVEN, *self.kernels, *self.constants, *_BUILTINS}

    # constants

    @property
    def constants(self) -> set[str]:
        """Those that kernels turned out to use."""
        return set(self._constants)

    def constant(self, node: ast.AST, name: str, place: int) -> str:
        """What kind of constant a top-level name is, for a use in the statement at ``place``.

        ``constexpr`` and ``dtype`` are known to the compiler; ``plain`` and ``text`` are not.
        """
        binding = self.once(node, name)
        if binding.place is None or not isinstance(
            self.tree.body[binding.place], ast.Assign | ast.AnnAssign
        ):
            _refuse(node, f"{_quoted(name)} is no constant. {_advice(name)}")
        if binding.place >= place:
            _refuse(node, f"{_quoted(name)} is set below its use. Move its line up.")
        if name.startswith("__") or name in _RESERVED or not name.isascii():
            _refuse(node, f"{_quoted(name)} is no name for a constant here. Rename it.")
        if name not in self._constants:
            statement = self.tree.body[binding.place]
            assert isinstance(statement, ast.Assign | ast.AnnAssign)
            assert statement.value is not None
            self._constants[name] = self.kind(statement.value, binding.place)
        return self._constants[name]

    def kind(self, node: ast.expr, place: int) -> str:
        """The same of an expression."""
        match node:
            case ast.Constant():
                return _kind_of_literal(node)
            case ast.UnaryOp(op=op, operand=operand) if isinstance(op, _UNARY):
                return self._arithmetic(node, place, operand)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _BINARY):
                _bounded(node)
                return self._arithmetic(node, place, left, right)
            case ast.Call(func=func, args=args, keywords=[]):
                return self._call(node, func, args, place)
            case ast.Attribute(value=base, attr=attr):
                module = self.module_of(base)
                if module == "math" and attr in _VALUES["math"]:
                    return "plain"
                if module == "triton.language" and attr in _DTYPES:
                    return "dtype"
            case ast.Name(id=name) if name in self.bindings:
                return self.constant(node, name, place)
        _refuse(
            node,
            "A constant that a kernel uses is made of numbers, arithmetic, math.NAME and"
            " tl.constexpr(...). Write its value out, or pass it as a parameter.",
        )

    def _arithmetic(self, node: ast.expr, place: int, *operands: ast.expr) -> str:
        kinds = {self.kind(operand, place) for operand in operands}
        if not kinds <= {"plain", "constexpr"}:
            _refuse(node, "Constants are computed from numbers only. Write the value out.")
        return "constexpr" if "constexpr" in kinds else "plain"

    def _call(self, node: ast.expr, func: ast.expr, args: list[ast.expr], place: int) -> str:
        for argument in args:
            self.kind(argument, place)
        if isinstance(func, ast.Attribute):
            module = self.module_of(func.value)
            if module == "triton.language" and func.attr == "constexpr" and len(args) == 1:
                return "constexpr"
            if module == "math" and func.attr in _OPERATIONS["math"]:
                return "plain"
        elif isinstance(func, ast.Name) and func.id in {"float", "int"} - self.bindings.keys():
            return "plain"
        _refuse(
            node,
            "Constants call nothing but tl.constexpr, float, int and a few of math.NAME."
            " Write the value out.",
        )

    def module_of(self, node: ast.expr) -> str | None:
        """The module that an expression at the top level stands for."""
        if isinstance(node, ast.Name):
            module = self.module(node.id)
            if module is not None:
                self.use_module(node.id, module)
            return module
        if isinstance(node, ast.Attribute):
            outer = self.module_of(node.value)
            return _INNER.get((outer or "", node.attr))
        return None


def _kind_of_literal(node: ast.Constant) -> str:
    value = node.value
    if value is None:
        return "constexpr"  # the compiler takes it as it is
    if isinstance(value, str):
        if not value.isascii():
            _refuse(node, "Text in kernels has plain letters only. Write it without accents.")
        return "text"
    if isinstance(value, bool | float) or (isinstance(value, int) and value < _WORST_INT):
        return "plain"
    _refuse(node, "This literal is nothing that a kernel can use. Write a number below 2**64.")


def _bounded(node: ast.BinOp) -> None:
    """Refuse powers and shifts that may take for ever, before anything computes them."""
    if not isinstance(node.op, ast.Pow | ast.LShift):
        return
    right = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
    small = (
        isinstance(right, ast.Constant)
        and isinstance(right.value, int | float)
        and right.value <= _WORST_POWER
    )
    nested = any(
        isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow | ast.LShift)
        for inner in ast.walk(node.left)
    )
    if not small or nested:
        _refuse(
            node,
            "Powers and shifts in constants go up to 64, written out. Write the value instead.",
        )


# ------------------------------------------------------------------ a kernel


class _Judge:
    """Holds one kernel to the lists; what it refuses is in ``refusals``."""

    def __init__(self, file: _File, node: ast.FunctionDef) -> None:
        self._file = file
        self._node = node
        self._place = file.tree.body.index(node)
        self._locals = {a.arg for a in node.args.args} | set(_assigned(node))
        self.refusals: list[Refusal] = []
        self.constexprs: list[str] = []
        self._try(self._name)
        for decorator in node.decorator_list:
            self._try(self._decorator, decorator)
        self._try(self._signature)
        for parameter in node.args.args:
            self._annotation(parameter)
        for default in node.args.defaults:
            self._try(self._default, default)
        self._block(node.body)

    def _try(self, judge: object, *arguments: object) -> None:
        try:
            judge(*arguments)  # type: ignore[operator]
        except _Refused as refused:
            self.refusals.append(refused.refusal)

    # the head

    def _name(self) -> None:
        name = self._node.name
        self._file.once(self._node, name)
        if name.startswith("__") or name in _RESERVED or not name.isascii():
            _refuse(self._node, f"{_quoted(name)} is no name for a kernel here. Rename it.")

    def _decorator(self, decorator: ast.expr) -> None:
        last = decorator is self._node.decorator_list[-1]
        known = self._file.is_jit(decorator) if last else self._file.is_tuner(decorator)
        if not known:
            _refuse(
                decorator,
                "A kernel has @triton.jit right above its `def`, and above that nothing but"
                " @triton.autotune and @triton.heuristics. Remove this decorator.",
            )

    def _signature(self) -> None:
        arguments = self._node.args
        if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
            _refuse(
                self._node,
                "Triton knows plain parameters only, no `/`, `*`, `*args` or `**kwargs`."
                " Name each parameter.",
            )
        if getattr(self._node, "type_params", None):
            _refuse(self._node, "A kernel has no type parameters. Remove the brackets.")
        for parameter in arguments.args:
            self._own(parameter, parameter.arg)

    def _annotation(self, parameter: ast.arg) -> None:
        """Keep ``tl.constexpr`` and types, written one way; any other annotation says nothing."""
        given, parameter.annotation = parameter.annotation, None
        parameter.type_comment = None
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            if given.value in {"constexpr", "tl.constexpr", "triton.language.constexpr"}:
                self._file.use_module("tl", "triton.language")
                language = ast.Name("tl", ast.Load())
                parameter.annotation = ast.Attribute(language, "constexpr", ast.Load())
                self.constexprs.append(parameter.arg)
            elif _TYPE_IN_TEXT.fullmatch(given.value):
                parameter.annotation = given
        elif isinstance(given, ast.Attribute) and self._type(given):
            parameter.annotation = given
            if given.attr == "constexpr":
                self.constexprs.append(parameter.arg)
        elif given is not None and not self._file.paths(given).isdisjoint(_CONSTEXPR):
            text = "Write tl.constexpr, after one `import triton.language as tl`."
            self._try(_refuse, parameter, f"This annotation is not known here. {text}")

    def _type(self, node: ast.Attribute) -> bool:
        module = self._file.module_of(node.value)
        return module == "triton.language" and node.attr in _DTYPES | {"constexpr"}

    def _default(self, default: ast.expr) -> None:
        self._file.kind(default, self._place)

    # statements

    def _block(self, statements: list[ast.stmt]) -> None:
        for index, statement in enumerate(statements):
            if len(self.refusals) >= _MOST:
                return
            if isinstance(statement, ast.Expr) and _is_text(statement.value):
                statements[index] = ast.copy_location(ast.Pass(), statement)  # a docstring
            else:
                self._try(self._statement, statement)
                for name in ("body", "orelse"):
                    if isinstance(statement, ast.If | ast.For | ast.While):
                        self._block(getattr(statement, name))

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass():
                pass
            case ast.Expr(value=value):
                self._value(value)
            case ast.Return(value=value):
                if value is not None:
                    self._value(value)
            case ast.Assert(test=test, msg=message):
                self._value(test)
                if message is not None:
                    self._argument(message, printing=True)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                self._assignment(node)
            case ast.If(test=test):
                self._value(test)
            case ast.While(test=test, orelse=[]):
                self._value(test)
            case ast.For(orelse=[]):
                self._loop(node)
            case ast.For() | ast.While():
                _refuse(
                    node, "Triton has no `else` of a loop. Put those lines after it, or in an `if`."
                )
            case _:
                self._unknown(node)

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        node_type = getattr(node, "type_comment", None)
        if node_type is not None:
            _refuse(node, "Type comments are not read here. Remove it.")
        if isinstance(node, ast.Assign) and len(node.targets) > 1:
            _refuse(node, "Triton sets one variable a statement. Write `a = ...` and `b = a`.")
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        names = [target]
        if isinstance(node, ast.Assign) and isinstance(target, ast.Tuple):
            names = target.elts
        for name in names:
            self._target(name)
        if isinstance(node, ast.AnnAssign):
            self._local_annotation(node)
        if node.value is not None:
            self._value(node.value, text=isinstance(node, ast.AnnAssign))
        if isinstance(node, ast.AugAssign) and not isinstance(node.op, _BINARY):
            self._unknown(node.op, node)

    def _local_annotation(self, node: ast.AnnAssign) -> None:
        if node.value is None or not node.simple:
            _refuse(node, "An annotation alone does nothing. Give the variable a value.")
        if not (isinstance(node.annotation, ast.Attribute) and self._type(node.annotation)):
            _refuse(node, "Variables in a kernel are annotated tl.constexpr or not at all.")

    def _target(self, node: ast.expr) -> None:
        if isinstance(node, ast.Subscript):
            _refuse(node, "Blocks are not changed in place. Use tl.where, or tl.store to memory.")
        if not isinstance(node, ast.Name):
            _refuse(node, "Only variables can be assigned to. Write `name = ...`.")
        self._own(node, node.id)

    def _own(self, node: ast.AST, name: str) -> None:
        """A name that the kernel gives a meaning to."""
        taken = name in _RESERVED or name in self._file.kernels or self._file.module(name)
        if taken or name.startswith("__") or not name.isascii():
            why = "already means something else" if taken else "is no name for a variable here"
            _refuse(node, f"{_quoted(name)} {why}. Rename the variable.")

    def _loop(self, node: ast.For) -> None:
        self._target(node.target)
        if node.type_comment is not None:
            _refuse(node, "Type comments are not read here. Remove it.")
        call = node.iter
        plain = isinstance(call, ast.Call) and (
            (isinstance(call.func, ast.Name) and self._is_builtin(call.func.id, "range"))
            or (
                isinstance(call.func, ast.Attribute)
                and self._module(call.func.value) == "triton.language"
                and call.func.attr in _LOOPS
            )
        )
        if not plain:
            _refuse(
                node, "Kernels loop over range, tl.range or tl.static_range. Write one of them."
            )
        assert isinstance(call, ast.Call)
        self._arguments(call)

    def _is_builtin(self, name: str, *names: str) -> bool:
        known = name in _BUILTINS and (not names or name in names)
        return known and name not in self._locals and name not in self._file.bindings

    # expressions

    def _value(self, node: ast.expr, *, text: bool = False) -> None:
        """Judge an expression; ``text`` if it may be a string."""
        match node:
            case ast.Constant(value=value):
                if isinstance(value, str) and not text:
                    _refuse(node, "Text is for arguments and comparisons only. Use a number here.")
                _kind_of_literal(node)
            case ast.Name():
                self._read(node)
            case ast.Attribute():
                self._attribute(node, called=False)
            case ast.Call():
                self._call(node)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
                self._values(*parts)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _BINARY):
                self._values(left, right)
            case ast.BinOp(op=ast.MatMult()):
                _refuse(node, "Triton has no `@` between blocks. Write tl.dot(a, b).")
            case ast.UnaryOp(op=op, operand=operand) if isinstance(op, _UNARY):
                self._value(operand)
            case ast.Compare():
                self._compare(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._value(test)
                self._value(body, text=text)
                self._value(orelse, text=text)
            case ast.Subscript(value=value, slice=index):
                if isinstance(value, ast.Name) and self._is_kernel(value.id):
                    _refuse(node, "A kernel cannot launch another. Call it: kernel(...).")
                self._values(value, index)
            case ast.Slice(lower=lower, upper=upper, step=step):
                self._values(*(part for part in (lower, upper, step) if part is not None))
            case _:
                self._unknown(node)

    def _values(self, *nodes: ast.expr) -> None:
        for node in nodes:
            self._value(node)

    def _compare(self, node: ast.Compare) -> None:
        if len(node.ops) > 1:
            _refuse(node, "Triton compares two values at a time. Write `(a < b) & (b < c)`.")
        if not isinstance(node.ops[0], _COMPARISONS):
            _refuse(node, "Triton has no `in`. Compare with each value: `(a == 1) | (a == 2)`.")
        with_none = isinstance(node.comparators[0], ast.Constant) and (
            node.comparators[0].value is None
        )
        if isinstance(node.ops[0], ast.Is | ast.IsNot) and not with_none:
            # Interpreter and compiler disagree on what is the same object, and could be told apart.
            _refuse(node, "`is` compares with None only. Write `==`.")
        self._value(node.left, text=True)
        self._value(node.comparators[0], text=True)

    def _unknown(self, node: ast.AST, where: ast.AST | None = None) -> NoReturn:
        kind = type(node).__name__
        text = _INSTEAD.get(kind, "See the page on what kernels may use.")
        _refuse(where or node, f"A kernel has no {_spelled(kind)}. {text}")

    def _is_kernel(self, name: str) -> bool:
        return name in self._file.kernels and name not in self._locals

    def _read(self, node: ast.Name) -> None:
        name = node.id
        if name in self._locals:
            return
        if self._is_kernel(name):
            _refuse(node, f"A kernel such as {_quoted(name)} can only be called, or handed to"
                          " tl.reduce and tl.associative_scan.")  # fmt: skip
        if self._file.module(name):
            _refuse(node, f"{_quoted(name)} is a module. Write {_quoted(name + '.NAME')} at once.")
        if self._is_builtin(name):
            _refuse(
                node, f"{_quoted(name)} can only be called here. Write {_quoted(name + '(...)')}."
            )
        self._top_level(node, name)

    def _top_level(self, node: ast.expr, name: str) -> None:
        """A name that is neither the kernel's nor a module's nor another kernel's."""
        bindings = self._file.bindings.get(name)
        if not bindings:
            _refuse(node, f"{_quoted(name)} is not known in a kernel. {_advice(name)}")
        path = bindings[0].path
        if path is not None:
            self._imported(node, name, path)
        if self._file.constant(node, name, self._place) not in {"constexpr", "dtype"}:
            value = f"Write {_quoted(name + ' = tl.constexpr(...)')}"
            _refuse(
                node,
                f"{_quoted(name)} is no constant to Triton's compiler. {value} where it is set.",
            )

    def _imported(self, node: ast.expr, name: str, path: str) -> NoReturn:
        if len(self._file.bindings[name]) > 1 and path in _IMPORTS:
            _refuse(node, f"{_quoted(name)} is bound more than once. Import it once, at the top.")
        origin, _, last = path.rpartition(".")
        module = _IMPORTS.get(origin)
        if module and last in _OPERATIONS[module] | _VALUES[module]:
            longer = _quoted(f"{_SHORT[module]}.{last}")
            _refuse(node, f"{_quoted(name)} is imported by itself. Write {longer}.")
        _refuse(node, f"{_quoted(name)} cannot be used in a kernel. {_advice(last)}")

    def _module(self, node: ast.expr) -> str | None:
        """The module that an expression stands for."""
        if isinstance(node, ast.Name):
            return None if node.id in self._locals else self._file.module_of(node)
        if isinstance(node, ast.Attribute):
            return _INNER.get((self._module(node.value) or "", node.attr))
        return None

    def _attribute(self, node: ast.Attribute, *, called: bool) -> None:
        name = node.attr
        module = self._module(node.value)
        if module is None:
            if _is_text(node.value) or isinstance(node.value, ast.Constant):
                _refuse(node, "Literals have no attributes here. Write the value itself.")
            if not self._is_option(node):
                self._value(node.value)
                self._of_value(node, called=called)
            return
        if self._module(node):
            _refuse(node, f"{_quoted(name)} is a module. Write the operation at once.")
        if (called and name in _OPERATIONS[module]) or (not called and name in _VALUES[module]):
            return
        shown = _quoted(ast.unparse(node))
        if name in _OPERATIONS[module]:
            _refuse(node, f"{shown} can only be called here. Write {shown[:-1]}(...)`.")
        if name in _VALUES[module]:
            _refuse(node, f"{shown} cannot be called. Write x.to({shown[1:-1]}).")
        _refuse(node, f"{shown} is not among the operations that a kernel may use. {_advice(name)}")

    def _is_option(self, node: ast.Attribute) -> bool:
        """``tl.PropagateNan.ALL``, the one enumeration."""
        inner = node.value
        return (
            isinstance(inner, ast.Attribute)
            and inner.attr == "PropagateNan"
            and self._module(inner.value) == "triton.language"
            and node.attr in {"ALL", "NONE"}
        )

    def _of_value(self, node: ast.Attribute, *, called: bool) -> None:
        name = node.attr
        if (called and name in _METHODS) or (not called and name in _PROPERTIES):
            return
        shown = _quoted("." + name)
        if name in _METHODS:
            _refuse(node, f"{shown} can only be called here. Write {shown[:-1]}(...)`.")
        if name in _PROPERTIES:
            _refuse(node, f"{shown} is not a function. Leave the brackets out.")
        _refuse(
            node,
            f"{shown} is not among the attributes of values that a kernel may use."
            f" {_ABOUT.get(name, _OF_VALUES)}",
        )

    def _call(self, node: ast.Call) -> None:
        func = node.func
        if isinstance(func, ast.Attribute):
            self._attribute(func, called=True)
            if self._module(func.value) == "triton.language" and func.attr in _LOOPS:
                _refuse(node, "Ranges are for `for` loops only. Write tl.arange for a block.")
            self._arguments(node, func.attr)
        elif isinstance(func, ast.Name):
            self._callee(func)
            self._arguments(node, "device_print" if func.id == "print" else "")
            if self._is_builtin(func.id) and node.keywords:
                _refuse(node, f"{_quoted(func.id)} takes no keywords here. Leave them out.")
        elif isinstance(func, ast.Subscript):
            self._value(func)
            _refuse(node, "What stands in brackets cannot be called. Call a kernel by its name.")
        else:
            _refuse(node, "Only operations, methods and kernels can be called, each by its name.")

    def _callee(self, func: ast.Name) -> None:
        name = func.id
        if name in self._locals:
            _refuse(
                func, f"{_quoted(name)} is a value and cannot be called. Call a kernel by its name."
            )
        if self._is_kernel(name):
            self._file.once(func, name)
        elif not self._is_builtin(name):
            self._read(func)
            _refuse(func, f"{_quoted(name)} is a value and cannot be called.")
        elif name == "range":
            _refuse(func, "Ranges are for `for` loops only. Write tl.arange for a block.")

    def _arguments(self, node: ast.Call, operation: str = "") -> None:
        for keyword in node.keywords:
            if keyword.arg is None:
                _refuse(keyword.value, "A kernel has no `**`. Write the arguments out.")
            if keyword.arg.startswith("_") or keyword.arg == "member" or not keyword.arg.isascii():
                _refuse(
                    keyword.value,
                    f"{_quoted(keyword.arg)} is a matter of Triton's own. Leave it out.",
                )
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            handed = isinstance(argument, ast.Name) and self._is_kernel(argument.id)
            if handed and operation in _COMBINING:
                assert isinstance(argument, ast.Name)
                self._file.once(argument, argument.id)
            else:
                self._argument(argument, printing=operation in _PRINTING)

    def _argument(self, node: ast.expr, *, printing: bool) -> None:
        if not (printing and isinstance(node, ast.JoinedStr)):
            self._value(node, text=True)
            return
        for part in node.values:
            if isinstance(part, ast.Constant):
                _kind_of_literal(part)
            elif isinstance(part, ast.FormattedValue):
                if part.format_spec is not None or part.conversion != -1:
                    _refuse(node, "f-strings in kernels have no formats. Write {x} alone.")
                self._value(part.value)
            else:
                self._unknown(part)


def _assigned(node: ast.FunctionDef) -> Iterator[str]:
    """Names that a kernel's body sets: its own everywhere in it, as Python has it.

    Only the body's: what a decorator sets, in a comprehension say, is no variable of the kernel.
    """
    for statement in node.body:
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _spelled(kind: str) -> str:
    known = {
        "FunctionDef": "function inside it",
        "AsyncFunctionDef": "function inside it",
        "ClassDef": "class",
        "NamedExpr": "`:=`",
        "JoinedStr": "f-string here",
        "FormattedValue": "f-string here",
        "Starred": "`*`",
        "TryStar": "`try`",
        "Delete": "`del`",
        "ImportFrom": "`import`",
        "GeneratorExp": "generator",
        "ListComp": "comprehension",
        "SetComp": "comprehension",
        "DictComp": "comprehension",
        "YieldFrom": "`yield`",
    }
    return known.get(kind, f"`{kind.lower()}`")


# ------------------------------------------------------------------ the text


_Compound: TypeAlias = ast.If | ast.For | ast.While


class _Page:
    """Writes statements at the lines where they began.

    A statement begins below all that began before its line, or behind a semicolon; so no line is
    ever needed twice, except for statements that stood on one line and still do.
    """

    def __init__(self) -> None:
        self._rows: dict[int, str] = {}
        self._last = 0

    def text(self) -> str:
        rows = [self._rows.get(number, "") for number in range(1, self._last + 1)]
        if not all(row.isascii() and row.isprintable() for row in rows):
            raise ValueError("a row that is not one line of plain characters")
        return "".join(f"{row}\n" for row in rows)

    def _put(self, line: int, depth: int, text: str) -> None:
        if line == self._last:
            self._rows[line] += f"; {text}"
        else:
            self._rows[line] = " " * 4 * depth + text
            self._last = line

    def constant(self, node: ast.Assign) -> None:
        self._put(node.lineno, 0, ast.unparse(node))

    def kernel(self, node: ast.FunctionDef) -> None:
        self._put(node.lineno - 1, 0, "@triton.jit")
        self._head(node.lineno, 0, f"def {node.name}({ast.unparse(node.args)}):", node.body)

    def _head(self, line: int, depth: int, head: str, body: list[ast.stmt]) -> None:
        if body[0].lineno == line:  # all of it stood behind the colon
            self._put(line, depth, f"{head} {'; '.join(map(ast.unparse, body))}")
            return
        self._put(line, depth, head)
        for statement in body:
            self._statement(statement, depth + 1)

    def _statement(self, node: ast.stmt, depth: int) -> None:
        if not isinstance(node, _Compound):
            self._put(node.lineno, depth, ast.unparse(node))
        elif isinstance(node, ast.If):
            self._if(node, depth, "if")
        elif isinstance(node, ast.While):
            self._head(node.lineno, depth, f"while {ast.unparse(node.test)}:", node.body)
        else:
            head = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:"
            self._head(node.lineno, depth, head, node.body)

    def _if(self, node: ast.If, depth: int, word: str) -> None:
        self._head(node.lineno, depth, f"{word} {ast.unparse(node.test)}:", node.body)
        match node.orelse:
            case []:
                pass
            case [ast.If() as other]:
                self._if(other, depth, "elif")
            case [first, *_] if first.lineno > self._last + 1:
                self._head(first.lineno - 1, depth, "else:", node.orelse)
            case [first, *_]:
                self._head(first.lineno, depth, "else:", node.orelse)


def _kept(file: _File) -> Iterator[ast.Assign | ast.FunctionDef]:
    """The statements of the text, in their order, as they are to be written."""
    constants = file.constants
    jit = ast.Attribute(ast.Name("triton", ast.Load()), "jit", ast.Load())
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef) and file.kernels.get(node.name) is node:
            node.decorator_list = [jit]
            node.returns = node.type_comment = None
            yield node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _bound_alone(node) in constants:
            name = ast.Name(str(_bound_alone(node)), ast.Store())
            assert node.value is not None
            yield ast.copy_location(ast.Assign([name], node.value), node)


def _written(file: _File) -> str:
    """The vetted text; refused if it does not say what was judged."""
    nodes = list(_kept(file))
    page = _Page()
    try:
        for node in nodes:
            if isinstance(node, ast.Assign):
                page.constant(node)
            else:
                page.kernel(node)
        text = page.text()
        same = [ast.dump(a) for a in _parse(text).body] == [ast.dump(b) for b in nodes]
        same = same and _global_names(text) <= file.names
        _compile(text)
    except SyntaxError as error:
        place = ast.Pass(lineno=error.lineno or 1)
        _refuse(place, f"This cannot be compiled: {_clipped(error.msg)}. Correct the line.")
    except ValueError:  # of f-strings that cannot be written
        same = False
    if not same:
        _refuse(nodes[0], "These kernels cannot be written down plainly. Write them more simply.")
    return text


def _global_names(text: str) -> set[str]:
    """What Python itself takes for names that are not a kernel's own."""
    table = symtable.symtable(text, "<kernels>", "exec")
    functions = [t for t in table.get_children() if isinstance(t, symtable.Function)]
    return {name for function in functions for name in function.get_globals()}


# ------------------------------------------------------------------ all together


def vet(source: str) -> Vetted:
    """Judge a student's file.

    Parameters
    ----------
    source
        Its text. It is parsed and never run; whatever it is, nothing is raised.
    """
    try:
        tree = _parse(source.removeprefix("\ufeff"))
        return _vet(tree)
    except SyntaxError as error:
        line, text = (
            error.lineno or 1,
            f"This is no Python: {_clipped(error.msg)}. Correct the line.",
        )
    except (RecursionError, MemoryError):
        line, text = 1, "This is nested too deeply. Write it in several statements."
    except ValueError:
        line, text = 1, "This is no text that Python reads. Save the file as UTF-8."
    return Vetted("", {}, (), (Refusal(line, text),))


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _compile(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(text, "<kernels>", "exec", dont_inherit=True)


def _clipped(message: str) -> str:
    return message.encode("ascii", "backslashreplace").decode()[:100]


def _vet(tree: ast.Module) -> Vetted:
    file = _File(tree)
    kernels, refusals = [], []
    for node in file.kernels.values():
        judge = _Judge(file, node)
        names = tuple(a.arg for a in node.args.args)
        kernels.append(Kernel(node.name, node.lineno, names, tuple(judge.constexprs)))
        refusals += judge.refusals
    text = ""
    if kernels and not refusals:
        try:
            text = _written(file)
        except _Refused as refused:
            refusals = [refused.refusal]
    first = sorted(set(refusals), key=lambda refusal: (refusal.line, refusal.text))[:_MOST]
    aliases = {**_GIVEN, **file.aliases} if text else {}
    return Vetted(text, aliases, tuple(kernels), tuple(first), find_nickname(tree))
