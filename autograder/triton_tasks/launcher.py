"""Launches compiled kernels through the driver of the card, as Triton's own launcher does.

What is here follows ``launchKernel`` and ``fillTMADescriptorTiled`` of Triton 3.6 and 3.7
(``triton/backends/nvidia/driver.c``). Triton itself is not needed: what it would compile with a C
compiler for each machine, ``cuda.bindings`` of NVIDIA brings. No kernel is compiled here, and no
text is read.

A launch passes a pointer to each parameter, in order; of each the driver copies as many bytes as
the compiled code says that it has. So no more than the number of parameters and their sizes must
be right, and the tests hold both to what stands in compiled code.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from cuda.bindings import driver

from autograder.triton_tasks.binary import Binary, Map, Parameter
from autograder.triton_tasks.program import Argument, Choice, Descriptor, Tensor

__all__ = ["CardError", "Launcher", "Launches", "Memory", "card_error", "values"]

_SHARED_WITHOUT_ASKING = 48 << 10
_TYPES: Mapping[str, Any] = {
    "pointer": ctypes.c_uint64,
    "u1": ctypes.c_uint8,
    "i8": ctypes.c_int8,
    "u8": ctypes.c_uint8,
    "i16": ctypes.c_int16,
    "u16": ctypes.c_uint16,
    "i32": ctypes.c_int32,
    "u32": ctypes.c_uint32,
    "i64": ctypes.c_int64,
    "u64": ctypes.c_uint64,
    "fp32": ctypes.c_float,
    "fp64": ctypes.c_double,
}
# Types of elements, where descriptors number them otherwise than the driver: CUtensorMapDataType.
_ON_THE_HOST = {8: 10, 9: 8, 10: 9}
# Up to this release of the driver small tensors are to be marked, as CUTLASS does it.
_MARKS_SMALL_ONES = 13_010
_SMALL = 128 << 10
_MAP_BYTES = 128  # and where a map begins: CUDA 13 wants a multiple of this, CUDA 12 one of 64
_SCRATCH_ALIGNMENT = 256
_LARGEST_CLUSTER = 16  # more than each card of its kind has room for
_NO_INTERLEAVE, _PROMOTE_TO_128_BYTES = 0, 2  # <cuda.h>, for tensor maps

# <cuda.h>, CUresult; PyTorch's cudaError numbers these alike.
_OUT_OF_MEMORY, _LAUNCH_TIMEOUT = 2, 702
_REFUSED = (1, 701, 720, 912)  # in this form: a value, resources, a grid, a cluster
_ILLEGAL = {
    700: "it reached for memory that is not its own",
    710: "an assertion in it failed",
    714: "it broke a rule of the card's stack",
    715: "it came to an instruction that is none",
    716: "it reached for memory at an address that is not aligned",
    717: "it reached for memory of another kind",
    718: "it went on where there is no code",
    719: "it ended, and the card does not say how",
}


class CardError(Exception):
    """The driver refuses, or the card has stopped.

    Attributes
    ----------
    kind
        ``illegal`` (a kernel's fault, after which the card's context is lost), ``timeout``,
        ``memory``, ``refused`` (the card does not take the launch) or ``other``.
    text
        Half a sentence, about a kernel.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


def card_error(code: int, name: str) -> CardError:
    """What an error of CUDA's means.

    Parameters
    ----------
    code
        Its number.
    name
        As the driver has it: ``CUDA_ERROR_ILLEGAL_ADDRESS``.
    """
    if code in _ILLEGAL:
        return CardError("illegal", _ILLEGAL[code])
    if code == _LAUNCH_TIMEOUT:
        return CardError("timeout", "it took longer than the card's driver allows")
    if code == _OUT_OF_MEMORY:
        return CardError("memory", "the card's memory ran out")
    if code in _REFUSED:
        return CardError("refused", f"the card does not take its launch ({name})")
    return CardError("other", f"it stopped ({name})")


def _checked(answer: tuple[Any, ...]) -> Any:
    """What a function of the driver gives beside its error."""
    error, *rest = answer
    if error != driver.CUresult.CUDA_SUCCESS:
        raise card_error(int(error), error.name)
    return rest[0] if rest else None


