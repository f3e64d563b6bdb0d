"""Host functions, and the programs that they leave behind or are refused for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from autograder.triton_tasks.program import (
    Choice,
    Copy,
    Descriptor,
    Dtype,
    Fill,
    Launch,
    Program,
    Tensor,
)
from tests.conftest import ROOT

HEADER = """\
import torch, triton, triton.language as tl
from triton.tools.tensor_descriptor import TensorDescriptor
@triton.jit
def copy(out, x, n, BLOCK: tl.constexpr = 64):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + i, tl.load(x + i, i < n), i < n)
@triton.jit
def anything(a, b: tl.constexpr = None):
    pass
"""

RUN = """
import importlib.util, json, sys
from pathlib import Path
from autograder.triton_tasks.record import NotRecordable, TensorSpec, install, record

install()
X = TensorSpec("float32", (4, 6), (8, 1))

def outcome(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
        arguments, keywords = getattr(module, "CALLED_WITH", ([X], {}))
        for again in range(getattr(module, "CALLS", 1)):
            program = record(module.f, arguments, keywords, [str(path)])
        return {"program": program.to_json()}
    except NotRecordable as refusal:
        return {"refused": str(refusal), "line": refusal.place and refusal.place[1]}
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error)}

folder = Path(sys.argv[1])
print(json.dumps({path.name: outcome(path) for path in sorted(folder.iterdir())}))
"""

SOURCES: list[str] = []


def each_of(sources: Iterable[str], ids: Iterable[str] = ("",)) -> pytest.MarkDecorator:
    """Record these functions ``f``, and give a test what came of each as ``outcome``."""
    sources = list(sources)
    SOURCES.extend(sources)
    return pytest.mark.parametrize("outcome", sources, ids=list(ids), indirect=True)


def of(source: str) -> pytest.MarkDecorator:
    return each_of([source])


def does(lines: str) -> str:
    return f"def f(x):\n    {lines}\n"


class Outcome(NamedTuple):
    refused: str | None = None
    line: int | None = None
    raised: str | None = None
    text: str | None = None
    program: Any = None

    @property
    def made(self) -> Program:
        assert self.program, self
        given = [size for size, argument in self.program["storages"] if argument is not None]
        return Program.from_json(self.program, given, 1 << 40)

    @property
    def choice(self) -> Choice:
        (launch,) = self.made.steps
        (choice,) = launch.choices
        return choice


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All of them, out of one process: to import PyTorch takes seconds."""
    folder = tmp_path_factory.mktemp("students")
    for i, source in enumerate(SOURCES):
        (folder / f"student_{i}.py").write_text(HEADER + source)
    found = json.loads(python(RUN, str(folder)))
    return {source: Outcome(**found[f"student_{i}.py"]) for i, source in enumerate(SOURCES)}


def python(code: str, *arguments: str, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**kept, **environment},
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.fixture
def outcome(request: pytest.FixtureRequest, outcomes: dict[str, Outcome]) -> Outcome:
    return outcomes[request.param]


X = Tensor(0, "float32", (4, 6), (8, 1))


# ------------------------------------------------------------------ allocations and fills

EMPTY = {
    "empty": "torch.empty(4, 6, device=x.device)",
    "empty by keyword": "torch.empty(size=(4, 6), device='cuda', dtype=torch.float32)",
    "empty on cuda:0": "torch.empty((4, 6), device='cuda:0')",
    "empty on device 0": "torch.empty((4, 6), device=0)",
    "empty_like": "torch.empty_like(x)",
    "empty_strided": "torch.empty_strided((4, 6), (6, 1), device=torch.device('cuda', 0))",
    "new_empty": "x.new_empty(4, 6)",
    "current device": "torch.empty(4, 6, device=torch.cuda.current_device())",
    "Triton's device": (
        "torch.empty(4, 6, device=triton.runtime.driver.active.get_active_torch_device())"
    ),
}


@each_of([does(f"return {expression}") for expression in EMPTY.values()], EMPTY)
def test_allocations_are_not_initialised(outcome):
    program = outcome.made
    assert [(s.nbytes, s.argument) for s in program.storages] == [(120, 0), (96, None)]
    assert program.steps == ()
    assert program.result == Tensor(1, "float32", (4, 6), (6, 1))


FILLED = {
    "zeros": ("torch.zeros(3, device='cuda')", 0),
    "zeros_like": ("torch.zeros_like(x)", 0),
    "new_zeros": ("x.new_zeros(3)", 0),
    "ones": ("torch.ones(3, device='cuda')", 1),
    "ones_like": ("torch.ones_like(x)", 1),
    "full": ("torch.full((3,), -float('inf'), device='cuda')", -float("inf")),
    "full_like": ("torch.full_like(x, 2)", 2),
    "new_full": ("x.new_full((3,), fill_value=2.5)", 2.5),
    "fill_": ("torch.empty_like(x).fill_(3)", 3),
    "zero_": ("torch.empty_like(x).zero_()", 0),
}


