"""Hidden tests of ``attention_online``.

Values have a part of their own at each key, and scores differ by steps, so that neither the
mean of the values nor the value of the best key is near the answer, unless a test says so.
"""

import numpy as np
import pytest
from oracle import exact_attention, expect_kept, oracle

from autograder.expect import expect, expect_close


def question(rng, queries, dim, keys, values, sharp=1.0, dtype=np.float64):
    """Queries, keys and values; scores differ by a few times ``sharp``."""
    q = rng.choice([-1.0, 1.0], (queries, dim)) * rng.uniform(0.8, 1.6, (queries, dim))
    k = sharp * rng.standard_normal((keys, dim))
    v = rng.uniform(-2, 2, (keys, values)) + np.arange(values)
    return q.astype(dtype), k.astype(dtype), v.astype(dtype)


def blocks_of(k, v, sizes):
    ends = np.cumsum(sizes)
    assert ends[-1] == len(k)
    return [(k[end - n : end], v[end - n : end]) for n, end in zip(sizes, ends, strict=True)]


def expect_attention(student, *questions):
    """Require the right answer to each question.

    A question is q, k and v; the sizes of the blocks; in words what it is about; and
    keyword arguments if it has any.
    """
    split = [q if isinstance(q[-1], dict) else (*q, {}) for q in questions]
    answers = student.attention_online.each(
        *[
            ((qkv[0], student.block_stream(blocks_of(*qkv[1:], sizes))), options)
            for qkv, sizes, _, options in split
        ]
    )
    for got, (qkv, _, about, options) in zip(answers, split, strict=True):
        expect_close(got, exact_attention(*qkv, **options), about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("Softmax of q kᵀ / sqrt(D) along the keys, times v.")
def test_one_block(student, rng):
    """all keys in one block"""
    expect_attention(
        student,
        *[
            (question(rng, *shape), [shape[2]], f"Tq = {shape[0]}, one block, Bk = {shape[2]}")
            for shape in ((3, 4, 5, 2), (1, 2, 1, 3), (4, 4, 4, 4))
        ],
    )


@pytest.mark.weight(4)
@pytest.mark.hint("Carry m, d and the weighted sum of the values from block to block.")
def test_equal_blocks(student, rng):
    """two and three blocks of one size"""
    expect_attention(
        student,
        *[
            (question(rng, 3, 4, 4 * n, 3), [4] * n, f"3 queries, {n} blocks of 4 keys")
            for n in (2, 3)
        ],
    )


@pytest.mark.weight(4)
@pytest.mark.hint("Nothing may depend on the size of a block, or on that of the one before.")
def test_changing_blocks(student, rng):
    """block sizes that change along the stream"""
    expect_attention(
        student,
        *[
            (question(rng, 3, 4, sum(sizes), 2), sizes, f"3 queries, blocks of {sizes} keys")
            for sizes in ((4, 2, 1), (1, 3, 7, 2), (2, 90, 5))
        ],
    )


@pytest.mark.weight(3)
@pytest.mark.hint(
    "scale multiplies the scores; where it is None, it is 1 / sqrt(D), D of the keys."
)
def test_scale(student, rng):
    """scale given and not given"""
    questions = []
    for queries, dim, values in ((2, 3, 5), (4, 9, 2), (2, 2, 2)):
        qkv = question(rng, queries, dim, 6, values)
        about = f"D = {dim}, Dv = {values}"
        questions.append((qkv, [4, 2], f"{about}, no scale"))
        questions.append((qkv, [2, 4], f"{about}, scale=0.3", {"scale": 0.3}))
    questions.append((qkv, [4, 2], f"{about}, scale=2.0", {"scale": 2.0}))
    expect_attention(student, *questions)


@pytest.mark.weight(5)
@pytest.mark.hint("When a query's maximum rises, its d and its weighted sum shrink by one factor.")
def test_rising_maximum(student, rng):
    """the maximum rises in a later block, for some queries or for all"""
    questions = []
    for rising in ([1], [0, 2], [0, 1, 2]):
        q, k, v = question(rng, 3, 3, 7, 2)
        q[:] = np.eye(3) * rng.uniform(1, 2, (3, 1))
        k[3:5, rising] += 4
        k[5:, rising] += 9
        about = f"3 queries, the maximum of {len(rising)} of them rises with each block"
        questions.append(((q, k, v), [3, 2, 2], about))
    q, k, v = question(rng, 2, 1, 60, 1, sharp=1e-5)
    k += 3e-4 * np.arange(60)[:, None]
    questions.append(((abs(q), k, v), [1] * 60, "60 blocks of one key, slowly rising"))
    expect_attention(student, *questions)


@pytest.mark.weight(3)
@pytest.mark.hint("exp of a score minus a maximum: without it, exp of 1,000 is infinite.")
def test_large_scores(student, rng):
    """all scores far above 0, or far below"""
    questions = []
    for level in (3000, -3000, -1e10):
        q, k, v = question(rng, 3, 2, 6, 2)
        about = f"3 queries, all scores near {1.2 * level:g}"
        questions.append(((np.ones_like(q), k + level, v), [2, 4], about, {"scale": 0.6}))
    expect_attention(student, *questions)


@pytest.mark.weight(3)
@pytest.mark.hint("Of all maxima so far, the largest: it may come in the first block or the last.")
def test_peaked_scores(student, rng):
    """scores of thousands, peaked in any block"""
    questions = []
    for place in range(3):
        q, k, v = question(rng, 3, 2, 9, 2)
        k *= 300
        k[3 * place : 3 * place + 3] += 2000 * rng.choice([-1, 1], (1, 2))
        about = "3 queries, scores of thousands above and below 0"
        questions.append(((q, k, v), [3, 3, 3], about))
    # The best key's value alone can answer all of these, but not this one.
    questions.append((question(rng, 3, 2, 9, 2), [4, 5], "3 queries, 9 keys"))
    expect_attention(student, *questions)


@pytest.mark.weight(3)
@pytest.mark.hint("Each query has a maximum of its own; one for all of them leaves sums of 0.")
def test_query_maximum(student, rng):
    """queries whose scores lie thousands apart"""
    q, k, v = question(rng, 3, 2, 6, 2)
    q[:] = [[1, 0], [-1, 0], [0, 1]]
    k[:, 0] += 1500
    expect_attention(student, ((q, k, v), [2, 1, 3], "3 queries, scores near 1,000, -1,000 and 0"))


@pytest.mark.weight(2)
@pytest.mark.hint("Equal scores weigh equally: every key counts, also the same one twice.")
def test_flat_scores(student, rng):
    """flat scores give the mean of the values, beside a query that sees differences"""
    q, k, v = question(rng, 3, 3, 8, 2)
    q[1] = 0
    k[5:7] = k[2]
    expect_attention(student, ((q, k, v), [3, 1, 4], "3 queries, one of them zeros"))


@pytest.mark.weight(2)
@pytest.mark.hint("No key may be left out because it weighs little: its value may be large.")
def test_small_weights(student, rng):
    """small weights on large values"""
    q, _, v = question(rng, 2, 1, 6, 2)
    questions = []
    for order in ([0, 12, 1, 19, 18, 2], [19, 0, 2, 1, 12, 18], [9, -70, -80, 9.5, 10, 11]):
        keys = np.array(order)[:, None]
        large = v * np.where(keys < 5, 1e8, 1)
        about = "2 queries, small weights on values of 1e8"
        questions.append(((abs(q), keys, large), [1, 2, 1, 2], about, {"scale": 1.0}))
    expect_attention(student, *questions)


@pytest.mark.weight(2)
@pytest.mark.hint("The answer has a row for each query and a column for each of a value's numbers.")
def test_shapes(student, rng):
    """one query, one value, values wider and narrower than keys"""
    expect_attention(
        student,
        *[
            (question(rng, tq, dim, 5, dv), [3, 2], f"Tq = {tq}, D = {dim}, Dv = {dv}")
            for tq, dim, dv in ((1, 4, 3), (3, 4, 1), (2, 1, 6), (1, 3, 1), (5, 2, 5))
        ],
    )


@pytest.mark.weight(3)
@pytest.mark.hint("The answer has the type of the queries, also where you compute in a wider one.")
def test_types(student, rng):
    """float32 and float16"""
    questions = []
    for dtype, tq, dim, dv, sharp in (
        (np.float32, 3, 5, 4, 1),
        (np.float32, 8, 16, 8, 1),
        (np.float32, 3, 4, 3, 300),
        (np.float16, 3, 4, 2, 1),
        (np.float16, 2, 8, 3, 1),
    ):
        qkv = question(rng, tq, dim, 12, dv, sharp, dtype)
        questions.append((qkv, [5, 1, 6], f"Tq = {tq}, D = {dim}, {qkv[0].dtype}"))
    expect_attention(student, *questions)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "The same keys and values give the same answer, however they are cut and ordered."
)
def test_blocks_do_not_matter(student, rng):
    """other blocks and another order of the keys give the same answer"""
    q, k, v = question(rng, 3, 4, 12, 3)
    questions = []
    for sizes in ((12,), (5, 7), (1,) * 12):
        order = rng.permutation(12)
        about = f"3 queries, the same 12 keys in blocks of {sizes}"
        questions.append(((q, k[order], v[order]), sizes, about))
    expect_attention(student, *questions)


