"""Vetting of Triton kernels: usual ones pass and mean the same, and nothing else comes through."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.triton_tasks.vet import Vetted, vet
from tests.conftest import ROOT

HEAD = "import math\nimport torch\nimport triton\nimport triton.language as tl\n"
LINES = HEAD.count("\n")


def of(kernels: str, head: str = HEAD) -> Vetted:
    return vet(head + textwrap.dedent(kernels))


def body(text: str, parameters: str = "p, x, n, B: tl.constexpr") -> str:
    """A kernel with this body, which begins in the third line."""
    return f"@triton.jit\ndef k({parameters}):\n" + textwrap.indent(text, "    ") + "\n"


# ------------------------------------------------------------------ what passes

SOFTMAX = '''
@triton.jit
def softmax_rows(out, rows, stride_in, stride_out, count, width, B: tl.constexpr,
                 num_stages: tl.constexpr):
    """One row after the other."""
    first = tl.program_id(0)
    step = tl.num_programs(0)
    for row in tl.range(first, count, step, num_stages=num_stages):
        at = tl.arange(0, B)
        inside = at < width
        x = tl.load(rows + row * stride_in + at, mask=inside, other=-float("inf"))
        e = tl.exp(x - tl.max(x, axis=0))
        tl.store(out + row * stride_out + at, e / tl.sum(e, axis=0), mask=inside)
'''

MATMUL = """
def configs():
    return [triton.Config({"BM": bm}, num_warps=w) for bm in (16, 32) for w in (4, 8)]