@each_of([does(f"return {expression}") for expression, _ in FILLED.values()], FILLED)
def test_fills_are_steps(outcome, request):
    (step,) = outcome.made.steps
    _, value = FILLED[request.node.callspec.id]
    assert step == Fill(outcome.made.result, value)


@of(does("y = torch.empty(4, 6, device='cuda'); y[1:, 0] = 7; return y"))
def test_setting_a_slice_fills_that_slice(outcome):
    assert outcome.made.steps == (Fill(Tensor(1, "float32", (3,), (6,), 6), 7),)


@of(does("torch.set_default_device('cuda'); d = torch.get_default_device()\n"
         "    y = torch.empty(3); torch.set_default_device(None)\n"
         "    assert d.type == 'cuda'; return y"))  # fmt: skip
def test_a_default_device(outcome):
    assert outcome.made.result.shape == (3,)


@of(does("with torch.device('cuda'): return torch.empty(3)"))
def test_a_device_as_context(outcome):
    assert outcome.made.result.shape == (3,)


# ------------------------------------------------------------------ views and copies

VIEWS = {
    "itself": ("x", X),
    "view": ("torch.empty(24, device='cuda').view(4, -1)", Tensor(1, "float32", (4, 6), (6, 1))),
    "reshape": ("x[:, :1].reshape(2, 2)", Tensor(0, "float32", (2, 2), (16, 8))),
    "transpose": ("x.transpose(0, 1)", Tensor(0, "float32", (6, 4), (1, 8))),
    ".T": ("x.T", Tensor(0, "float32", (6, 4), (1, 8))),
    "t": ("x.t()", Tensor(0, "float32", (6, 4), (1, 8))),
    "permute": ("x.permute(1, 0)", Tensor(0, "float32", (6, 4), (1, 8))),
    "slices": ("x[1:3, ::2]", Tensor(0, "float32", (2, 3), (8, 2), 8)),
    "a row": ("x[2]", Tensor(0, "float32", (6,), (1,), 16)),
    "a new axis": ("x[:, None]", Tensor(0, "float32", (4, 1, 6), (8, 6, 1))),
    "squeeze": ("x[:1].squeeze(0)", Tensor(0, "float32", (6,), (1,))),
    "unsqueeze": ("x.unsqueeze(0)", Tensor(0, "float32", (1, 4, 6), (32, 8, 1))),
    "expand": ("x[:1].expand(3, 6)", Tensor(0, "float32", (3, 6), (0, 1))),
    "as_strided": ("x.as_strided((2,), (3,), 5)", Tensor(0, "float32", (2,), (3,), 5)),
    "flatten": ("x[:2, :1].flatten()", Tensor(0, "float32", (2,), (8,))),
    "unflatten": ("x.unflatten(1, (2, 3))", Tensor(0, "float32", (4, 2, 3), (8, 3, 1))),
    "detach": ("x.detach()", X),
    "narrow": ("x.narrow(0, 1, 2)", Tensor(0, "float32", (2, 6), (8, 1), 8)),
    "chunk": ("x.chunk(2, dim=1)[1]", Tensor(0, "float32", (4, 3), (8, 1), 3)),
    "split": ("x.split([1, 3])[1]", Tensor(0, "float32", (3, 6), (8, 1), 8)),
    "unbind": ("x.unbind()[3]", Tensor(0, "float32", (6,), (1,), 24)),
    "unpacking": ("[row for row in x][1]", Tensor(0, "float32", (6,), (1,), 8)),
    "other bits": ("x.view(torch.int32)", Tensor(0, "int32", (4, 6), (8, 1))),
    "no conversion": ("x.float().to('cuda').to(x.device).cuda().to(torch.float32)", X),
    "by keyword": ("x.to(device='cuda', dtype=torch.float32)", X),
    "contiguous already": ("x[:1].contiguous()", Tensor(0, "float32", (1, 6), (8, 1))),
}


@each_of([does(f"return {expression}") for expression, _ in VIEWS.values()], VIEWS)
def test_views_are_no_steps(outcome, request):
    _, tensor = VIEWS[request.node.callspec.id]
    assert outcome.made.result == tensor
    assert outcome.made.steps == ()


COPIES = {
    "contiguous": ("x.contiguous()", X, "float32"),
    "clone": ("x.clone(memory_format=torch.contiguous_format)", X, "float32"),
    "half": ("x[:, :6].contiguous().half()", None, "float16"),
    "to": ("x.to(torch.bfloat16, memory_format=torch.contiguous_format)", X, "bfloat16"),
    "device and type": ("x.T.contiguous().T.to('cuda', torch.float64)", None, "float64"),
    "copy_": ("torch.empty(4, 6, device='cuda').copy_(x)", X, "float32"),
    "a row to each": (
        "torch.empty(4, 6, device='cuda').copy_(x[0])",
        Tensor(0, "float32", (4, 6), (0, 1)),
        "float32",
    ),
}