@pytest.mark.weight(2)
@pytest.mark.hint("Write only into arrays that you made: neither into q nor into a block.")
def test_inputs_kept(student, rng):
    """writes neither into queries nor into keys and values, however they lie in memory"""
    q, k, v = question(rng, 3, 4, 6, 3)
    stream = student.block_stream(blocks_of(k, v, [2, 4]))
    got, (after, _) = student.attention_online.with_inputs(q, stream)
    expect_close(got, exact_attention(q, k, v), about="3 queries, 6 keys in 2 blocks")
    expect_kept(after, q)
    questions = []
    for qkv, sizes in (((q, k, v), [2, 4]), ((q, k, v), [6]), (question(rng, 1, 3, 1, 3), [1])):
        for array in qkv:
            array.flags.writeable = False
        questions.append((qkv, sizes, f"read-only queries and blocks of {sizes} keys"))
    q, k, v = question(rng, 4, 4, 6, 3)
    qkv = np.asfortranarray(q), k[::-1], np.asfortranarray(v)
    questions.append((qkv, [3, 3], "Fortran-ordered and reversed arrays"))
    expect_attention(student, *questions)


@oracle
def exact_long_attention(q, k, v, shifts):
    """Attention over one block again and again, its keys shifted along the first axis."""
    scores = q @ k.T
    lifts = q[:, :1] * shifts  # (queries, blocks)
    top = (scores.max(axis=1, keepdims=True) + lifts).max(axis=1)[:, None, None]
    e = np.exp(scores[:, None, :] + lifts[:, :, None] - top).sum(axis=1)
    return e @ v / e.sum(axis=1, keepdims=True)


@pytest.mark.weight(5)
@pytest.mark.after("test_equal_blocks", "test_changing_blocks")
@pytest.mark.hint("Keep one block, one block of scores, and for each query m, d and a sum.")
def test_long_stream(student, rng):
    """keys and values, and rows of scores, larger than the memory allowed"""
    tight = student.with_spare_memory(2)
    for queries, dim, per_block, n_blocks, what in (
        (2, 12, 128, 90, "keys and values of 2.2 MB"),
        (64, 1, 64, 66, "64 rows of scores, of 2.2 MB"),
    ):
        q, k, v = question(rng, queries, dim, per_block, dim)
        shifts = rng.uniform(-2, 2, n_blocks)

        def blocks(k=k, v=v, shifts=shifts):
            for shift in shifts:
                shifted = k.copy()
                shifted[:, 0] += shift
                yield shifted, v

        stream = student.block_stream(blocks())
        got = tight.attention_online(q, stream, scale=1.0)
        about = f"{what}, in {n_blocks} blocks"
        expect_close(got, exact_long_attention(q, k, v, shifts), about=about)
        expect(stream.count == n_blocks, f"Not all blocks were read, for {about}.")
