"""What the references are compared with computes the same as they, and its sizes are right."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from autograder.triton_tasks.cases import functions_of, load
from autograder.triton_tasks.facts import Facts
from tests.conftest import ROOT

torch = pytest.importorskip("torch")

FOLDER = ROOT / "reference/gpu/baselines"
MADE_UP = {
    capability: Facts("made up", capability, 132, 50 << 20, 80 << 30, 227 << 10)
    for capability in (75, 90)
}


@pytest.fixture(scope="module", autouse=True)
def _oracle():
    sys.path.insert(0, str(ROOT / "hidden_tests"))
    yield
    sys.path.remove(str(ROOT / "hidden_tests"))


def test_softmax():
    from oracle import exact_softmax

    module = load(FOLDER / "online_softmax.py")
    functions = functions_of(module)
    assert list(functions) == ["torch.softmax", "torch.compile of the naive recipe", "a copy"]
    x = torch.randn(5, 301, dtype=torch.float32)
    exact = exact_softmax(x.numpy()).value
    copy = functions.pop("a copy")(x)
    assert torch.equal(copy, x)
    assert copy.data_ptr() != x.data_ptr()
    # Compiling takes long, and is PyTorch's matter.
    for function in (functions["torch.softmax"], module._recipe):
        got = function(x)
        assert got.dtype == x.dtype
        assert np.allclose(got.numpy(), exact, rtol=1e-5, atol=1e-7)
        assert function(x.to(torch.bfloat16)).dtype == torch.bfloat16


def test_attention():
    from oracle import exact_flash_attention

    functions = functions_of(load(FOLDER / "flash_attention.py"))
    assert len(functions) == 4
    q, k, v = torch.randn(3, 2, 3, 17, 16)
    tried = 0
    for function in functions.values():
        for causal in (False, True):
            for scale in (None, 0.3):
                exact = exact_flash_attention(
                    q.numpy(), k.numpy(), v.numpy(), causal=causal, scale=scale
                ).value
                try:
                    got = function(q, k, v, causal=causal, scale=scale)
                except RuntimeError:  # this back end is for cards
                    continue
                tried += 1
                assert np.allclose(got.numpy(), exact, atol=1e-5)
    assert tried >= 8  # the plain one, and the one that processors have
    with pytest.raises(ValueError, match="something else"):
        functions["PyTorch's plain attention"](q, k[:, :, :9], v[:, :, :9], causal=True)
    large = torch.empty(1, 1, 1 << 15, 16, device="meta")
    with pytest.raises(ValueError, match="all scores"):
        functions["PyTorch's plain attention"](large, large, large)


@pytest.mark.parametrize("capability", MADE_UP)
@pytest.mark.parametrize("name", ["online_softmax", "flash_attention"])
def test_cases(name: str, capability: int):
    cases = load(FOLDER / f"{name}.py").cases(MADE_UP[capability])
    assert len({(c.panel, c.length) for c in cases}) == len(cases)
    for case in cases:
        assert capability >= 80 or case.dtype != "bfloat16"
        size = {"float32": 4, "float16": 2, "bfloat16": 2}[case.dtype]
        arguments = sum(math.prod(shape) * size for shape in case.shapes)
        assert case.nbytes == arguments + math.prod(case.shapes[0]) * size
        assert arguments <= MADE_UP[capability].buffer_bytes
        assert case.length in case.shapes[0]
        if name == "flash_attention":
            batch, heads, tokens, dim = case.shapes[0]
            scores = batch * heads * tokens * tokens
            assert case.flops == scores * dim * (2 if case.kwargs["causal"] else 4)
    lengths = {c.length for c in cases}
    k = 1024
    if name == "online_softmax":
        assert lengths == {n * k for n in (1, 4, 8, 16, 32, 64, 128, 256, 1024)}
        dtypes = {"float32", "bfloat16"} if capability >= 80 else {"float32"}
        assert {c.dtype for c in cases} == dtypes
    else:
        assert lengths == {4 * k, 8 * k, 16 * k}
        assert {c.shapes[0][-1] for c in cases} == {64, 128}