@each_of([does(f"return {expression}") for expression, *_ in COPIES.values()], COPIES)
def test_copies_and_conversions_are_steps(outcome, request):
    _, source, dtype = COPIES[request.node.callspec.id]
    step = outcome.made.steps[-1]
    assert isinstance(step, Copy)
    assert step.target == outcome.made.result
    assert step.target.dtype == dtype
    assert source in (None, step.source)


@of(does("x[0] = x[1]; return x"))
def test_a_copy_within_an_argument(outcome):
    row = Tensor(0, "float32", (6,), (1,))
    assert outcome.made.steps == (Copy(Tensor(0, "float32", (6,), (1,), 8), row),)


@of("@torch.inference_mode()\n" + does("return x.contiguous().T.reshape(2, 12)"))
def test_inference_mode(outcome):
    assert [type(step) for step in outcome.made.steps] == [Copy, Copy]


# ------------------------------------------------------------------ what host code may ask

FACTS = [
    "x.is_cuda and not x.is_cpu and x.get_device() == 0",
    "x.device == torch.device('cuda', 0) and x.device.type == 'cuda' and x.device.index == 0",
    "x.shape == (4, 6) and x.size(0) == 4 and x.stride() == (8, 1) and x.stride(0) == 8",
    "x.numel() == 24 and x.dim() == x.ndim == 2 and len(x) == 4 and x.element_size() == 4",
    "x.dtype is torch.float32 and x.dtype in (torch.float32,) and x.is_floating_point()",
    "torch.finfo(x.dtype).eps < 1e-6 and torch.is_tensor(x) and not x.requires_grad",
    "not x.is_contiguous() and x[0].is_contiguous() and x[1].storage_offset() == 8",
    "x.data_ptr() % 16 == 0 and x[0, 1:].data_ptr() == x.data_ptr() + 4",
    "x.data_ptr() != torch.empty_like(x).data_ptr() != 0",
    "torch.cuda.is_available() and torch.cuda.device_count() == 1",
    "torch.cuda.current_device() == 0 and torch.cuda.get_device_capability() == (9, 0)",
    "torch.cuda.get_device_properties(x.device).multi_processor_count == 132",
    "torch.cuda.get_device_properties(0).shared_memory_per_block_optin == 232448",
    "(lambda p: p.name and p.major == 9 and p.minor == 0 and p.warp_size == 32 and p.total_memory "
    "and p.regs_per_multiprocessor == 65536 and p.shared_memory_per_multiprocessor "
    "and p.max_threads_per_multi_processor and p.L2_cache_size and p.shared_memory_per_block)"
    "(torch.cuda.get_device_properties())",
    "torch.cuda.get_device_name(0) == torch.cuda.get_device_properties(0).name",
    "torch.cuda.synchronize() is None and torch.cuda.empty_cache() is None",
    "torch.cuda.memory_allocated() == 0 and torch.cuda.mem_get_info()[1] > 0",
    "torch.cuda.current_stream().cuda_stream == 0 and torch.cuda.Event(enable_timing=True)",
    "torch.accelerator.current_accelerator().type == 'cuda'",
    "DRIVER.get_current_device() == 0 and DRIVER.get_current_stream(0) == 0",
    "DRIVER.get_current_target().backend == 'cuda' and DRIVER.get_current_target().arch == 90",
    "DRIVER.get_current_target().warp_size == 32",
    "DRIVER.get_active_torch_device() == x.device",
    "DRIVER.get_device_interface().current_device() == 0",
    "(lambda p: p['multiprocessor_count'] == 132 and p['max_shared_mem'] == 232448 "
    "and p['max_num_regs'] == 65536 and p['warpSize'] == 32 and p['sm_clock_rate'] "
    "and p['mem_clock_rate'] and p['mem_bus_width'])(DRIVER.utils.get_device_properties(0))",
    "triton.cdiv(x.shape[1], 4) == 2 and triton.next_power_of_2(x.shape[1]) == 8",
    "repr(x) and f'{x}'",
]


@each_of(
    [
        "DRIVER = triton.runtime.driver.active\n" + does(f"assert {fact}\n    return x")
        for fact in FACTS
    ],
    FACTS,
)
def test_the_card_and_its_tensors_answer(outcome):
    assert outcome.made.result == X


@of("NUMBER = torch.cuda.get_device_properties('cuda').multi_processor_count\n"
    "DEVICE = triton.runtime.driver.active.get_active_torch_device()\n"
    + does("return torch.empty(NUMBER, device=DEVICE)"))  # fmt: skip
def test_the_card_answers_while_the_file_is_loaded(outcome):
    assert outcome.made.result.shape == (132,)


