"""Documents of ``autograder bench``. Every figure in them is MADE UP; none is of a card."""

from __future__ import annotations

from typing import Any

POWERS = (10, 12, 13, 14, 15, 16, 17, 18, 20)
SOFTMAX = {
    "the reference": (0.93, 0.97, 0.98, 0.98, 0.97, 0.9, 0.89, 0.88, 0.86),
    "torch.softmax": (0.88, 0.93, 0.94, 0.66, 0.65, 0.64, 0.63, 0.62, 0.6),
    "torch.compile of the naive recipe": (0.9, 0.95, 0.93, 0.67, 0.66, 0.66, None, 0.65, 0.66),
    "a copy": (1.0,) * 9,
}
SOFTMAX_BY_POWER = {
    name: {n: v for n, v in zip(POWERS, line, strict=True) if v is not None}
    for name, line in SOFTMAX.items()
}
WHY = "not <b>here</b>"
ATTENTION = {
    "the reference": {12: 380.0, 13: 430.0, 14: 455.0},
    "PyTorch's flash attention": {12: 340.0, 13: 362.0, 14: 371.0},
    "PyTorch's memory-efficient attention": {12: 210.0, 13: 214.0, 14: 215.0},
    "cuDNN's attention": {12: 520.0, 13: 560.0, 14: 590.0},
    "PyTorch's plain attention": {},
}


def figures(
    task: str, panel: str, bound: str, unit: str, values: dict[str, dict[int, float]]
) -> list[dict[str, Any]]:
    lengths = sorted({n for line in values.values() for n in line})
    found = []
    for power in lengths:
        for name, line in values.items():
            value = line.get(power)
            figure: dict[str, Any] = {
                "task": task, "panel": panel, "length": 1 << power, "unit": unit, "bound": bound,
                "implementation": name, "shapes": [[1, 1 << power]], "dtype": "float32",
                "bytes": 1 << 31, "flops": 1 << 30, "milliseconds": None, "spread": None,
                "copy_gbps": None, "gbps": None, "tflops": None, "fraction": None, "why": "",
                "compiled": None,
            }  # fmt: skip
            if value is None:
                figure["why"] = WHY
            else:
                fraction, tflops = (value, 1.0) if bound == "copy" else (0.1, value)
                figure |= {
                    "milliseconds": 1.0, "spread": 0.004, "copy_gbps": 4000.0,
                    "gbps": 4000 * fraction, "tflops": tflops, "fraction": fraction,
                }  # fmt: skip
            found.append(figure)
    return found


def build(capability: int, length: int, **changed: Any) -> dict[str, Any]:
    return {
        "task": "online_softmax", "panel": "float32", "length": length,
        "unit": "numbers in a row", "capability": capability, "kernel": "short_rows",
        "configurations": 1,
        "registers": 55, "spilled_bytes": 0, "shared_bytes": 64, "threads": 128,
        "occupancy": 0.5625, "why": "", **changed,
    }  # fmt: skip


def measured() -> dict[str, Any]:
    return {
        "format_version": 1,
        "measured_at": "2026-01-01 00:00 UTC",
        "card": {
            "name": "a card that is made up",
            "uuid": "GPU-0",
            "driver": "0",
            "capability": 90,
        },
        "versions": {"python": "3", "numpy": "2", "torch": "2", "triton": "3", "cuda": None},
        "matmul_tflops": 700.0,
        "figures": [
            *figures("online_softmax", "float32", "copy", "numbers in a row", SOFTMAX_BY_POWER),
            *figures("flash_attention", "bfloat16, D = 128", "arithmetic", "tokens", ATTENTION),
        ],
        "builds": [],
    }


def compiled() -> dict[str, Any]:
    return {
        **measured(),
        "card": None,
        "matmul_tflops": None,
        "figures": [],
        "builds": [
            build(75, 1024, shared_bytes=128),
            build(75, 4096),
            build(75, 8192),
            build(90, 1024, why="The kernel short_rows does not compile for a card (sm_90): no."),
            build(90, 4096, kernel="statistics"),
            build(90, 4096, kernel="answer", spilled_bytes=1200, occupancy=0.25),
            build(90, 8192, kernel="statistics"),
            build(90, 8192, kernel="answer", spilled_bytes=1200, occupancy=0.25),
            build(100, 8192, configurations=3),
        ],
    }