class Memory(Protocol):
    """Where a program's storages are; see ``arena.Arena``."""

    def address(self, tensor: Tensor) -> int:
        """Of a tensor's first element."""

    def scratch(self, nbytes: int, alignment: int) -> int:
        """The address of more memory, which stays as long as this."""


class Launches(Protocol):
    """What launches kernels: ``Launcher``, or what plays one."""

    def prepare(self, binary: Binary, choice: Choice, memory: Any) -> Callable[[], None]:
        """A launch, put together once and queued as often as it is called."""


class Launcher:
    """Launches on the current card, in its current context.

    Parameters
    ----------
    stream
        Of the driver.
    """

    def __init__(self, stream: int) -> None:
        self._stream = stream
        self._functions: dict[tuple[bytes, str], Any] = {}

    def prepare(self, binary: Binary, choice: Choice, memory: Memory) -> Callable[[], None]:
        """A launch, put together once and queued as often as it is called.

        Raises
        ------
        CardError
        """
        function = self._function(binary)
        x, y, z = choice.grid
        nbytes = binary.scratch_bytes * x * y * z * binary.programs_of_cluster
        scratch = memory.scratch(nbytes, _SCRATCH_ALIGNMENT) if nbytes else 0
        held = [
            *values(binary, choice.arguments, memory.address, _encoded),
            *(ctypes.c_uint64(a) for a in (scratch, 0)),  # no profiler has any
        ]
        pointers = (ctypes.c_void_p * len(held))(*map(ctypes.addressof, held))
        config = driver.CUlaunchConfig()
        config.gridDimX, config.gridDimY, config.gridDimZ = x * binary.programs_of_cluster, y, z
        config.blockDimX, config.blockDimY, config.blockDimZ = binary.threads, 1, 1
        config.sharedMemBytes = binary.shared_bytes
        config.hStream = driver.CUstream(self._stream)
        config.attrs = attributes = launch_attributes(binary)
        config.numAttrs = len(attributes)

        def launch() -> None:
            assert held  # the values live as long as what points to them
            _checked(driver.cuLaunchKernelEx(config, function, ctypes.addressof(pointers), 0))

        return launch

    def _function(self, binary: Binary) -> Any:
        """The function of a binary, ready to be launched."""
        key = binary.code, binary.function
        if key in self._functions:
            return self._functions[key]
        module = _checked(driver.cuModuleLoadData(binary.code))
        function = _checked(driver.cuModuleGetFunction(module, binary.function.encode()))
        attribute = driver.CUfunction_attribute
        settings = {}
        if binary.shared_bytes > _SHARED_WITHOUT_ASKING:
            prefer = driver.CUfunc_cache.CU_FUNC_CACHE_PREFER_SHARED
            _checked(driver.cuFuncSetCacheConfig(function, prefer))
            dynamic = attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
            settings[dynamic] = binary.shared_bytes
        if binary.programs_of_cluster == _LARGEST_CLUSTER:
            settings[attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED] = 1
        for name, value in settings.items():
            _checked(driver.cuFuncSetAttribute(function, name, value))
        self._functions[key] = function
        return function


def launch_attributes(binary: Binary) -> list[Any]:
    """What a launch is told beside its size."""
    ids = driver.CUlaunchAttributeID
    attributes = []

    def add(kind: Any) -> Any:
        attribute = driver.CUlaunchAttribute()
        attribute.id = kind
        attributes.append(attribute)
        return attribute.value

    if binary.dependent:
        value = add(ids.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION)
        value.programmaticStreamSerializationAllowed = 1
    if binary.cooperative:
        add(ids.CU_LAUNCH_ATTRIBUTE_COOPERATIVE).cooperative = 1
    if binary.programs_of_cluster > 1:
        cluster = add(ids.CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION).clusterDim
        cluster.x, cluster.y, cluster.z = binary.programs_of_cluster, 1, 1
        policy = driver.CUclusterSchedulingPolicy.CU_CLUSTER_SCHEDULING_POLICY_SPREAD
        value = add(ids.CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE)
        value.clusterSchedulingPolicyPreference = policy
    return attributes


# ------------------------------------------------------------------ parameters