@of(does("s = torch.cuda.Stream()\n"
         "    s.wait_stream(torch.cuda.current_stream())\n"
         "    with torch.cuda.device(x.device), torch.cuda.device_of(x), torch.cuda.stream(s):\n"
         "        copy[(1,)](x, x, 24)\n"
         "    e = torch.cuda.Event(); e.record(); e.synchronize(); s.synchronize()\n"
         "    return x"))  # fmt: skip
def test_streams_and_devices_change_nothing(outcome):
    assert outcome.choice.grid == (1, 1, 1)


# ------------------------------------------------------------------ launches


@of("def f(x):\n"
    "    y = torch.empty_like(x)\n"
    "    copy[(3,)](y, x, n=x.numel(), num_warps=8, num_stages=2)\n"
    "    return y\n")  # fmt: skip
def test_a_launch_has_all_that_a_replay_needs(outcome):
    program = outcome.made
    y = Tensor(1, "float32", (4, 6), (6, 1))
    assert program.result == y
    arguments = {"out": y, "x": X, "n": 24, "BLOCK": 64}
    choice = Choice((3, 1, 1), arguments, {"num_warps": 8, "num_stages": 2})
    assert program.steps == (Launch("copy", (choice,)),)


GRIDS = {
    "a pair": ("(2, 3)", (2, 3, 1)),
    "a list": ("[2, 3, 4]", (2, 3, 4)),
    "of META": ("lambda META: (triton.cdiv(META['n'], META['BLOCK']),)", (2, 1, 1)),
    "of arguments": ("lambda META: (META['x'].shape[0], META['x'].stride(0))", (4, 8, 1)),
    "the most": ("((1 << 31) - 1, 65535, 65535)", ((1 << 31) - 1, 65535, 65535)),
}


@each_of([does(f"copy[{grid}](x, x, 100); return x") for grid, _ in GRIDS.values()], GRIDS)
def test_grids(outcome, request):
    assert outcome.choice.grid == GRIDS[request.node.callspec.id][1]


@of(does("copy[(0,)](x, x, 0); return x"))
def test_a_grid_of_nothing_is_no_launch(outcome):
    assert outcome.made.steps == ()


BAD_GRIDS = {
    "y": ("(1, 65536)", "65,536 programs along y"),
    "x": ("(1 << 31,)", "along x"),
    "negative": ("(-1,)", "-1 programs"),
    "a number": ("24", "is an int; expected a tuple"),
    "a float": ("(24 / 4,)", "a float in it; expected whole numbers"),
    "four axes": ("(1, 1, 1, 1)", "one to three"),
    "none": ("None", "is None"),
}


@each_of([does(f"copy[{g}](x, x, 24); return x") for g, _ in BAD_GRIDS.values()], BAD_GRIDS)
def test_grids_that_no_card_takes(outcome, request):
    assert BAD_GRIDS[request.node.callspec.id][1] in outcome.refused
    assert outcome.line == HEADER.count("\n") + 2


ARGUMENTS = {
    "a bool": ("True", True),
    "an int": ("-(1 << 63)", -(1 << 63)),
    "a float": ("-float('inf')", -float("inf")),
    "None": ("None", None),
    "a string": ("'ieee'", "ieee"),
    "constexpr": ("tl.constexpr(5)", 5),
    "tl.float32": ("tl.float32", Dtype("float32")),
    "tl.bfloat16": ("tl.bfloat16", Dtype("bfloat16")),
    "tl.int1": ("tl.int1", Dtype("bool")),
    "tl.uint8": ("tl.uint8", Dtype("uint8")),
    "torch.float16": ("torch.float16", Dtype("float16")),
    "a view": ("x[1]", Tensor(0, "float32", (6,), (1,), 8)),
    "a descriptor": (
        "TensorDescriptor(x, x.shape, x.stride(), [2, 4])",
        Descriptor(X, (2, 4)),
    ),
    "from_tensor": (
        "TensorDescriptor.from_tensor(x, [2, 4], padding='nan')",
        Descriptor(X, (2, 4), "nan"),
    ),
}


@each_of(
    [does(f"anything[(1,)](x, b={value}); return x") for value, _ in ARGUMENTS.values()], ARGUMENTS
)
def test_arguments(outcome, request):
    value = ARGUMENTS[request.node.callspec.id][1]
    assert outcome.choice.arguments == {"a": X, "b": value}
    assert type(outcome.choice.arguments["b"]) is type(value)


