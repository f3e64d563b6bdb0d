"""Hidden tests of ``softmax_sharded``: each rank is a process of its own."""

import numpy as np
import pytest
from oracle import exact_softmax, expect_kept, expect_zeros, steps

from autograder.expect import expect_allowed, expect_close


def split(logits, *lengths):
    """A row as shards of these lengths, the last of them what is left."""
    return [shard.copy() for shard in np.split(logits, np.cumsum(lengths))]


def expect_shards(student, shards, about):
    """Require of each rank its slice of the softmax; gives how the ranks met."""
    meeting = student.softmax_sharded.on_ranks(shards)
    row = exact_softmax(np.concatenate(shards))
    start = 0
    for rank, (shard, answer) in enumerate(zip(shards, meeting.answers, strict=True)):
        expected = row.part(slice(start, start + len(shard)))
        expect_close(answer, expected, about=f"{about}, on rank {rank} of {len(shards)}")
        start += len(shard)
    return meeting


@pytest.mark.hint("One rank alone is an ordinary stable softmax.")
def test_one_rank(student, rng):
    """one rank"""
    for dtype, top in ((np.float64, 1), (np.float32, -2000)):
        logits = steps(rng, 6, top=top).astype(dtype)
        expect_shards(student, [logits], f"6 {logits.dtype} logits near {top:g}")


@pytest.mark.weight(4)
@pytest.mark.hint("Agree on the maximum of all ranks, then on the sum relative to it.")
def test_two_ranks(student, rng):
    """two ranks, the maximum on either of them"""
    for tops in ((3, 1), (1, 3)):
        shards = [steps(rng, 4, top=top) for top in tops]
        expect_shards(student, shards, "4 logits on each rank")


@pytest.mark.weight(3)
@pytest.mark.hint("Shards differ in length, and the function must not mind how many there are.")
def test_unequal_shards(student, rng):
    """three and five ranks with shards of different lengths"""
    for k, lengths in ((9, (2, 1)), (12, (1, 4, 1, 3)), (1000, 1 + rng.permutation(4) * 80)):
        row = 2 * rng.standard_normal(k)
        expect_shards(student, split(row, *lengths), f"{k:,} logits, unevenly split")


@pytest.mark.weight(4)
@pytest.mark.hint("A rank with nothing still takes part: -inf is its maximum, 0 its sum.")
def test_empty_shards(student, rng):
    """ranks that hold nothing"""
    nothing = np.empty(0)
    for shards in (
        [nothing, steps(rng, 3, top=-1000), nothing, steps(rng, 2, top=-1001)],
        [steps(rng, 2, top=-1e12), nothing],
        [nothing.astype(np.float32), steps(rng, 4).astype(np.float32)],
    ):
        empty = sum(not len(shard) for shard in shards)
        expect_shards(student, shards, f"{empty} of {len(shards)} shards empty")


@pytest.mark.weight(4)
@pytest.mark.hint("Each rank subtracts the maximum of all ranks, not its own, before exp.")
def test_large_logits(student, rng):
    """logits near 10,000, and ranks thousands apart"""
    for dtype, levels in (
        (np.float64, (1e4, 1e4)),
        (np.float64, (0, 3000, -3000)),
        (np.float64, (-1e4, -1e4)),
        (np.float32, (-3000, 0)),
    ):
        shards = [steps(rng, 3, top=level).astype(dtype) for level in levels]
        about = f"3 {shards[0].dtype} logits near {', '.join(f'{v:g}' for v in levels)}"
        expect_shards(student, shards, about)


@pytest.mark.weight(6)
@pytest.mark.hint("What all ranks must know is one maximum and one sum: a number each.")
def test_two_numbers(student, rng):
    """at most two all-reduces of one number each"""
    for shards in (
        [steps(rng, 5)],
        split(steps(rng, 9, top=-500), 1, 5),
        [steps(rng, 2, top=1), steps(rng, 2, top=2), steps(rng, 2, top=3)],
        split(steps(rng, 10, top=-1e6), 2, 2, 2, 2),
        split(rng.uniform(-5, 5, 300), 100, 120),  # as large as any that is asked
    ):
        about = f"{sum(map(len, shards))} logits"
        reduces = expect_shards(student, shards, about).reduces
        expect_allowed(len(reduces) <= 2, "There were more than two all-reduces; two suffice.")
        one_each = all(count <= 1 for count in reduces)
        expect_allowed(one_each, "An all-reduce sent more than one number; one suffices.")


@pytest.mark.weight(2)
@pytest.mark.hint("A rank whose logits are all -inf is like one that holds nothing.")
def test_masked(student, rng):
    """-inf gets exactly 0, also a whole shard of it; nothing but -inf gives NaN"""
    shards = split(steps(rng, 9), 3, 3)
    shards[0][1] = -np.inf
    shards[1][:] = -np.inf
    about = "9 logits, all on one rank and some on another -inf"
    answers = expect_shards(student, shards, about).answers
    for shard, answer in zip(shards, answers, strict=True):
        expect_zeros(answer, shard == -np.inf, about="the places of the -inf")
    expect_shards(student, [np.full(2, -np.inf), np.full(1, -np.inf)], "nothing but -inf")


@pytest.mark.weight(2)
@pytest.mark.hint("A NaN goes into the maximum and the sum, and with them to every rank.")
def test_nan(student, rng):
    """a NaN or +inf on one rank makes the row NaN on all"""
    shards = split(steps(rng, 6), 3)
    expect_shards(student, shards, "6 logits on two ranks")
    for place, odd in ((0, np.nan), (1, np.inf)):
        spoilt = [shard.copy() for shard in shards]
        spoilt[place][1] = odd
        expect_shards(student, spoilt, f"{odd} on rank {place}")


@pytest.mark.weight(2)
@pytest.mark.hint(
    "The answer has the type of the shard. Whole numbers are treated as float64, and know no -inf."
)
def test_types(student, rng):
    """float32, float16 and integer shards"""
    for dtype, top in ((np.float32, 2), (np.float16, 9)):
        row = steps(rng, 7, top=top).astype(dtype)
        expect_shards(student, split(row, 3), f"7 {row.dtype} logits")
    for dtype in (np.int32, np.int64):
        row = rng.permutation(np.arange(-3, 3)).astype(dtype)
        expect_shards(student, split(row, 2), f"6 {row.dtype} logits")


@pytest.mark.weight(2)
@pytest.mark.hint("Write only into arrays that you made.")
def test_shards_kept(student, rng):
    """leaves the shards as they were; strided and read-only ones are fine"""
    shards = split(steps(rng, 6), 2)
    shards[1][2] = -np.inf
    for shard, after in zip(shards, expect_shards(student, shards, "6 logits").shards, strict=True):
        expect_kept(after, shard)
    shards[0].flags.writeable = False
    expect_shards(student, [shards[0], shards[1][::-1]], "a read-only and a reversed shard")