def values(
    binary: Binary,
    arguments: Mapping[str, Argument],
    address: Callable[[Tensor], int],
    encode: Callable[[Map, Descriptor, int], Any],
) -> list[Any]:
    """The kernel's parameters but for the last two, as objects of C.

    Parameters
    ----------
    encode
        Makes of a descriptor what the card's copy engine reads.
    """
    made: list[Any] = []
    for parameter in binary.parameters:
        value = arguments[parameter.name]
        if isinstance(value, Descriptor):
            made += _descriptor(parameter, value, address(value.tensor), encode)
        elif isinstance(value, Tensor):
            made.append(ctypes.c_uint64(address(value)))
        else:
            made.append(_number(parameter.kind, value))
    return made


def _number(kind: str, value: Any) -> Any:
    if kind not in ("fp16", "bf16"):
        return _TYPES[kind](value)
    with np.errstate(over="ignore"):
        if kind == "fp16":
            return ctypes.c_uint16(int(np.float64(value).astype(np.float16).view(np.uint16)))
        # The upper half of a float32, cut off.
        return ctypes.c_uint16(int(np.float64(value).astype(np.float32).view(np.uint32)) >> 16)


def _descriptor(
    parameter: Parameter,
    value: Descriptor,
    address: int,
    encode: Callable[[Map, Descriptor, int], Any],
) -> list[Any]:
    shape, strides = value.tensor.shape, value.tensor.strides
    behind = [*map(ctypes.c_int32, shape), *map(ctypes.c_int64, strides)]
    if parameter.map is not None:
        return [encode(parameter.map, value, address), *behind]
    numbers = map(ctypes.c_int64, (*shape, *strides))
    flags = (value.padding == "nan", False)[: parameter.flags]
    return [ctypes.c_uint64(address), *numbers, *map(ctypes.c_uint8, flags), *behind]


class TensorMap(ctypes.Structure):
    """``CUtensorMap`` of <cuda.h>."""

    _fields_ = (("words", ctypes.c_uint64 * (_MAP_BYTES // 8)),)

    @classmethod
    def empty(cls) -> TensorMap:
        """One that begins where a tensor map may.

        That of ``cuda.bindings`` begins where Python puts it, and its maker may crash on that:
        https://github.com/NVIDIA/cuda-python/pull/1692.
        """
        buffer = ctypes.create_string_buffer(2 * _MAP_BYTES)
        return cls.from_buffer(buffer, -ctypes.addressof(buffer) % _MAP_BYTES)


def map_arguments(seen: Map, value: Descriptor, address: int) -> list[Any]:
    """What ``cuTensorMapEncodeTiled`` takes, behind the map; the last axis comes first there."""
    rank = len(seen.block_shape)
    # Of one axis there is no stride to tell; an array of none would be no pointer.
    strides = [s * seen.element_bytes for s in value.tensor.strides[-2::-1]] or [0]
    return [
        _ON_THE_HOST.get(seen.element_type, seen.element_type),
        rank,
        ctypes.c_void_p(address),
        (ctypes.c_uint64 * rank)(*value.tensor.shape[::-1]),
        (ctypes.c_uint64 * len(strides))(*strides),
        (ctypes.c_uint32 * rank)(*seen.block_shape[::-1]),
        (ctypes.c_uint32 * rank)(*[1] * rank),
        _NO_INTERLEAVE,
        seen.swizzle,
        _PROMOTE_TO_128_BYTES,
        int(value.padding == "nan"),
    ]


def _encoded(seen: Map, value: Descriptor, address: int) -> TensorMap:
    """What the copy engine reads."""
    made = TensorMap.empty()
    code = _libcuda().cuTensorMapEncodeTiled(
        ctypes.byref(made), *map_arguments(seen, value, address)
    )
    if code:
        raise card_error(code, driver.CUresult(code).name)
    tensor = value.tensor
    last = sum((n - 1) * s for n, s in zip(tensor.shape, tensor.strides, strict=True))
    is_small = (last + 1) * seen.element_bytes < _SMALL
    if is_small and _checked(driver.cuDriverGetVersion()) <= _MARKS_SMALL_ONES:
        made.words[1] &= ~(1 << 21)
    return made


@functools.cache
def _libcuda() -> ctypes.CDLL:
    return ctypes.CDLL("libcuda.so.1")