BAD_ARGUMENTS = {
    "a tuple": ("anything[(1,)](x, (1, 2))", "a tuple as b"),
    "a function": ("anything[(1,)](x, copy)", "a JITFunction as b"),
    "an object": ("anything[(1,)](x, object())", "an object as b"),
    "a complex tensor": ("anything[(1,)](x.view(torch.complex64))", "complex64"),
    "a subclass": ("anything[(1,)](torch.nn.Parameter(x))", "not a Parameter"),
    "an option": ("anything[(1,)](x, enable_fp_fusion=False)", "no parameter 'enable_fp_fusion'"),
    "half a warp": ("anything[(1,)](x, num_warps=0.5)", "num_warps of anything is a float"),
    "a huge number": ("anything[(1,)](x, 1 << 70)", "beyond what can be replayed"),
    "many warps": ("anything[(1,)](x, num_warps=1 << 20)", "beyond what can be replayed"),
    "a long text": ("anything[(1,)](x, 'a' * 1000)", "beyond what can be replayed"),
    "8-bit floats": ("anything[(1,)](x, tl.float8e5)", "beyond what can be replayed"),
}


@each_of([does(f"{call}; return x") for call, _ in BAD_ARGUMENTS.values()], BAD_ARGUMENTS)
def test_arguments_that_no_program_holds(outcome, request):
    assert BAD_ARGUMENTS[request.node.callspec.id][1] in outcome.refused


@of(does("copy[(1,)](x, x); return x"))
def test_a_missing_argument_is_the_students_error(outcome):
    assert (outcome.raised, outcome.text) == ("TypeError", "missing a required argument: 'n'")


OTHER_KERNELS = {
    "another file": (
        "from triton.language.standard import cdiv\n" + does("cdiv[(1,)](x, x); return x"),
        "cdiv is a kernel of another file",
    ),
    "within a function": (
        "def f(x):\n    @triton.jit\n    def inner(x): pass\n    inner[(1,)](x)\n    return x\n",
        "inner is a kernel within a function",
    ),
    "while loading": (
        "copy[(1,)](1, 2, 3)\n" + does("return x"),
        "not when the file is loaded",
    ),
}


@each_of([source for source, _ in OTHER_KERNELS.values()], OTHER_KERNELS)
def test_kernels_that_the_file_does_not_have(outcome, request):
    assert OTHER_KERNELS[request.node.callspec.id][1] in outcome.refused


@of(does("partial = torch.empty(4, 2, device='cuda')\n"
         "    y = torch.zeros_like(x)\n"
         "    copy[(1,)](partial, x, 8)\n"
         "    copy.run(y, partial, 8, grid=(2,), warmup=False)\n"
         "    triton.set_allocator(lambda size, align, stream: torch.empty(size, device='cuda'))\n"
         "    return y"))  # fmt: skip
def test_several_launches_and_scratch_memory_in_order(outcome):
    program = outcome.made
    assert [type(step) for step in program.steps] == [Fill, Launch, Launch]
    assert [s.nbytes for s in program.storages] == [120, 32, 96]
    first, second = program.steps[1:]
    assert first.choices[0].arguments["out"] == second.choices[0].arguments["x"]
    assert second.choices[0].grid == (2, 1, 1)


@of("@triton.jit\n"
    "def blocks(x, n, B: tl.constexpr):\n"
    "    p = tl.make_block_ptr(x, (n,), (1,), (0,), (B,), (0,))\n"
    "    tl.store(p, tl.load(p))\n"
    + does("blocks[(1,)](x, 6, B=8); return x"))  # fmt: skip
def test_block_pointers_are_the_kernels_matter(outcome):
    assert outcome.choice.arguments == {"x": X, "n": 6, "B": 8}


WARMUPS = {
    "with constants": "compiled[(2, 1, 1)](x, x, 24, 32)",
    "with others than it was compiled for": "compiled[(2, 1, 1)](x, x, 24, 16)",
    "without": "compiled[(2, 1, 1)](x, x, 24)",
}


@each_of(
    [
        "def f(x):\n"
        "    compiled = copy.warmup(x, x, 24, BLOCK=32, num_warps=8, grid=(1,))\n"
        "    compiled._init_handles()\n"
        "    assert compiled.n_regs > 0 and compiled.n_spills == 0\n"
        "    assert compiled.metadata.shared > 0 and compiled.metadata.num_warps == 8\n"
        f"    {launch}\n"
        "    return x\n"
        for launch in WARMUPS.values()
    ],
    WARMUPS,
)
def test_warmup_then_launch(outcome):
    arguments = {"out": X, "x": X, "n": 24, "BLOCK": 32}
    assert outcome.choice == Choice((2, 1, 1), arguments, {"num_warps": 8})


@of(does("copy.warmup(torch.float32, torch.float32, 24, grid=(1,)); return x"))
def test_warmup_alone_is_no_launch(outcome):
    assert outcome.made.steps == ()


TUNED = """\
def prune(configs, named, **given):
    assert named['x'].shape == (4, 6)
    return [c for c in configs if c.kwargs['BLOCK'] < 64]
@triton.autotune(
    [triton.Config({'BLOCK': b}, num_warps=b // 8, num_stages=2) for b in (16, 32, 64)],
    key=['n'], reset_to_zero=['out'],
    prune_configs_by={'early_config_prune': prune, 'perf_model': None})
"""
TUNABLE = """\
@triton.jit
def tuned(out, x, n, BLOCK: tl.constexpr, EVEN: tl.constexpr = None):
    pass
"""
LAUNCH_TUNED = does(
    "y = torch.empty_like(x)\n"
    "    tuned[lambda META: (triton.cdiv(24, META['BLOCK']),)](y, x, 24)\n"
    "    return y"
)


