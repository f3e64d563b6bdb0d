"""The card that a host function believes to run on.

Host functions ask for a card's figures, through ``torch.cuda`` and through Triton's driver, to
choose a grid or a block. They get those of one stated card, on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
import triton
from triton.backends.compiler import GPUTarget

from autograder.triton_tasks.tape import refuse

__all__ = ["MODEL", "Card", "present"]


@dataclass(frozen=True)
class Card:
    """Figures of a card; sizes in bytes, rates in kHz.

    Attributes
    ----------
    kernel_registers, kernel_shared
        What each kernel is said to need, by thread and by program. Nothing is compiled when a
        host function asks.
    """

    name: str = "Model card, like an NVIDIA H100"
    capability: tuple[int, int] = (9, 0)
    multiprocessors: int = 132
    warp_size: int = 32
    registers: int = 1 << 16
    threads: int = 2_048
    threads_of_block: int = 1_024
    shared_of_block: int = 48 << 10
    shared_of_block_at_most: int = 227 << 10
    shared: int = 228 << 10
    cache: int = 50 << 20
    memory: int = 80 << 30
    memory_bus_bits: int = 5_120
    memory_clock: int = 2_619_000
    clock: int = 1_980_000
    kernel_registers: int = 32
    kernel_shared: int = 4 << 10


MODEL = Card()
"""What recordings present."""


def present(card: Card) -> None:
    """Have ``torch.cuda`` and Triton's driver speak for this card, in this process, for good."""
    for name, answer in _cuda(card).items():
        setattr(torch.cuda, name, answer)
    for name, answer in _accelerator().items():
        setattr(torch.accelerator, name, answer)
    triton.runtime.driver.set_active(_Driver(card))


class _Inert:
    """A stream, an event or a device to be in: on this card there is one of each."""

    cuda_stream = 0
    device = torch.device("cuda", 0)

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        pass

    def __enter__(self) -> _Inert:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def query(self) -> bool:
        return True

    def _nothing(self, *arguments: Any, **keywords: Any) -> None:
        pass

    record = record_event = wait = wait_event = wait_stream = synchronize = _nothing

    def elapsed_time(self, *arguments: Any) -> float:
        raise refuse("Nothing can be timed while it is recorded: choose by shape instead.")


def _constantly(value: Any) -> Any:
    """Answer every question alike; never the same function twice, PyTorch's compiler minds."""
    return lambda *_, **__: value


def _cuda(card: Card) -> dict[str, Any]:
    properties = SimpleNamespace(
        name=card.name,
        major=card.capability[0],
        minor=card.capability[1],
        multi_processor_count=card.multiprocessors,
        total_memory=card.memory,
        warp_size=card.warp_size,
        regs_per_multiprocessor=card.registers,
        max_threads_per_multi_processor=card.threads,
        max_threads_per_block=card.threads_of_block,
        shared_memory_per_block=card.shared_of_block,
        shared_memory_per_block_optin=card.shared_of_block_at_most,
        shared_memory_per_multiprocessor=card.shared,
        L2_cache_size=card.cache,
        is_integrated=0,
        is_multi_gpu_board=0,
    )
    quiet = ("init", "set_device", "set_stream", "synchronize", "empty_cache", "ipc_collect")
    memory = ("memory_allocated", "max_memory_allocated", "memory_reserved", "max_memory_reserved")
    return {
        **{name: _constantly(None) for name in (*quiet, "reset_peak_memory_stats")},
        **{name: _constantly(0) for name in memory},
        **dict.fromkeys(("Stream", "Event", "stream", "device", "device_of"), _Inert),
        "StreamContext": _Inert,
        "current_stream": _Inert,
        "default_stream": _Inert,
        "is_available": _constantly(True),
        "is_bf16_supported": _constantly(True),
        "is_tf32_supported": _constantly(True),
        "is_current_stream_capturing": _constantly(False),
        "device_count": _constantly(1),
        "current_device": _constantly(0),
        "get_device_properties": _constantly(properties),
        "get_device_name": _constantly(card.name),
        "get_device_capability": _constantly(card.capability),
        "get_arch_list": _constantly(["sm_{}{}".format(*card.capability)]),
        "mem_get_info": _constantly((card.memory, card.memory)),
    }


def _accelerator() -> dict[str, Any]:
    return {
        "is_available": _constantly(True),
        "device_count": _constantly(1),
        "current_accelerator": _constantly(torch.device("cuda")),
        "current_device_index": _constantly(0),
        "current_stream": _Inert,
        "synchronize": _constantly(None),
    }


class _Driver:
    """What host functions ask of Triton's driver; it launches nothing."""

    def __init__(self, card: Card) -> None:
        major, minor = card.capability
        self._target = GPUTarget("cuda", 10 * major + minor, card.warp_size)
        self._capability = card.capability
        figures = {
            "multiprocessor_count": card.multiprocessors,
            "max_shared_mem": card.shared_of_block_at_most,
            "max_num_regs": card.registers,
            "warpSize": card.warp_size,
            "sm_clock_rate": card.clock,
            "mem_clock_rate": card.memory_clock,
            "mem_bus_width": card.memory_bus_bits,
        }
        self.utils = SimpleNamespace(get_device_properties=lambda _=0: dict(figures))

    def get_current_device(self) -> int:
        return 0

    def set_current_device(self, _: int) -> None:
        pass

    def get_current_stream(self, _: int = 0) -> int:
        return 0

    def get_device_capability(self, _: int = 0) -> tuple[int, int]:
        return self._capability

    def get_current_target(self) -> GPUTarget:
        return self._target

    def get_active_torch_device(self) -> torch.device:
        return torch.device("cuda", 0)

    def get_device_interface(self) -> Any:
        return torch.cuda

    def _refuse(self, *arguments: Any) -> Any:
        raise refuse("Nothing can be timed while it is recorded: use @triton.autotune instead.")

    get_benchmarker = get_empty_cache_for_benchmark = clear_cache = _refuse
