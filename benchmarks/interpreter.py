"""A launch under the counting interpreter, against one under Triton's own.

    python benchmarks/interpreter.py [--rounds N] [--cpu N]

Two processes, because what counts replaces parts of the interpreter for good, take turns on one
processor. The plain one launches on PyTorch's tensors; the counting one replays a whole program,
with its memory. Each figure is a median, and the ratio is of medians of one run. To reach: 1.2.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np

from autograder.triton_tasks.program import Choice, Launch, Program, Storage, Tensor
from tests.test_replay import ALIASES, FILE, KERNELS

CASES = {
    "online softmax, M=64, N=4096": (
        "online",
        (64, 1, 1),
        {"x": (64, 4096), "y": (64, 4096)},
        {"sx": 4096, "N": 4096, "B": 1024},
    ),
    "attention, (1, 2, 128, 64)": (
        "attention",
        (2, 2, 1),
        dict.fromkeys("qkvo", (1, 2, 128, 64)),
        {"T": 128, "S": 128, "scale": 0.125, "D": 64, "BM": 64, "BN": 64},
    ),
}


def arrays(case: str) -> list[np.ndarray]:
    """Of every tensor argument; the last is written."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(np.float32) for shape in CASES[case][2].values()]


@cache
def kernels() -> dict[str, object]:
    from autograder.triton_tasks.kernels import load_kernels

    return load_kernels(KERNELS, ALIASES, FILE)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain(case: str) -> float:
    """Seconds of a launch under Triton's own interpreter."""
    import torch

    name, grid, shapes, numbers = CASES[case]
    tensors = dict(zip(shapes, map(torch.from_numpy, arrays(case)), strict=True))
    return timed(lambda: kernels()[name][grid](**tensors, **numbers))


def counting(case: str) -> float:
    """Seconds of the same, replayed."""
    from autograder.triton_tasks.replay import replay

    name, grid, shapes, numbers = CASES[case]
    values = [a.reshape(-1).view(np.uint8) for a in arrays(case)]
    tensors = {}
    for index, (parameter, shape) in enumerate(shapes.items()):
        strides = tuple(int(np.prod(shape[n + 1 :])) for n in range(len(shape)))
        tensors[parameter] = Tensor(index, "float32", shape, strides)
    storages = tuple(Storage(v.size, i) for i, v in enumerate(values[:-1]))
    launch = Launch(name, (Choice(grid, {**tensors, **numbers}, {}),))
    result = tensors[list(shapes)[-1]]
    program = Program((*storages, Storage(values[-1].size)), (launch,), result)
    return timed(lambda: replay(kernels(), program, values, FILE))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cpu", type=int, default=0)
    options = parser.parse_args()
    os.sched_setaffinity(0, {options.cpu})
    os.environ["TRITON_INTERPRET"] = "1"
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, 1 core"
    )
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as one, ProcessPoolExecutor(1, spawn) as other:
        for case in CASES:
            both: dict[str, list[float]] = {"plain": [], "counting": []}
            for turn in range(options.rounds + 1):
                seconds = {
                    "plain": one.submit(plain, case).result(),
                    "counting": other.submit(counting, case).result(),
                }
                for name in both if turn else ():  # the first is to get warm
                    both[name].append(seconds[name])
            a, b = (1e3 * statistics.median(both[name]) for name in both)
            print(f"{case:<30} plain {a:8.1f} ms  counting {b:8.1f} ms  ratio {b / a:.2f}")


if __name__ == "__main__":
    main()