@of(TUNED + TUNABLE + LAUNCH_TUNED)
def test_every_configuration_is_a_choice(outcome):
    fill, launch = outcome.made.steps
    assert fill == Fill(outcome.made.result, 0)
    assert launch.kernel == "tuned"
    assert [(c.grid, c.arguments["BLOCK"], c.options) for c in launch.choices] == [
        ((2, 1, 1), 16, {"num_warps": 2, "num_stages": 2, "num_ctas": 1}),
        ((1, 1, 1), 32, {"num_warps": 4, "num_stages": 2, "num_ctas": 1}),
    ]


EVEN = "@triton.heuristics({'EVEN': lambda args: args['n'] % args['BLOCK'] == 0})\n"


@each_of([TUNED + EVEN + TUNABLE + LAUNCH_TUNED, EVEN + TUNABLE + does(
    "tuned[(1,)](x, x, 24, BLOCK=24); return x")], ["tuned", "alone"])  # fmt: skip
def test_heuristics(outcome, request):
    launch = outcome.made.steps[-1]
    expected = [False, False] if request.node.callspec.id == "tuned" else [True]
    assert [c.arguments["EVEN"] for c in launch.choices] == expected


HOOKED = (
    "def hook(named):\n"
    "    named['x'].block_shape = [2, named['BLOCK']]\n"
    "@triton.autotune([triton.Config({'BLOCK': b}, pre_hook=hook) for b in (4, 8)], key=[])\n"
    + TUNABLE
)


@of(HOOKED + does("d = TensorDescriptor.from_tensor(x, [1, 1]); tuned[(1,)](x, d, 1); return x"))
def test_hooks_may_set_the_block_of_a_descriptor(outcome):
    (launch,) = outcome.made.steps
    assert [c.arguments["x"].block_shape for c in launch.choices] == [(2, 4), (2, 8)]


BAD_TUNING = {
    "hooks that differ": (
        "def hook(named):\n"
        "    named['out'].fill_(named['BLOCK'])\n"
        "@triton.autotune([triton.Config({'BLOCK': b}, pre_hook=hook) for b in (4, 8)], key=[])\n",
        "different things by configuration",
    ),
    "too many": (
        "@triton.autotune([triton.Config({'BLOCK': b}) for b in range(1, 102)], key=[])\n",
        "more than 100 configurations",
    ),
    "none left": (
        "@triton.autotune([triton.Config({'BLOCK': b}) for b in (4, 8)], key=[],\n"
        "    prune_configs_by={'early_config_prune': lambda *a, **k: []})\n",
        "No configuration",
    ),
}


@each_of([tuner + TUNABLE + LAUNCH_TUNED for tuner, _ in BAD_TUNING.values()], BAD_TUNING)
def test_tuning_that_cannot_be_replayed(outcome, request):
    assert BAD_TUNING[request.node.callspec.id][1] in outcome.refused


ANOTHER = "@triton.autotune([triton.Config({'EVEN': 1})], key=[])\n"
TUNED_TWICE = TUNED + ANOTHER + TUNABLE + LAUNCH_TUNED
GRID_OF_SOME = "tuned[lambda META: (24 // META['BLOCK'],)](x, x, 24); return x"


@each_of([TUNED + TUNABLE + does(GRID_OF_SOME), TUNED_TWICE], ["grid", "twice"])
def test_tuners_that_are_no_choice_of_one_launch(outcome):
    assert "Some configurations of tuned" in outcome.refused or "use one" in outcome.refused


@of("class Copied(torch.autograd.Function):\n"
    "    @staticmethod\n"
    "    def forward(ctx, x, n):\n"
    "        y = torch.empty_like(x)\n"
    "        copy[(1,)](y, x, n)\n"
    "        ctx.save_for_backward(x, y)\n"
    "        ctx.n = n\n"
    "        return y\n"
    + does("return Copied.apply(x, 24)"))  # fmt: skip
def test_functions_of_autograd(outcome):
    assert outcome.choice.arguments["out"] == outcome.made.result


# ------------------------------------------------------------------ what is refused

