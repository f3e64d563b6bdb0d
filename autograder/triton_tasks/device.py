"""A card, as PyTorch has it: what is timed on it, what it is, and how its memory is filled."""

from __future__ import annotations

import time
from typing import Any

import torch

from autograder.triton_tasks.facts import Facts

__all__ = ["TorchDevice", "fill"]

# Writing so much takes a card longer than it takes the host to queue what follows.
_DIRT = 256 << 20


class TorchDevice:
    """The current card; plays ``stopwatch.Device``."""

    def __init__(self) -> None:
        self.torch = torch.device("cuda", torch.cuda.current_device())
        properties = torch.cuda.get_device_properties(self.torch)
        self.facts = Facts(
            name=properties.name,
            capability=10 * properties.major + properties.minor,
            multiprocessors=properties.multi_processor_count,
            cache_bytes=properties.L2_cache_size,
            memory_bytes=properties.total_memory,
            shared_bytes=properties.shared_memory_per_block_optin,
        )
        # At least twice the L2: what is written last is all that it holds then.
        nbytes = max(_DIRT, 2 * self.facts.cache_bytes)
        self._dirt = torch.empty(nbytes, dtype=torch.uint8, device=self.torch)

    def synchronize(self) -> None:
        torch.cuda.synchronize(self.torch)

    def flush(self) -> None:
        self._dirt.zero_()

    def mark(self) -> Any:
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def elapsed(self, first: Any, second: Any) -> float:
        return float(first.elapsed_time(second))

    def clock(self) -> float:
        return time.perf_counter()


def fill(memory: Any, values: Any, shift: int) -> None:
    """Fill one-dimensional memory with values in turn, from a place on: see ``Tiled``.

    Parameters
    ----------
    memory, values
        Tensors of one type on one card.
    shift
        Where in the values to begin.
    """
    values = values.roll(-shift)
    count = len(values)
    whole = len(memory) // count * count
    memory[:whole].view(-1, count).copy_(values.expand(whole // count, count))
    memory[whole:].copy_(values[: len(memory) - whole])