@triton.autotune(configs=configs(), key=["M"])
@triton.heuristics({"EVEN": lambda args: args["K"] % args["BK"] == 0})
@triton.jit(do_not_specialize=["M"])
def matmul(a, b, c, M, N, K, sam, sak, sbk, sbn, scm, scn,  # strides
           BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, EVEN: tl.constexpr,
           ACTIVATION: tl.constexpr = ""):
    pid = tl.program_id(axis=0)
    wide = tl.cdiv(N, BN)
    im = (pid // wide * BM + tl.arange(0, BM)) % M
    jn = (pid % wide * BN + tl.arange(0, BN)) % N
    k = tl.arange(0, BK)
    pa = a + (im[:, None] * sam + k[None, :] * sak)
    pb = b + (k[:, None] * sbk + jn[None, :] * sbn)
    acc = tl.zeros((BM, BN), dtype=tl.float32)
    for at in range(0, tl.cdiv(K, BK)):
        left = K - at * BK
        if EVEN: x = tl.load(pa); y = tl.load(pb)
        else:
            x = tl.load(pa, mask=k[None, :] < left, other=0.0)
            y = tl.load(pb, mask=k[:, None] < left, other=0.0)
        acc = tl.dot(x, y, acc, input_precision="ieee")
        pa += BK * sak; pb += BK * sbk
    if ACTIVATION == "leaky":
        acc = leaky(acc)
    rows = pid // wide * BM + tl.arange(0, BM)
    cols = pid % wide * BN + tl.arange(0, BN)
    inside = (rows[:, None] < M) & (cols[None, :] < N)
    tl.store(c + rows[:, None] * scm + cols[None, :] * scn, acc.to(c.dtype.element_ty), mask=inside)

@triton.jit
def leaky(x):
    return tl.where(x >= 0, x, 0.01 * x)
"""

ATTENTION = """
LOG2E = tl.constexpr(1 / math.log(2.0))
MASKED: tl.constexpr = tl.constexpr(-1.0e6)

@triton.jit
def _inner(acc, l_i, m_i, q, k_ptr, v_ptr, lo, hi, T, rows,
           BN: tl.constexpr, D: tl.constexpr, CAUSAL: tl.constexpr):
    cols = tl.arange(0, BN)
    d = tl.arange(0, D)
    for start in range(lo, hi, BN):
        start = tl.multiple_of(start, BN)
        keys = start + cols
        k = tl.load(k_ptr + keys[None, :] * D + d[:, None], mask=keys[None, :] < T, other=0.0)
        s = tl.dot(q, k) * LOG2E
        s = tl.where(keys[None, :] < T, s, MASKED)
        if CAUSAL:
            s = tl.where(rows[:, None] >= keys[None, :], s, MASKED)
        m_new = tl.maximum(m_i, tl.max(s, 1))
        p = tl.math.exp2(s - m_new[:, None])
        alpha = tl.math.exp2(m_i - m_new)
        l_i = l_i * alpha + tl.sum(p, 1)
        v = tl.load(v_ptr + keys[:, None] * D + d[None, :], mask=keys[:, None] < T, other=0.0)
        acc = acc * alpha[:, None] + tl.dot(p.to(v.dtype), v)
        m_i = m_new
    return acc, l_i, m_i

@triton.jit
def attention(q_ptr, k_ptr, v_ptr, o_ptr, T, scale, BM: tl.constexpr, BN: tl.constexpr,
              D: tl.constexpr, CAUSAL: tl.constexpr):
    tl.static_assert(BN <= 64, f"BN is {BN}")
    rows = tl.program_id(0) * BM + tl.arange(0, BM)
    d = tl.arange(0, D)
    at = rows[:, None] * D + d[None, :]
    q = tl.load(q_ptr + at, mask=rows[:, None] < T, other=0.0) * scale
    _m = tl.full([BM], float("-inf"), tl.float32)
    _l = tl.zeros([BM], dtype=tl.float32)
    acc = tl.zeros([BM, D], dtype=tl.float32)
    hi = tl.minimum((tl.program_id(0) + 1) * BM, T) if CAUSAL else T
    acc, _l, _m = _inner(acc, _l, _m, q, k_ptr, v_ptr, 0, hi, T, rows, BN, D, CAUSAL)
    tl.store(o_ptr + at, acc / _l[:, None], mask=rows[:, None] < T)
"""

LAYER_NORM = """
@triton.jit
def layer_norm(x_ptr, y_ptr, w_ptr, stride, n, eps, B: tl.constexpr):
    row = tl.program_id(0)
    x_ptr += row * stride
    _mean = tl.zeros([B], dtype=tl.float32)
    for off in range(0, n, B):
        cols = off + tl.arange(0, B)
        _mean += tl.load(x_ptr + cols, mask=cols < n, other=0.).to(tl.float32)
    mean = tl.sum(_mean, axis=0) / n
    _var = tl.zeros([B], dtype=tl.float32)
    for off in range(0, n, B):
        cols = off + tl.arange(0, B)
        x = tl.load(x_ptr + cols, mask=cols < n, other=0.)
        x = tl.where(cols < n, x - mean, 0.)
        _var += x * x
    rstd = 1 / tl.sqrt(tl.sum(_var, axis=0) / n + eps)
    for off in range(0, n, B):
        cols = off + tl.arange(0, B)
        mask = cols < n
        w = tl.load(w_ptr + cols, mask=mask)
        x = tl.load(x_ptr + cols, mask=mask)
        tl.store(y_ptr + row * stride + cols, (x - mean) * rstd * w, mask=mask)
"""

ONLINE = """
@triton.jit
def merge(m_a, d_a, m_b, d_b):
    m = tl.maximum(m_a, m_b)
    return m, d_a * tl.exp(m_a - m) + d_b * tl.exp(m_b - m)

@triton.jit
def normalizer(x_ptr, m_ptr, d_ptr, B: tl.constexpr):
    x = tl.load(x_ptr + tl.arange(0, B))
    m, d = tl.reduce((x, tl.full([B], 1.0, tl.float32)), 0, merge)
    tl.store(m_ptr, m)
    tl.store(d_ptr, d)
"""

DOCSTRING = '''
@triton.jit
def k(p):
    """What looks like a function, and was one to a reader of lines.

def k(p):
    tl.store(p, 666.0)
    return  # """
    tl.store(p, 1.0)
    if True:
        "text that does nothing"
'''

PASSES = {
    "softmax": SOFTMAX,
    "matmul": MATMUL,
    "attention": ATTENTION,
    "layer norm": LAYER_NORM,
    "a kernel handed to reduce": ONLINE,
    "a docstring": DOCSTRING,
    "letters of any kind, out of the way": body("'Zeile f\u00fcr Zeile'\ntl.store(p, n)  # \u00fc"),
    "block pointers": body(
        "q = tl.make_block_ptr(base=p, shape=(n, n), strides=(n, 1), offsets=(0, 0),\n"
        "                      block_shape=(B, B), order=(1, 0))\n"
        "a = tl.load(q, boundary_check=(0, 1), padding_option='zero')\n"
        "tl.store(tl.advance(q, [B, 0]), a)"
    ),
    "descriptors": body(
        "d = tl.make_tensor_descriptor(p, shape=[n, n], strides=[n, 1], block_shape=[B, B])\n"
        "d.store([0, 0], d.load([0, 0]).T)\n"
        "tl.store_tensor_descriptor(d, [0, 0], d.load([0, 0]).trans(1, 0).to(p.dtype.element_ty))"
    ),
    "atomics": body("tl.atomic_add(p, n, sem='relaxed')\ntl.atomic_cas(p, 0, 1)"),
    "while, and nested ifs": body(
        "i = 0\nwhile i < n:\n    if i > 3 and B == 4:\n        i += 2\n    elif not i:\n"
        "        i += 1\n    else:\n        i = i + 3 if n is None else 7\ntl.store(p, i)"
    ),
    "an early return": body("if n == 0:\n    return\ntl.store(p, n)"),
    "a builtin hidden by a variable": body("max = tl.max(x, 0)\nmin = max - 1\ntl.store(p, min)"),
    "print and assert": body("print('x', x)\nassert n > 0, 'n'\ntl.device_print(f'n {n}', x)"),
    "what math has": body("tl.store(p, math.pi * math.log2(B) - math.inf)"),
    "triton's own": body("tl.store(p, triton.cdiv(B, 3) + triton.next_power_of_2(B))"),
    "types": body(
        "y = x.to(tl.float16) if x.dtype == tl.float32 else x.to(p.type.element_ty)\n"
        "tl.store(p.to(tl.pointer_type(tl.int8)), y.to(tl.int8, bitcast=True))\n"
        "bits: tl.constexpr = x.dtype.element_ty.primitive_bitwidth"
    ),
    "annotated variables": body("M: tl.constexpr = B // 2\nmode: tl.constexpr = 'ieee'"),
    "static loops": body("for i in tl.static_range(0, B, step=2):\n    tl.store(p, len(x.shape))"),
    "an option of maximum": body("y = tl.maximum(x, n, propagate_nan=tl.PropagateNan.ALL)"),
    "scans and sorts": body("y = tl.cumsum(x, 0)\ny = tl.sort(y)\ny = x.sum(axis=0) + x.max(0)"),
    "a power in the body": body("tl.store(p, 2 ** B)"),
    "text annotations": body("tl.store(p, B)", "p: '*fp32', n: 'i32', B: 'tl.constexpr'"),
    "other annotations": body("tl.store(p, B)", "p: torch.Tensor, n: int, B: tl.constexpr = 4"),
    "annotated result": "@triton.jit\ndef k(x) -> tl.tensor:\n    return x\n",
    "constants": "A = 3\nC = tl.constexpr(A * 2 + float('1e3'))\nE = -C\nT = tl.float16\nN = None\n"
    + body("tl.store(p, (C + E).to(T) if N is None else 1)"),
    "a plain default": "WIDTH = 2 ** 4\n" + body("tl.store(p, W)", "p, W: tl.constexpr = WIDTH"),
    "one line": "@triton.jit\ndef k(p): x = 1; tl.store(p, x)\n",
    "the longer name": body("triton.language.store(p, triton.language.math.exp(1.0))"),
    "host code of any kind": "class A:\n    tl_ = 1\n    def f(self): return lambda: os\n"
    "def g():\n    global SEEN\n    SEEN = [eval(s) for s in __import__('os').environ]\n"
    + body("tl.store(p, n)"),
    "a name that others use too": "for B in range(3):\n    n = B\n" + body("tl.store(p, n + B)"),
}  # fmt: skip


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_usual_kernels_pass_and_keep_their_lines(text):
    source = HEAD + text
    vetted = vet(source)
    assert vetted.refusals == ()
    compile(vetted.text, "<kernels>", "exec")
    assert again(vetted) == "\n" + vetted.text
    asked, got = calls(source, {k.name for k in vetted.kernels}), calls(vetted.text)
    assert {name for _, name in got} == {name for _, name in asked}
    assert {line for line, _ in got} <= {line for line, _ in asked}


def calls(text: str, kernels: set[str] | None = None) -> list[tuple[int, str]]:
    """Lines at which statements with calls begin, in kernels."""
    found = []
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef) and kernels in (None, kernels or {function.name}):
            if kernels is not None and function.name not in kernels:
                continue
            for node in ast.walk(ast.Module(function.body, [])):
                if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
                    found += [
                        (node.lineno, ast.unparse(call.func))
                        for call in ast.walk(node)
                        if isinstance(call, ast.Call)
                    ]
    return found


def again(vetted: Vetted) -> str:
    """The vetted text of a vetted text, which stands one line lower."""
    imports = "; ".join(f"import {module} as {name}" for name, module in vetted.aliases.items())
    result = vet(f"{imports}\n{vetted.text}")
    assert result.refusals == ()
    return result.text


def test_statements_stay_at_the_lines_where_they_began():
    text = body(
        "a = (1,\n     2); b = 3\nif n: c = 1; d = 2\nelif B:\n    # nothing\n\n    c = 2\n"
        "else: c = 3\n\nif c:\n    pass\nelse:  # there\n    if x: d = 1\n"
        "while (b >\n       n): b = 1\nif (a\n    ): b = 1; c = 2\nelse: b = (1,\n  2); c = 3\n"
    )
    vetted = vet(HEAD + text)
    assert vetted.refusals == ()
    lines = vetted.text.splitlines()
    asked = (HEAD + text).splitlines()
    for start in ("a =", "if n", "elif B", "c = 2", "else: c", "if c", "while", "else: b"):
        (at,) = (i for i, line in enumerate(asked) if line.strip().startswith(start))
        assert lines[at].strip().startswith(start)


def test_the_result_says_what_was_found():
    vetted = of(SOFTMAX + "\nif True:\n    @triton.jit\n    def hidden(p):\n        pass\n")
    (kernel,) = vetted.kernels
    assert kernel.name == "softmax_rows"
    assert kernel.line == LINES + 3
    assert kernel.parameters[:2] == ("out", "rows")
    assert kernel.constexprs == ("B", "num_stages")
    assert vetted.aliases == {"triton": "triton", "tl": "triton.language"}


IMPORTS = {
    "import triton.language as lang": ("lang.store(p, n)", {"lang": "triton.language"}),
    "from triton import language as tl": ("tl.store(p, n)", {"tl": "triton.language"}),
    "import triton.language": ("triton.language.store(p, n)", {}),
    "from triton.language import math as tm": (
        "triton.language.store(p, tm.exp(n))",
        {"tm": "triton.language.math"},
    ),
    "from triton.language.extra import libdevice": (
        "triton.language.store(p, libdevice.tanh(n))",
        {"libdevice": "triton.language.extra.libdevice"},
    ),
    "from triton.language.extra.cuda import libdevice as ld": (
        "triton.language.store(p, ld.tanh(n))",
        {"ld": "triton.language.extra.libdevice"},
    ),
    "import math as m": ("triton.language.store(p, m.pi)", {"m": "math"}),
    "try:\n    import triton.language as tl\nexcept ImportError:\n    pass": ("tl.store(p, n)", {}),
}


@pytest.mark.parametrize("line", IMPORTS)
def test_modules_may_have_any_name(line):
    use, aliases = IMPORTS[line]
    vetted = vet(f"import triton\n{line}\n@triton.jit\ndef k(p, n):\n    {use}\n")
    assert vetted.refusals == ()
    assert vetted.aliases == {"triton": "triton", "tl": "triton.language"} | aliases


@pytest.mark.parametrize(
    "decorator",
    ["from triton import jit\n@jit", "import triton as t\n@t.jit(noinline=True)",
     "from triton import jit, autotune\n@autotune([], [])\n@jit"],
)  # fmt: skip
def test_the_decorator_may_have_any_name(decorator):
    vetted = vet(f"import triton.language as tl\n{decorator}\ndef k(p):\n    tl.store(p, 1)\n")
    assert vetted.refusals == ()
    assert "@triton.jit\ndef k(p):\n    tl.store(p, 1)\n" in vetted.text


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_ends_of_lines_and_a_byte_order_mark_do_not_matter(ends):
    plain = HEAD + ATTENTION
    assert vet("\ufeff" + plain.replace("\n", ends)) == vet(plain)


def test_nothing_that_is_no_program_text_is_passed_on():
    text = body("x = 1  # \x0c\u2028 def k(): os\ntl.store(p, x)  # \N{SNOWMAN}")
    vetted = of("# \u2028\n" + text)
    assert vetted.refusals == ()
    assert vetted.text.isascii()
    assert len(vetted.text.splitlines()) == vetted.text.count("\n") == LINES + 5


# ------------------------------------------------------------------ what does not

REFUSED_IN_BODIES = {
    "tl.core.knobs.os.system('id')": "`tl.core` is not among the operations",
    "tl.extra.cuda.libdevice.exp(x)": "import libdevice",
    "tl.inline_asm_elementwise('', '', [x], tl.int32, True, 1)": "Inline assembly",
    "tl.semantic": "`tl.semantic`",
    "tl.math.core.os": "`tl.math.core`",
    "triton.runtime.jit": "`triton.runtime`",
    "math.__loader__": "`math.__loader__`",
    "x.handle.data": "`.handle` is not among the attributes",
    "x._type": "`._type` is not among",
    "x.dtype.__class__": "`.__class__` is not among",
    "x.shape.index(0)": "`.index` is not among",
    "tl.float32.to_ir(x)": "`.to_ir` is not among",
    "B.value": "leave .value out",
    "tl.sum(x).__init__.__globals__": "`.__init__` is not among",
    "p.to.__self__": "`.to` can only be called",
    "'{0.__class__}'.format(x)": "Literals have no attributes",
    "(1).real": "Literals have no attributes",
    "import os": "no `import`. Import at the top",
    "from os import system": "no `import`",
    "open('/etc/passwd')": "`open` is not known in a kernel",
    "eval('1')": "`eval` is not known",
    "__import__('os')": "`__import__` is not known",
    "getattr(x, 'handle')": "`getattr` is not known",
    "y = sum(x)": "Write tl.sum",
    "y = abs(x)": "Write tl.abs",
    "y = np.exp(x)": "`np` is not known",
    "y = torch.softmax(x, 0)": "`torch` cannot be used in a kernel",
    "f = tl.load": "`tl.load` can only be called",
    "f = tl": "`tl` is a module",
    "f = tl.math": "`math` is a module",
    "f = k": "`k` can only be called, or handed to tl.reduce",
    "f = max": "`max` can only be called",
    "y = x.to": "`.to` can only be called",
    "y = x.shape()": "`.shape` is not a function",
    "y = tl.float32(3)": "Write x.to(tl.float32)",
    "x(1)": "`x` is a value and cannot be called",
    "k[(1,)](p)": "A kernel cannot launch another",
    "x[0](1)": "in brackets cannot be called",
    "tl.load(p)(1)": "Only operations, methods and kernels",
    "tl.sum(k)": "`k` can only be called",
    "max(1, 2, key=n)": "`max` takes no keywords",
    "tl.load(p, _semantic=x)": "`_semantic` is a matter of Triton's own",
    "tl.load(p, member=x)": "`member` is a matter of Triton's own",
    "tl.load(**x)": "no `**`",
    "tl.load(*x)": "no `*`",
    "y = tl.range(3)": "Ranges are for `for` loops only",
    "y = range(3)": "Ranges are for `for` loops only",
    "for i in (1, 2):\n    pass": "loop over range",
    "for i in x.range(3):\n    pass": "loop over range",
    "for i, j in range(3):\n    pass": "Only variables can be assigned to",
    "for x.a in range(3):\n    pass": "Only variables can be assigned to",
    "for i in range(3):\n    pass\nelse:\n    pass": "no `else` of a loop",
    "while n:\n    n -= 1\nelse:\n    pass": "no `else` of a loop",
    "while n:\n    break": "no `break`",
    "while n:\n    continue": "no `continue`",
    "with x:\n    pass": "no `with`",
    "try:\n    pass\nfinally:\n    pass": "no `try`",
    "raise x": "no `raise`. Use tl.device_assert",
    "lambda: 1": "no `lambda`",
    "[i for i in x]": "no comprehension",
    "tl.sum(i for i in x)": "no generator",
    "{1: 2}": "no `dict`",
    "{1, 2}": "no `set`",
    "yield x": "no `yield`",
    "global os": "no `global`",
    "nonlocal os": "no `nonlocal`",
    "del x": "no `del`",
    "def inner():\n    pass": "no function inside it",
    "class A:\n    pass": "no class",
    "(y := 1)": "no `:=`",
    "match n:\n    case os:\n        pass": "no `match`",
    "a, *b = x": "Only variables can be assigned to",
    "a = b = 1": "one variable a statement",
    "[a, b] = x": "Only variables can be assigned to",
    "x[0] = 1": "Blocks are not changed in place",
    "x.handle = 1": "Only variables can be assigned to",
    "x @= x": "no `matmult`",
    "y = x @ x": "Write tl.dot",
    "if 0 < n < 3:\n    pass": "two values at a time",
    "y = n in (1, 2)": "no `in`",
    "y = x[...]": "nothing that a kernel can use",
    "y = b'a'": "nothing that a kernel can use",
    "y = 1j": "nothing that a kernel can use",
    "y = 0x" + "f" * 5000: "Write a number below 2**64",
    "y = 'text'": "Text is for arguments and comparisons",
    "y = 'a' * n": "Text is for arguments and comparisons",
    "y = f'{n}'": "f-strings are for",
    "tl.static_print(f'{n!r}')": "no formats",
    "tl.static_print(f'{n:>{n}}')": "no formats",
    "tl.static_print(f'{x.handle}')": "`.handle` is not among",
    "tl.static_print('\N{SNOWMAN}')": "plain letters only",
    "y: int": "An annotation alone",
    "(y): tl.constexpr = 1": "An annotation alone",
    "y: x = 1": "annotated tl.constexpr or not at all",
    "tl = x": "`tl` already means something else",
    "k = x": "`k` already means something else",
    "math = x": "`math` already means something else",
    "triton: tl.constexpr = x": "`triton` already means something else",
    "interpreter_semantic = x": "`interpreter_semantic` already means something else",
    "__builtins__ = x": "`__builtins__` is no name",
    "\N{GREEK SMALL LETTER ALPHA} = x": "is no name for a variable",
    "x\N{FULLWIDTH FULL STOP}to": "no Python",
    "\N{MODIFIER LETTER SMALL T}l.core.knobs": "`tl.core` is not among",
    "async for i in x:\n    pass": "no `asyncfor`",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED_IN_BODIES, ids=lambda text: ascii(text[:40]))
def test_refused_in_a_kernel(text):
    vetted = of(body(f"y = 1\n{text}"))
    assert [r for r in vetted.refusals if REFUSED_IN_BODIES[text] in r.text], vetted.refusals
    assert len(vetted.refusals) == 1
    assert vetted.refusals[0].line in range(LINES + 4, LINES + 5 + text.count("\n"))
    assert vetted.text == ""
    assert vetted.aliases == {}


PLACES = [
    "y = {}", "y += {}", "y: tl.constexpr = {}", "return {}", "assert {}", "assert n, {}",
    "assert n, f'{{{}}}'", "if {}: pass", "if n: pass\nelif {}: pass", "while {}: pass",
    "for i in range({}): pass", "for i in tl.range(1, step={}): pass", "tl.load({})",
    "tl.load(p, mask={})", "k({})", "x.to({})", "{}", "-{}", "1 + {}", "{} + 1", "n == {}",
    "n and {}", "{} if n else n", "n if {} else n", "n if n else {}", "(n, {})", "[n, {}]",
    "x[{}]", "x[{}, :]",
    "x[1:{}]", "x[{}:]", "x[::{}]", "tl.load(p)[{}]", "tl.static_print(f'{{{}}}')", "print({})",
    "tl.reduce(x, 0, {})", "tl.constexpr({})", "({}).dtype", "({}).to(x)", "max({}, 1)",
    "if n:\n    pass\nelse:\n    {}", "for i in range(3):\n    while n:\n        {}",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_place_in_a_kernel_is_judged(place):
    assert of(body(place.format("n"))).refusals == () or "reduce" in place
    vetted = of(body(place.format("tl.core.knobs")))
    assert ["`tl.core` is not among" in r.text for r in vetted.refusals] == [True]


USE = "in the line that uses it"

REFUSED_CONSTANTS = {
    "A = 3": (USE, "`A` is no constant to Triton's compiler"),
    "A: tl.constexpr = 3": (USE, "Write `A = tl.constexpr(...)`"),
    "A = 'a'": (USE, "Write `A = tl.constexpr(...)`"),
    "A = tl.constexpr(f())": (1, "call nothing"),
    "A = [1]": (1, "is made of numbers"),
    "A = tl.constexpr(lambda: 1)": (1, "is made of numbers"),
    "A = tl.constexpr(tl.core.knobs)": (1, "is made of numbers"),
    "A = tl.constexpr((os := 1))": (1, "is made of numbers"),
    "A = tl.constexpr(9**9**9)": (1, "Powers and shifts"),
    "A = tl.constexpr((9**64)**64)": (1, "Powers and shifts"),
    "A = tl.constexpr(1 << 10**9)": (1, "Powers and shifts"),
    "A = tl.float32 * 2": (1, "from numbers only"),
    "A = tl.constexpr(1)\nA = tl.constexpr(2)": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\nA += 1": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\ndel A": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\ndef f():\n    global A\n    A = 2": (USE, "in line 5 and in line 7"),
    "A = tl.constexpr(1)\nfor A in []: pass": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\nwith f() as A: pass": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\ntry: pass\nexcept E as A: pass": (USE, "in line 5 and in line 7"),
    "A = tl.constexpr(1)\nmatch 1:\n  case A: pass": (USE, "in line 5 and in line 7"),
    "A = tl.constexpr(1)\nmatch 1:\n  case {**A}: pass": (USE, "in line 5 and in line 7"),
    "A = tl.constexpr(1)\n[(A := 1) for i in f()]": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\ndef f(x=(A := 1)): pass": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\nimport os as A": (USE, "in line 5 and in line 6"),
    "A = tl.constexpr(1)\nclass A: pass": (USE, "in line 5 and in line 6"),
    "if True:\n    A = tl.constexpr(1)": (USE, "`A` is no constant"),
    "A, C = tl.constexpr(1), 2": (USE, "`A` is no constant"),
    "def A(): pass": (USE, "`A` is no constant"),
    "A = tl.constexpr(C)\nC = 1": (1, "`C` is set below"),
    "A = tl.constexpr(A)": (1, "`A` is set below"),
    "from triton.language import load as A": (USE, "Write `tl.load`"),
    "from triton.language.extra.libdevice import tanh as A": (USE, "Write `libdevice.tanh`"),
    "from math import pi as A": (USE, "Write `math.pi`"),
    "from math import factorial as A": (USE, "`A` cannot be used in a kernel"),
    "tl = None\nA = 1": (4, "This annotation is not known here"),
}


@pytest.mark.parametrize("lines", REFUSED_CONSTANTS)
def test_constants_that_are_refused(lines):
    line, sentence = REFUSED_CONSTANTS[lines]
    vetted = of(f"{lines}\n{body('tl.store(p, A)')}")
    assert sentence in vetted.refusals[0].text, vetted.refusals
    use = LINES + lines.count("\n") + 4
    assert vetted.refusals[0].line == (use if line is USE else LINES + line)
    assert vetted.text == ""


LOOPS = "".join(f"{'  ' * depth}for i in range(2):\n" for depth in range(21)) + "  " * 21 + "x = 1"
PASS = body("pass")

REFUSED_KERNELS = {
    "a name in a decorator": (
        "@triton.heuristics({'B': [0 for np in ()]})\n" + body("np.load(p)"),
        (4, "`np` is not known"),
    ),
    "a module bound twice": ("import math as triton\n" + body("triton.exp(p)"), (4, "`triton`")),
    "a module by a wrong name": ("import math as tl\n" + body("tl.exp(p)", "p"), (4, "`tl`")),
    "a kernel twice": (PASS + PASS, (5, "`k` is set in line 6 and in line 9")),
    "a kernel wrapped": (PASS + "k = f(k)\n", (2, "`k` is set in line 6 and in line 8")),
    "a reserved name": (
        "@triton.jit\ndef interpreter_semantic():\n    pass\n",
        (2, "no name for a kernel"),
    ),
    "a decorator of one's own": ("@f\n" + PASS, (1, "Remove this decorator")),
    "a decorator below": ("@triton.jit\n@f\ndef k():\n    pass\n", (1, "Remove this decorator")),
    "a default that is called": (body("pass", "p=print('x')"), (2, "Constants call nothing")),
    "a default list": (body("pass", "p=[]"), (2, "is made of numbers")),
    "constexpr by itself": (
        "from triton.language import constexpr\n" + body("pass", "p: constexpr"),
        (3, "Write tl.constexpr"),
    ),
    "a parameter called tl": (body("pass", "tl"), (2, "`tl` already means")),
    "positional only": (body("pass", "p, /"), (2, "plain parameters only")),
    "keyword only": (body("pass", "*, p"), (2, "plain parameters only")),
    "a rest": (body("pass", "*p"), (2, "plain parameters only")),
    "keywords": (body("pass", "**p"), (2, "plain parameters only")),
    "a parameter twice": (body("pass", "p, p"), (2, "cannot be compiled: duplicate")),
    "21 loops": (body(LOOPS), (23, "too many statically nested blocks")),
    "a syntax error": ("if\n", (1, "This is no Python")),
    "null bytes": ("\0", (1 - LINES, "no Python")),
    "half a letter": ("\ud800", (1 - LINES, "Save the file as UTF-8")),
    "100,000 minuses": (f"x = {'-' * 100_000}1\n", (1 - LINES, "nested too deeply")),
    "a long sum": (body(f"y = {'+'.join('1' * 20_000)}"), (1 - LINES, "nested too deeply")),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED_KERNELS.values(), ids=REFUSED_KERNELS)
def test_kernels_that_are_refused(text, expected):
    vetted = of(text)
    line, sentence = expected
    assert sentence in vetted.refusals[0].text, vetted.refusals
    assert vetted.refusals[0].line == line + LINES
    assert vetted.text == ""


@pytest.mark.parametrize("quotes", ["'", '"', "'''", '"""'])
def test_no_text_is_ever_a_line_of_its_own(quotes):
    line = "\\n" if len(quotes) == 1 else "\n"
    text = f"{quotes}{line}def k(p):{line}    import os{line}{{n}}{quotes}"
    vetted = of(body(f"tl.static_print(f{text})\ntl.static_print({text})", "n"))
    assert vetted.text.count("\n") <= LINES + text.count("\n") * 2 + 4
    assert [row for row in vetted.text.splitlines() if row.strip().startswith("def ")] in (
        ["def k(n):"],
        [],
    )


def test_only_what_a_kernel_uses_is_judged():
    vetted = of("A = 3\nA = 4\nC = [print]\ntl.x = 1\n" + body("tl.store(p, n)"))
    assert vetted.refusals == ()
    assert "A" not in vetted.text


def test_refusals_come_by_line_and_not_in_hundreds():
    vetted = of(body("\n".join("os.x" for _ in range(100))) + "@f\n" + SOFTMAX)
    assert len(vetted.refusals) == 20
    assert [r.line for r in vetted.refusals] == sorted(r.line for r in vetted.refusals)


def test_no_kernel_is_no_refusal():
    assert vet("import os\nos.system('true')\n") == Vetted("", {}, (), ())


def test_long_names_are_cut():
    assert len(of(body("a" * 10_000)).refusals[0].text) < 300


# ------------------------------------------------------------------ whatever it is

PIECES = [
    *(line for text in (SOFTMAX, ATTENTION, DOCSTRING, MATMUL) for line in text.splitlines()),
    *(textwrap.indent(line, "    ") for text in REFUSED_IN_BODIES for line in text.splitlines()),
    *REFUSED_CONSTANTS,
    *(text for text, _ in REFUSED_KERNELS.values() if len(text) < 1000),
    *("\x0c", "\\", '"""', "(", ")", "\r", "\u2028", ";", "    pass", "else:", "@triton.jit", "\t"),
]


def harmless(text: str) -> bool:
    """Nothing in it that leads anywhere, by a list that knows nothing of the vetting."""
    nodes = list(ast.walk(ast.parse(text)))
    names = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    names |= {n.id for n in nodes if isinstance(n, ast.Name)}
    bad = (
        ast.Import,
        ast.ImportFrom,
        ast.Lambda,
        ast.With,
        ast.Try,
        ast.ClassDef,
        ast.comprehension,
    )
    return (
        not any(isinstance(node, bad) for node in nodes)
        and not {n for n in names if n.startswith("__")}
        and names.isdisjoint(
            {"core", "extra", "knobs", "os", "handle", "eval", "format", "fn", "np"}
        )
        and sum("def " in line for line in text.splitlines()) == text.count("@triton.jit")
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("\n".join))
@example("@triton.jit\ndef k(p): 'a'; tl.store(p, 1)")
@example('@triton.jit\ndef k(p):\n    if p: """a"""\n    else: "b"')
def test_whatever_it_is_nothing_is_raised_and_a_second_look_agrees(text):
    vetted = vet(HEAD + text)
    if vetted.text:
        assert again(vetted) == "\n" + vetted.text
        assert harmless(vetted.text)
    assert bool(vetted.text) == (bool(vetted.kernels) and not vetted.refusals)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    vet(text)
    vet(HEAD + body("pass") + text)
    vet(HEAD + body(f"y = {text}"))


# ------------------------------------------------------------------ it means the same

RUN = """
import json, linecache, math, sys
import torch, triton, triton.language as tl
from triton.language.extra import libdevice


def load(text, names, filename):
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), names)
    return names


def softmax(names):
    x, y = torch.arange(12.0).sin().reshape(3, 4), torch.zeros(3, 4)
    names["softmax_rows"][(2,)](y, x, 4, 4, 3, 4, B=4, num_stages=2)
    return y


def matmul(names):
    a, b, c = torch.arange(399.0).sin().reshape(21, 19), torch.ones(19, 17), torch.zeros(21, 17)
    f = names["matmul"]
    while not hasattr(f, "rewriter"):
        f = f.fn
    f[(4,)](a, b, c, 21, 17, 19, 19, 1, 17, 1, 17, 1, 16, 16, 16, False, "leaky")
    return c


def attention(names):
    q, k, v = (torch.arange(20 * 16.0).add(i).sin().reshape(20, 16) for i in range(3))
    o = torch.zeros(20, 16)
    names["attention"][(2,)](q, k, v, o, 20, 0.25, BM=16, BN=16, D=16, CAUSAL=True)
    return o


def layer_norm(names):
    x, y, w = torch.arange(14.0).sin().reshape(2, 7), torch.zeros(2, 7), torch.ones(7)
    names["layer_norm"][(2,)](x, y, w, 7, 7, 1e-5, B=4)
    return y


def online(names):
    x, out = torch.arange(8.0).sin(), torch.zeros(2)
    names["normalizer"][(1,)](x, out, out[1:], B=8)
    return out


def docstring(names):
    p = torch.zeros(1)
    names["k"][(1,)](p)
    return p


given = {name: sys.modules[name] for name in ("math", "triton", "triton.language")}
for name, source, text, aliases in json.load(sys.stdin):
    run = globals()[name]
    vetted = load(text, {a: given[m] for a, m in aliases.items()}, f"/nowhere/vetted/{name}.py")
    answer = run(vetted)
    plain = run(load(source, {}, f"/nowhere/plain/{name}.py"))
    print(name, torch.equal(answer, plain), answer.flatten()[0].item(), plain.flatten()[0].item())
"""

RUNS = {
    "softmax": SOFTMAX,
    "matmul": MATMUL,
    "attention": ATTENTION,
    "layer_norm": LAYER_NORM,
    "online": ONLINE,
    "docstring": DOCSTRING,
}


@pytest.fixture(scope="module")
def answers() -> dict[str, list[str]]:
    if not all(map(importlib.util.find_spec, ("torch", "triton"))):
        pytest.skip("needs PyTorch and Triton")
    work: list[Any] = []
    for name, text in RUNS.items():
        vetted = vet(HEAD + text)
        work.append((name, HEAD + text, vetted.text, vetted.aliases))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"TRITON_INTERPRET": "1", "PATH": ""},
    )
    return {name: rest for name, *rest in map(str.split, done.stdout.splitlines())}


@pytest.mark.parametrize("name", [name for name in RUNS if name != "docstring"])
def test_the_text_computes_what_the_file_computes(answers, name):
    assert answers[name][0] == "True"


def test_a_function_in_a_docstring_is_not_run(answers):
    """Triton's interpreter takes the last line that begins with ``def`` for the kernel's."""
    same, vetted, plain = answers["docstring"]
    assert (same, float(vetted)) == ("False", 1.0)
    assert float(plain) == 666.0
