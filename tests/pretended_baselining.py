"""The process of the baselines on this machine's processor, timed by a pretended card's clock.

PyTorch computes for real; every duration is made up: a millisecond between two events.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

if "fail" in os.environ.get("CUDA_VISIBLE_DEVICES", ""):
    raise SystemExit("no such card")

import torch

from autograder.triton_tasks import baselining
from autograder.triton_tasks.facts import Facts
from tests.pretended import Event, PretendedCard


@dataclass
class PretendedDevice(PretendedCard):
    torch: torch.device = field(default_factory=lambda: torch.device("cpu"))
    facts: Facts = field(
        default_factory=lambda: Facts("pretended", 90, 1, 1 << 10, 1 << 20, 1 << 10)
    )

    def mark(self) -> Event:
        self.queue("mark", 1e-3)
        return Event(self.free)

    def synchronize(self) -> None:
        self.queue("what the host's clock sees of 200 runs", 0.2)
        super().synchronize()


if __name__ == "__main__":
    baselining._SIDE = 64
    baselining.serve(Path(sys.argv[1]), PretendedDevice, sys.stdin.buffer, sys.stdout.buffer)