COMPUTATIONS = {
    "mul": "x * 2",
    "add_": "x.add_(1)",
    "softmax": "torch.softmax(x, -1)",
    "softmax of functional": "torch.nn.functional.softmax(x, -1)",
    "max": "x.max()",
    "exp": "torch.exp(x)",
    "matmul": "x @ x.T",
    "cumsum": "x.cumsum(0)",
    "scaled_dot_product_attention": (
        "torch.nn.functional.scaled_dot_product_attention(x[None], x[None], x[None])"
    ),
    "rand": "torch.rand(4, 6, device='cuda')",
    "arange": "torch.arange(4, device='cuda')",
    "cat": "torch.cat([x, x])",
    "where": "torch.where(x > 0, x, 0)",
    "out": "torch.add(x, 1, out=torch.empty_like(x))",
    "unused": "(x.sum(), x)[1]",
    "in inference mode": "torch.inference_mode()(torch.softmax)(x, -1)",
    "lazy negation": "torch._neg_view(x)",
}


@each_of([does(f"return {expression}") for expression in COMPUTATIONS.values()], COMPUTATIONS)
def test_computing_belongs_into_kernels(outcome):
    assert "do it in a Triton kernel" in outcome.refused
    assert outcome.line == HEADER.count("\n") + 2


@of(does("return torch.nn.functional.scaled_dot_product_attention(x, x, x)"))
def test_the_operation_has_the_name_that_the_student_gave_it(outcome):
    assert outcome.refused.startswith("`scaled_dot_product_attention` computes outside of kernels")


LOOKS = {
    "item": "x[0, 0].item()",
    "bool": "bool(x[0, 0])",
    "float": "float(x[0, 0])",
    "int": "int(x[0, 0])",
    "if": "1 if x[0, 0] else 2",
    "tolist": "x.tolist()",
    "numpy": "x.numpy()",
    "equal": "torch.equal(x, x)",
    "allclose": "torch.allclose(x, x)",
    "cpu": "x.cpu()",
    "to cpu": "x.to('cpu')",
    "dlpack": "x.__dlpack__()",
    "array": "__import__('numpy').asarray(x)",
    "a size from data": "torch.full((3,), x[0, 0], device='cuda')",
}


@each_of([does(f"y = {expression}; return x") for expression in LOOKS.values()], LOOKS)
def test_nothing_may_depend_on_values(outcome):
    assert "host code may not look at values" in outcome.refused
    assert outcome.line == HEADER.count("\n") + 2


HOST = {
    "a list": ("torch.tensor([1.0, 2.0], device='cuda')", "brings data from the host"),
    "a list to the card": ("torch.tensor([1.0, 2.0]).cuda()", "brings data from the host"),
    "as_tensor": ("torch.as_tensor([1.0])", "brings data from the host"),
    "an array": ("torch.from_numpy(__import__('numpy').zeros(3))", "the host's memory"),
    "no device": ("torch.empty(4, 6)", "device=x.device"),
    "the processor": ("torch.zeros(4, 6, device='cpu')", "device=x.device"),
    "old style": ("torch.Tensor(3, 4)", "device=x.device"),
}


@each_of([does(f"return {expression}") for expression, _ in HOST.values()], HOST)
def test_the_host_has_no_data_for_the_card(outcome, request):
    assert HOST[request.node.callspec.id][1] in outcome.refused


RETURNS = {
    "a list": ("[x]", "Returned a list; expected one tensor."),
    "nothing": ("None", "Returned None; expected one tensor."),
    "an int": ("1", "Returned an int; expected one tensor."),
    "a subclass": ("torch.nn.Parameter(x)", "not a Parameter"),
    "a generator": ("(y for y in [x])", "Returned a generator"),
}


@each_of([does(f"return {expression}") for expression, _ in RETURNS.values()], RETURNS)
def test_one_tensor_is_returned(outcome, request):
    assert RETURNS[request.node.callspec.id][1] in outcome.refused


TIMING = {
    "do_bench": "triton.testing.do_bench(lambda: copy[(1,)](x, x, 24))",
    "events": "torch.cuda.Event().elapsed_time(torch.cuda.Event())",
    "benchmarker": "triton.runtime.driver.active.get_benchmarker()",
}


@each_of([does(f"{expression}; return x") for expression in TIMING.values()], TIMING)
def test_nothing_can_be_timed(outcome):
    assert "Nothing can be timed" in outcome.refused


# ------------------------------------------------------------------ hostile


@of(does("try: y = torch.softmax(x, -1)\n"
         "    except BaseException: pass\n"
         "    try: x.tolist()\n"
         "    except BaseException: y = torch.empty_like(x)\n"
         "    raise KeyError(y)"))  # fmt: skip
def test_catching_a_refusal_does_not_help_and_the_first_is_told(outcome):
    assert outcome.refused.startswith("`softmax`")
    assert outcome.line == HEADER.count("\n") + 2


@of(does("raise KeyError(1)"))
def test_an_exception_of_the_function_is_its_own(outcome):
    assert outcome.raised == "KeyError"


@of("CACHE = []\nCALLS = 2\n" + does("CACHE.append(torch.empty_like(x)); return CACHE[0]"))
def test_a_tensor_of_an_earlier_call(outcome):
    assert "neither was given nor allocated" in outcome.refused


