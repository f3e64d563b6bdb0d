"""Occupancy, against values that NVIDIA published and against limits worked by hand."""

from __future__ import annotations

import pytest

from autograder.triton_tasks.occupancy import occupancy


@pytest.mark.parametrize(("threads", "share"), [(128, 0.75), (320, 0.625)])
@pytest.mark.parametrize("capability", [70, 80, 90, 100])
def test_the_example_of_the_best_practices_guide(threads: int, share: float, capability: int):
    # "a kernel with 128-thread blocks using 37 registers per thread results in an occupancy of
    # 75% with 12 active 128-thread blocks per multi-processor, whereas a kernel with 320-thread
    # blocks using the same 37 registers per thread results in an occupancy of 63% because only
    # four 320-thread blocks can reside on a multiprocessor" (CUDA C++ Best Practices Guide,
    # for 7.0, whose warps, programs and registers are those of the others here).
    assert occupancy(37, 0, threads, capability) == share


@pytest.mark.parametrize(
    ("capability", "registers", "shared", "threads", "share"),
    [
        # Registers alone: 65,536 / (32 x 64) is 32 warps, / (32 x 128) 16, / (32 x 168) 12.
        (75, 64, 0, 256, 32 / 32),
        (80, 64, 0, 256, 32 / 64),
        (86, 64, 0, 256, 32 / 48),
        (89, 64, 0, 256, 32 / 48),
        (90, 128, 0, 128, 16 / 64),
        (90, 168, 0, 384, 12 / 64),
        (90, 255, 0, 256, 8 / 64),
        (120, 128, 0, 256, 16 / 48),
        # Programs alone: 32 threads each.
        (75, 16, 0, 32, 16 / 32),
        (80, 16, 0, 32, 32 / 64),
        (86, 16, 0, 32, 16 / 48),
        (89, 16, 0, 32, 24 / 48),
        (120, 16, 0, 32, 24 / 48),
        # Shared memory alone: each program has 1 KB more from 8.0 on.
        (75, 16, 32 << 10, 256, 16 / 32),
        (80, 16, 163 << 10, 256, 8 / 64),
        (80, 16, 81 << 10, 256, 16 / 64),
        (80, 16, 82 << 10, 256, 8 / 64),
        (86, 16, 99 << 10, 256, 8 / 48),
        (86, 16, 49 << 10, 256, 16 / 48),
        (90, 16, 227 << 10, 256, 8 / 64),
        (90, 16, 113 << 10, 256, 16 / 64),
        (90, 16, 113 * 1024 + 1, 256, 8 / 64),
        # Warps alone, and what does not divide them.
        (80, 16, 0, 1024, 1.0),
        (86, 16, 0, 1024, 32 / 48),
        (86, 16, 0, 768, 1.0),
        # One register more than two programs leave each other.
        (90, 32, 0, 1024, 1.0),
        (90, 33, 0, 1024, 0.5),
        # What does not fit at all.
        (90, 255, 0, 1024, 0.0),
        (90, 256, 0, 32, 0.0),
        (90, 16, 228 << 10, 128, 0.0),
        # A card in between, or newer than all that are known.
        (87, 64, 0, 256, 32 / 48),
        (121, 128, 0, 256, 16 / 48),
    ],
)
def test_each_limit(capability: int, registers: int, shared: int, threads: int, share: float):
    assert occupancy(registers, shared, threads, capability) == share
