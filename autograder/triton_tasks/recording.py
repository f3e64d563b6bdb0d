"""The worker in which a host function is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from autograder.sandbox import wire
from autograder.sandbox.worker import Worker, fits
from autograder.triton_tasks.card import MODEL, present
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.record import NotRecordable, TensorSpec, install, record

__all__ = ["RecordingWorker"]


class RecordingWorker(Worker):
    """Calls host functions on tensors that hold no data, and tells what they did."""

    @classmethod
    def prepare(cls) -> None:
        """Have PyTorch and Triton answer as on a card, before student code asks them."""
        torch.set_num_threads(1)
        # For these PyTorch would import its compiler, which takes seconds and finds no folder to
        # write into. A host function is recorded as it is written.
        torch.compile = torch.compiler.compile = _as_it_is
        torch.compiler.disable = torch.compiler.allow_in_graph = _as_it_is
        install()
        # PyTorch imports much of itself, and sympy, when it first needs it: a worker finds neither.
        spec = TensorSpec("float32", (2, 3), (4, 1))
        record(_everyday, [spec], {}, [__file__])

    def _present(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """Answer from here on as this card would."""
        facts = Facts.from_json(header["facts"])
        present(
            replace(
                MODEL,
                name=facts.name,
                capability=divmod(facts.capability, 10),
                multiprocessors=facts.multiprocessors,
                cache=facts.cache_bytes,
                memory=facts.memory_bytes,
                shared_of_block_at_most=facts.shared_bytes,
            )
        )
        return {"op": "presented"}, []

    def _record(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        function = getattr(self._module, header["function"], None)
        if not callable(function):
            return {"op": "missing", "found": function is not None}, []

        def argument(described: dict[str, Any]) -> Any:
            if "tensor" not in described:
                return read.value(described["value"])
            dtype, shape, strides = described["tensor"]
            return TensorSpec(dtype, tuple(shape), tuple(strides))

        args = [argument(a) for a in header["args"]]
        kwargs = {name: argument(a) for name, a in header["kwargs"].items()}
        # A notebook is alone, and its frames have the names of its cells.
        filenames = self._modules.names() if header["notebook"] else {header["path"]}
        try:
            program = record(function, args, kwargs, filenames)
        except NotRecordable as refusal:
            return {"op": "refused", "text": str(refusal), "where": refusal.place}, []
        except BaseException as error:
            unfit = isinstance(error, TypeError) and not fits(function, args, kwargs)
            return self._raised(error, unfit), []
        return {"op": "recorded", "program": program.to_json()}, []


def _as_it_is(function: Any = None, **_: Any) -> Any:
    """A decorator, with options or without, that decorates with nothing."""
    return _as_it_is if function is None else function


def _everyday(x: torch.Tensor) -> torch.Tensor:
    """What host functions do with tensors."""
    made = [
        torch.empty_like(x),
        torch.zeros_like(x),
        torch.full_like(x, 1.0),
        torch.zeros((2, 3), device=x.device),
        torch.empty_strided((2, 3), (4, 1), device=x.device),
        x.new_empty((2, 3)),
        x.new_zeros((2, 3)),
        x.T.contiguous(),
        x.clone(),
        x.to(torch.float16),
        x.half(),
        x.reshape(-1),
        x.view(2, 3, 1).expand(2, 3, 4).permute(2, 0, 1),
        x[1:, ::2].unsqueeze(0).squeeze(),
        *x.split(1),
    ]
    made[0].copy_(x)
    made[1].fill_(2.0).zero_()
    return made[0]