@of("BUFFER = torch.empty(4, 6, device='cuda')\n" + does("copy[(1,)](BUFFER, x, 24); return x"))
def test_a_tensor_from_loading_the_file(outcome):
    assert "inside the function" in outcome.refused


@of("class Lazy(torch.Tensor):\n"
    "    @classmethod\n"
    "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
    "        return torch.empty(4, 6, device='cuda')\n"
    + does("return x.as_subclass(Lazy)"))  # fmt: skip
def test_a_lazy_tensor(outcome):
    assert "not a Lazy" in outcome.refused


def patched(module: str, name: str, value: str) -> str:
    return f"from unittest import mock\npatch = mock.patch.object({module}, {name!r}, {value})\n"


HOSTILE = {
    "patched empty": (
        patched("torch", "empty_like", "lambda x: torch.ops.aten.mul(x, 2)")
        + does("with patch: return torch.empty_like(x)"),
        "`mul` computes outside",
    ),
    "a fill by a tensor": (
        does("return torch.empty_like(x).fill_(x[0, 0])"),
        "Filling with a Tensor cannot be replayed",
    ),
    "endless launches": (does("while True: copy[(1,)](x, x, 24)"), "more than 1,000 times"),
    "endless copies": (does("while True: x[0] = x[1]"), "more than 1,000 times"),
    "endless memory": (does("while True: torch.empty_like(x)"), "more than 1,000 tensors"),
    "many dimensions": (does("return x[(None,) * 9]"), "more than 8 dimensions"),
    "beyond its memory": (
        does("anything[(1,)](TensorDescriptor(x, [400, 6], [8, 1], [2, 4])); return x"),
        "beyond what can be replayed",
    ),
    "a thread": (
        "import threading\n"
        + does("t = threading.Thread(target=lambda: quietly(copy[(1,)], x, x, 24))\n"
               "    t.start(); t.join(); return x")
        + "def quietly(f, *args):\n    try: f(*args)\n    except Exception: pass\n",
        "from another thread",
    ),
}  # fmt: skip


@each_of([source for source, _ in HOSTILE.values()], HOSTILE)
def test_hostile_code_is_refused(outcome, request):
    assert HOSTILE[request.node.callspec.id][1] in outcome.refused


ORDINARY = {
    "recursion": "return f(x)",
    "a hook that recurses": "copy[lambda META: META['copy']](x, x, 1); return x",
    "a hostile annotation": "anything.fn = 3; anything[(1,)](x); return x",
    "absurd memory": "return torch.empty(1 << 62, 1 << 62, device='cuda')",
}


@each_of([does(lines) for lines in ORDINARY.values()], ORDINARY)
def test_anything_else_is_an_ordinary_exception(outcome):
    assert outcome.raised


@of(does("return torch.empty(1 << 39, device='cuda', dtype=torch.int8)"))
def test_memory_is_only_a_number(outcome):
    assert outcome.made.storages[1].nbytes == 1 << 39


TAKEN_AWAY = {
    "run": patched("triton.runtime.jit.JITFunction", "run", "lambda *a, **k: None"),
    "jit": patched("triton", "jit", "lambda f: mock.MagicMock()"),
}


@each_of(
    [
        source
        + "with patch:\n    noop = triton.jit(copy.fn)\n"
        + does("with patch: noop[(1,)](x, x, 24)\n    return x")
        for source in TAKEN_AWAY.values()
    ],
    TAKEN_AWAY,
)
def test_a_launch_that_was_taken_away_is_not_recorded(outcome):
    assert outcome.made.steps == ()


# ------------------------------------------------------------------ arguments and processes


@of("from autograder.triton_tasks.record import TensorSpec\n"
    "Q = TensorSpec('float16', (2, 3), (3, 1))\n"
    "M = TensorSpec('int64', (), ())\n"
    "CALLED_WITH = [Q, 5, Q], {'scale': 0.5, 'm': M, 'causal': True}\n"
    "def f(q, n, k, scale=None, m=None, causal=False):\n"
    "    assert (n, scale, causal) == (5, 0.5, True)\n"
    "    return m\n")  # fmt: skip
def test_tensor_arguments_are_counted_in_order(outcome):
    program = outcome.made
    assert [(s.nbytes, s.argument) for s in program.storages] == [(12, 0), (12, 1), (8, 2)]
    assert program.result == Tensor(2, "int64", (), ())


def test_a_process_that_cannot_record_says_so():
    code = """
from autograder.triton_tasks.record import install
from triton.runtime.autotuner import Autotuner
told = []
import os
for spoil in (lambda: delattr(Autotuner, "run"), lambda: os.environ.update(TRITON_INTERPRET="1")):
    spoil()
    try:
        install()
    except RuntimeError as error:
        told.append(str(error))
import json
print(json.dumps(told))
"""
    missing, interpreter = json.loads(python(code))
    assert "Autotuner.run" in missing
    assert "TRITON_INTERPRET" in interpreter
