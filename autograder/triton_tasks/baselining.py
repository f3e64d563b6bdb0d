"""The process that times an assignment's baselines, with PyTorch, on the card that it is given.

``python -m autograder.triton_tasks.baselining FILE``: says in a line of JSON what it is, then
answers requests (a line of JSON, and the bytes that it announces) in lines of JSON. Nothing of a
student's gets here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import torch

from autograder.triton_tasks.cases import functions_of, load
from autograder.triton_tasks.device import TorchDevice, fill
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.samples import Samples
from autograder.triton_tasks.stopwatch import Device, input_sets, repeat
from autograder.triton_tasks.tiled import Tiled

__all__ = ["PyTorchDevice", "main", "serve"]

_MESSAGE = 300
_SIDE = 8192  # of the square matrices that are multiplied


class PyTorchDevice(Device, Protocol):
    """A device to time on, for which PyTorch has a name."""

    torch: torch.device
    facts: Facts


def main() -> None:
    """Serve on standard input and output, on the one card that CUDA shows here."""
    # Libraries print: whatever is not an answer goes where messages go.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Path(sys.argv[1]), TorchDevice, sys.stdin.buffer, answers)


def serve(
    file: Path, find: Callable[[], PyTorchDevice], requests: BinaryIO, answers: BinaryIO
) -> None:
    """Answer until there are no more requests.

    Parameters
    ----------
    file
        The assignment's baselines; need not be there.
    find
        Gives the device.
    requests, answers
        To be read and written.
    """

    def tell(**what: Any) -> None:
        answers.write(json.dumps(what).encode() + b"\n")
        answers.flush()

    try:
        device = find()
        functions = functions_of(load(file)) if file.exists() else {}
    except Exception as error:
        tell(error=_said(error))
        return
    tell(functions=list(functions), facts=device.facts.to_json(), versions=_versions())
    with torch.inference_mode():
        while line := requests.readline():
            request = json.loads(line)
            if request["op"] == "matmul":
                _matmul(device, tell)
            else:
                _measure(device, functions, request, requests, tell)


def _versions() -> dict[str, str | None]:
    return {"torch": torch.__version__, "cuda": torch.version.cuda}


def _matmul(device: PyTorchDevice, tell: Callable[..., None]) -> None:
    dtype = torch.bfloat16 if device.facts.capability >= 80 else torch.float16
    try:
        left, right = (torch.randn(_SIDE, _SIDE, device=device.torch).to(dtype) for _ in range(2))
        product = torch.empty_like(left)
        got = repeat(device, [partial(torch.mm, left, right, out=product)])
    except Exception as error:
        tell(error=_said(error))
    else:
        tell(repetitions=asdict(got), flops=2 * _SIDE**3)


def _measure(
    device: PyTorchDevice,
    functions: Mapping[str, Callable[..., Any]],
    request: Mapping[str, Any],
    requests: BinaryIO,
    tell: Callable[..., None],
) -> None:
    bodies = [requests.read(a["nbytes"]) for a in request["arguments"] if "nbytes" in a]
    try:
        sets = _input_sets(device, request["arguments"], bodies)
        source = torch.zeros(device.facts.buffer_bytes, dtype=torch.uint8, device=device.torch)
        copy = partial(torch.empty_like(source).copy_, source)
        before = repeat(device, [copy])
    except Exception as error:
        tell(error=_said(error))
        return
    for name, function in functions.items():
        if "torch._dynamo" in sys.modules:
            # What it compiled for other shapes it would make to serve for these as well.
            torch.compiler.reset()
        try:
            run = repeat(device, [partial(function, *a, **request["kwargs"]) for a in sets])
            after = repeat(device, [copy])
        except Exception as error:
            tell(name=name, error=_said(error))
        else:
            samples = Samples(run, before, after, 2 * len(source))
            tell(name=name, samples=samples.to_json())
            before = after
    tell(done=True)


def _input_sets(
    device: PyTorchDevice, arguments: Sequence[Mapping[str, Any]], bodies: list[bytes]
) -> list[list[Any]]:
    """The arguments of each set; repetitions are given the sets in turn."""
    rest = iter(bodies)
    described = [(a, _tiled(a, next(rest)) if "nbytes" in a else None) for a in arguments]
    nbytes = sum(tiled.nbytes for _, tiled in described if tiled)
    count = input_sets(nbytes, device.facts.cache_bytes)
    return [
        [
            a["value"] if tiled is None else _tensor(device, tiled.shifted(number), a["dtype"])
            for a, tiled in described
        ]
        for number in range(count)
    ]


def _tiled(argument: Mapping[str, Any], body: bytes) -> Tiled:
    """An array of integers that has the same bytes."""
    dtype = np.dtype(f"i{getattr(torch, argument['dtype']).itemsize}")
    values = np.frombuffer(bytearray(body), dtype)
    return Tiled(values, tuple(argument["shape"]), argument["shift"])


def _tensor(device: PyTorchDevice, tiled: Tiled, dtype: str) -> torch.Tensor:
    values = torch.from_numpy(tiled.values).to(device.torch)
    memory = torch.empty(tiled.size, dtype=values.dtype, device=device.torch)
    fill(memory, values, tiled.shift)
    return memory.view(getattr(torch, dtype)).view(tiled.shape)


def _said(error: BaseException) -> str:
    """What went wrong, in a line."""
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"[:_MESSAGE]


if __name__ == "__main__":
    main()
