"""How many of its places for warps a multiprocessor can fill with a kernel.

Limits from "Technical Specifications per Compute Capability" in NVIDIA's CUDA C++ Programming
Guide; what is rounded up to which unit, from NVIDIA's occupancy calculator.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["occupancy"]

_WARP = 32
_REGISTERS = 1 << 16  # of a multiprocessor, in all of these
_REGISTER_UNIT = 256  # of a warp
_WARPS_TOGETHER = 4  # a multiprocessor has four parts, each with a quarter of the registers
_MOST_REGISTERS = 255  # of a thread


@dataclass(frozen=True)
class _Multiprocessor:
    warps: int
    programs: int
    shared_bytes: int
    shared_unit: int = 128
    reserved_bytes: int = 1 << 10  # of each program's shared memory, for the system


_LIMITS = {
    70: _Multiprocessor(64, 32, 96 << 10, 256, 0),
    75: _Multiprocessor(32, 16, 64 << 10, 256, 0),
    80: _Multiprocessor(64, 32, 164 << 10),
    86: _Multiprocessor(48, 16, 100 << 10),
    89: _Multiprocessor(48, 24, 100 << 10),
    90: _Multiprocessor(64, 32, 228 << 10),
    100: _Multiprocessor(64, 32, 228 << 10),
    120: _Multiprocessor(48, 24, 100 << 10),
}


def occupancy(registers: int, shared_bytes: int, threads: int, capability: int) -> float:
    """Warps that are active at a time, of those that there is place for: from 0 to 1.

    Parameters
    ----------
    registers
        Of each thread.
    shared_bytes
        Of each program.
    threads
        Of each program.
    capability
        Of the card: 90 for sm_90. One that is newer than all known counts as the last of them.
    """
    card = _LIMITS[max(known for known in _LIMITS if known <= capability)]
    warps = -(-threads // _WARP)
    fit = [card.programs, card.warps // warps]
    of_warp = _rounded_up(max(registers, 1) * _WARP, _REGISTER_UNIT)
    by_registers = _REGISTERS // of_warp // _WARPS_TOGETHER * _WARPS_TOGETHER
    fit.append(by_registers // warps if registers <= _MOST_REGISTERS else 0)
    if of_program := _rounded_up(shared_bytes + card.reserved_bytes, card.shared_unit):
        fit.append(card.shared_bytes // of_program)
    return min(fit) * warps / card.warps


def _rounded_up(number: int, unit: int) -> int:
    return -(-number // unit) * unit
