"""Hidden tests of ``flash_attention`` in Triton.

Values have a part of their own at each key, and scores differ by steps, so that neither the mean
of the values nor the value of the best key is near the answer, unless a test says so.
"""

import numpy as np
import pytest
from oracle import asked, exact_flash_attention

from autograder.expect import expect, expect_close
from autograder.triton_tasks.tiled import Tiled


def question(rng, queries, keys, dim=16, batch=1, heads=1, sharp=1.0, dtype=np.float32):
    """Queries, keys and values; scores differ by a few times ``sharp``."""
    q = rng.choice([-1.0, 1.0], (batch, heads, queries, dim))
    q *= rng.uniform(0.8, 1.6, q.shape)
    k = sharp * rng.standard_normal((batch, heads, keys, dim))
    v = rng.uniform(-2, 2, (batch, heads, keys, dim)) + np.arange(dim) % 5
    return q.astype(dtype), k.astype(dtype), v.astype(dtype)


def asks(student):
    return asked(student, exact_flash_attention)


def text(q, k):
    """What a question is about."""
    batch, heads, queries, dim = q.shape
    about = f"Tq = {queries}, Tk = {k.shape[2]}, D = {dim}"
    return about if batch * heads == 1 else f"B = {batch}, H = {heads}, {about}"


@pytest.mark.weight(3)
@pytest.mark.hint("softmax of q k^T / sqrt(D) along the keys, times v.")
def test_one_block(student, rng):
    """queries and keys that fit into one block"""
    with asks(student) as ask:
        for n in (16, 32):
            q, k, v = question(rng, n, n)
            ask(q, k, v, about=text(q, k))


@pytest.mark.weight(4)
@pytest.mark.hint("Each batch and head has queries, keys and values of its own.")
def test_heads(student, rng):
    """several batches and heads"""
    with asks(student) as ask:
        for batch, heads, queries, keys in ((2, 3, 16, 16), (1, 4, 20, 33), (3, 1, 7, 16)):
            q, k, v = question(rng, queries, keys, 16, batch, heads)
            ask(q, k, v, about=text(q, k))


@pytest.mark.weight(3)
@pytest.mark.hint("Keys beyond the last are masked with -inf in the scores; queries in the store.")
def test_other_lengths(student, rng):
    """numbers of queries and keys that are no multiple of a block"""
    with asks(student) as ask:
        for queries, keys in ((37, 53), (5, 17), (65, 67), (19, 3)):
            q, k, v = question(rng, queries, keys)
            ask(q, k, v, about=text(q, k))


@pytest.mark.weight(2)
@pytest.mark.hint("Tq and Tk are two numbers: which one does each loop and mask go by?")
def test_unequal_lengths(student, rng):
    """more keys than queries, and fewer"""
    with asks(student) as ask:
        for queries, keys in ((16, 144), (144, 16), (32, 80)):
            q, k, v = question(rng, queries, keys)
            ask(q, k, v, about=text(q, k))


@pytest.mark.weight(2)
@pytest.mark.hint("tl.dot wants blocks of 16 at least; the mask makes them as short as need be.")
def test_one_query(student, rng):
    """one query, or one key"""
    with asks(student) as ask:
        for queries, keys in ((1, 1), (1, 100), (3, 1), (1, 16)):
            q, k, v = question(rng, queries, keys, 16, 1, 2)
            ask(q, k, v, about=text(q, k))


@pytest.mark.weight(3)
@pytest.mark.hint("D is a constant of the kernel: it is how wide a block of q, k and v is.")
def test_dims(student, rng):
    """D of 16, 32, 64 and 128"""
    with asks(student) as ask:
        for dim in (16, 32, 64, 128):
            q, k, v = question(rng, 20, 40, dim)
            ask(q, k, v, about=text(q, k))


@pytest.mark.weight(4)
@pytest.mark.hint("scale multiplies the scores, once; where it is None, it is 1 / sqrt(D).")
def test_scale(student, rng):
    """scale given and not given"""
    with asks(student) as ask:
        for dim in (16, 64):
            q, k, v = question(rng, 16, 24, dim)
            ask(q, k, v, about=f"{text(q, k)}, no scale")
            for scale in (0.05, 0.7):
                ask(q, k, v, scale=scale, about=f"{text(q, k)}, scale={scale}")


@pytest.mark.weight(5)
@pytest.mark.hint("Where the maximum rises, d and the sum of the values shrink by one factor.")
def test_rising_maximum(student, rng):
    """scores that rise from key to key"""
    with asks(student) as ask:
        for keys, rise in ((150, 12), (260, 150), (150, -12)):
            q, k, v = question(rng, 16, keys)
            q = abs(q)
            k += (np.linspace(0, rise, keys) / 4)[:, None].astype(np.float32)
            ask(q, k, v, about=f"{text(q, k)}, scores that rise by about {rise}")


@pytest.mark.weight(4)
@pytest.mark.hint("The running maximum comes off before exp2: scores in the thousands are fine.")
def test_large_scores(student, rng):
    """all scores far above 0, or far below"""
    with asks(student) as ask:
        for level in (400, -400):
            q, k, v = question(rng, 16, 72)
            q = np.ones_like(q)
            ask(q, k + np.float32(level), v, about=f"{text(q, k)}, scores near {4 * level:,}")


@pytest.mark.weight(2)
@pytest.mark.hint("Keys that are not there weigh nothing: a score of 0 for them is not small.")
def test_masked_keys(student, rng):
    """no key beyond the last has a weight, where all scores are far below 0"""
    with asks(student) as ask:
        for keys in (3, 17, 70):
            q, k, v = question(rng, 16, keys)
            ask(abs(q), k - 25, v, about=f"{text(q, k)}, scores near -100")


@pytest.mark.weight(3)
@pytest.mark.hint("Each query has a maximum of its own.")
def test_query_maximum(student, rng):
    """queries whose scores lie thousands apart"""
    q, k, v = question(rng, 16, 40)
    q[..., 0] = np.where(np.arange(16) % 3, 1, -1) * np.where(np.arange(16) % 2, 1.5, 1)
    k[..., 0] += 2000
    with asks(student) as ask:
        ask(q, k, v, about=f"{text(q, k)}, scores near 500 and -500")


@pytest.mark.weight(2)
@pytest.mark.hint("Equal scores weigh equally; where one key wins, its value is the answer.")
def test_flat_and_peaked(student, rng):
    """flat scores, and peaked ones, beside others"""
    with asks(student) as ask:
        q, k, v = question(rng, 16, 37, 16, 1, 3)
        q[:, 0] = 0
        k[:, 1] *= 300
        ask(q, k, v, about=f"{text(q, k)}, one head flat, one peaked")


@pytest.mark.weight(2)
@pytest.mark.hint("No key may be left out because it weighs little: its value may be large.")
def test_small_weights(student, rng):
    """small weights on large values"""
    q, k, v = question(rng, 16, 90)
    q = abs(q)
    k *= 0.1
    low = rng.permutation(90)[:40]
    k[..., low, :] -= 2.5
    v[..., low, :] *= 3000
    with asks(student) as ask:
        ask(q, k, v, about=f"{text(q, k)}, weights near 1e-5 on values of thousands")


@pytest.mark.weight(2)
@pytest.mark.hint("Softmax does not know the order of its numbers, nor does the sum.")
def test_order_of_keys(student, rng):
    """another order of the keys gives the same answer, without causal"""
    q, k, v = question(rng, 20, 75)
    with asks(student) as ask:
        for order in (np.arange(75), rng.permutation(75), np.arange(75)[::-1]):
            same = (np.ascontiguousarray(a[..., order, :]) for a in (k, v))
            ask(q, *same, about=f"{text(q, k)}, the same keys in another order")


@pytest.mark.weight(4)
@pytest.mark.hint("Query i sees key j where j <= i, if there are as many of both.")
def test_causal(student, rng):
    """causal, as many keys as queries"""
    with asks(student) as ask:
        for n in (16, 33, 64, 130):
            q, k, v = question(rng, n, n)
            ask(q, k, v, causal=True, about=f"{text(q, k)}, causal")


@pytest.mark.weight(3)
@pytest.mark.hint("The last query sees the last key: j <= i + Tk - Tq.")
def test_causal_more_keys(student, rng):
    """causal, more keys than queries"""
    with asks(student) as ask:
        for queries, keys in ((16, 32), (7, 45), (40, 141), (1, 20)):
            q, k, v = question(rng, queries, keys)
            ask(q, k, v, causal=True, about=f"{text(q, k)}, causal")


@pytest.mark.weight(4)
@pytest.mark.hint("A query that sees no key has d = 0: its answer is zeros, not 0 / 0.")
def test_causal_fewer_keys(student, rng):
    """causal, fewer keys than queries: those that see none give zeros"""
    with asks(student) as ask:
        for queries, keys in ((32, 16), (45, 7), (141, 40), (5, 1)):
            q, k, v = question(rng, queries, keys)
            ask(q, k, v, causal=True, about=f"{text(q, k)}, causal")


@pytest.mark.weight(2)
@pytest.mark.hint("causal and heads and scale go together.")
def test_causal_heads(student, rng):
    """causal, with heads, scale and other D"""
    with asks(student) as ask:
        for batch, heads, queries, keys, dim in ((2, 2, 20, 20, 32), (1, 3, 18, 50, 64)):
            q, k, v = question(rng, queries, keys, dim, batch, heads)
            ask(q, k, v, causal=True, scale=0.3, about=f"{text(q, k)}, causal, scale=0.3")


@pytest.mark.weight(3)
@pytest.mark.hint("The answer has q's type; scores, m, d and sums are float32 all the same.")
def test_float16(student, rng):
    """float16"""
    with asks(student) as ask:
        for queries, keys, dim in ((16, 16, 16), (20, 50, 64), (33, 17, 32)):
            q, k, v = question(rng, queries, keys, dim, dtype=np.float16)
            ask(q, k, v, about=f"{text(q, k)}, float16")
            ask(q, k, v, causal=True, about=f"{text(q, k)}, float16, causal")


@pytest.mark.weight(1)
@pytest.mark.hint("Nothing but the answer's own memory is to be written.")
def test_inputs_kept(student, rng):
    """does not write into q, k or v"""
    q, k, v = question(rng, 20, 30)
    run = student.run(q, k, v, causal=True)
    expect_close(run.output, exact_flash_attention(q, k, v, causal=True), about=text(q, k))
    expect(not any(map(run.writes_into, range(3))), "The kernel writes into its inputs.")


@pytest.mark.weight(8)
@pytest.mark.after("test_one_block", "test_other_lengths")
@pytest.mark.hint("A block of queries walks over the keys once, with m, d and a sum on the chip.")
def test_one_walk(student, rng):
    """16 queries walk over keys and values once"""
    q, k, v = question(rng, 16, 400)
    run = student.run(q, k, v)
    about = text(q, k)
    expect_close(run.output, exact_flash_attention(q, k, v), about=about)
    for argument, name in ((1, "keys"), (2, "values")):
        walks = run.walks_read(argument)
        expect(
            walks <= 1 + 1e-3,
            f"Your kernel reads the {name} {walks:.2f} times, for {about}; 1.00 is enough.",
        )
    held = run.allocated_bytes / run.output.nbytes
    said = f"{run.walks_written:.2f} answers are written and memory for {held:.2f} is allocated"
    expect(run.walks_written <= 4 and held <= 4, f"{said}, for {about}: no room for scores.")
    student.measure(walks_read=run.walks_read(1), walks_written=run.walks_written)


@pytest.mark.weight(10)
@pytest.mark.after("test_one_block", "test_other_lengths")
@pytest.mark.hint("Scores live in registers, a block at a time; only the answer is stored.")
def test_no_score_matrix(student, rng):
    """stores no matrix of scores"""
    for causal in (False, True):
        q, k, v = question(rng, 256, 256)
        run = student.run(q, k, v, causal=causal)
        about = text(q, k)
        expect_close(run.output, exact_flash_attention(q, k, v, causal=causal), about=about)
        held = run.allocated_bytes / run.output.nbytes
        expect(
            run.walks_written <= 4,
            f"{run.walks_written:.2f} times the size of the answer is written, for {about}.",
        )
        expect(held <= 4, f"Memory for {held:.2f} answers is allocated, for {about}.")


@pytest.mark.weight(5)
@pytest.mark.after("test_one_block", "test_other_lengths")
@pytest.mark.hint("What the interpreter lets pass is not all that a card can do.")
def test_compiles(student, rng):
    """compiles for cards"""
    for dim, dtype, causal, cards in (
        (32, np.float32, False, (90,)),
        (64, np.float16, True, (90, 80)),
    ):
        q, k, v = question(rng, 16, 32, dim, dtype=dtype)
        run = student.run(q, k, v, causal=causal)
        about = f"{text(q, k)}, {q.dtype}"
        expect_close(run.output, exact_flash_attention(q, k, v, causal=causal), about=about)
        compiled = run.compiled(*cards)
    student.measure(
        registers=max(c.registers for c in compiled),
        spilled_bytes=max(c.spilled_bytes for c in compiled),
        shared_bytes=max(c.shared_bytes for c in compiled),
    )


@pytest.mark.card
@pytest.mark.weight(5)
@pytest.mark.after("test_one_block")
@pytest.mark.hint("bfloat16 has float32's range and 8 bits; m, d and sums stay float32.")
def test_bfloat16(student, rng):
    """bfloat16"""
    student.needs_card("bfloat16", capability=80)
    for queries, keys, dim, causal in ((16, 16, 16, False), (33, 70, 64, True), (200, 300, 128, 0)):
        q, k, v = question(rng, queries, keys, dim, dtype=student.bfloat16)
        exact = exact_flash_attention(q, k, v, causal=bool(causal))
        about = f"{text(q, k)}, bfloat16"
        expect_close(student.on_card(q, k, v, causal=bool(causal)), exact, about=about)


def expect_fast(student, rng, name, causal):
    """Give points for how near a kernel comes to PyTorch's best, and verify what it computed."""
    card = student.needs_card("speed")
    dtype = student.bfloat16 if card.capability >= 80 else np.dtype(np.float16)
    heads, tokens, dim = 64, 4096, 128
    shape = (1, heads, tokens, dim)
    q, k, v = (
        Tiled(array.ravel()[:-1], shape)  # one short: each head gets numbers of its own
        for array in question(rng, 512, 512, dim, sharp=3.0, dtype=dtype, heads=16)
    )
    picked = rng.choice(heads * tokens, 8, replace=False)
    nbytes = 4 * q.nbytes
    best, of = student.fastest_baseline(q, k, v, causal=causal, nbytes=nbytes)
    timed = student.time(q, k, v, causal=causal, rows=picked, nbytes=nbytes)
    about = f"H = {heads}, Tq = Tk = {tokens:,}, D = {dim}{', causal' if causal else ''}"
    for (queries, keys, values), got in timed.answers:
        for row, answer in zip(picked, got, strict=True):
            head, query = divmod(int(row), tokens)
            seen = range(head * tokens, head * tokens + (query + 1 if causal else tokens))
            own = (queries.rows([row]), keys.rows(seen), values.rows(seen))
            exact = exact_flash_attention(*(a[None, None] for a in own))
            expect_close(answer[None, None, None], exact, about=f"{about}, while it was timed")
    student.earn(
        name,
        timed,
        fraction=best.milliseconds / timed.speed.milliseconds,
        of=of,
        about=about,
        flops=4 * heads * tokens * tokens * dim // (2 if causal else 1),
    )


@pytest.mark.card
@pytest.mark.weight(12)
@pytest.mark.after("test_one_block", "test_other_lengths", "test_dims")
@pytest.mark.hint("Large blocks of queries, both products in tl.dot, and stages that load ahead.")
def test_speed(student, rng):
    """speed, beside PyTorch's own"""
    expect_fast(student, rng, "full", causal=False)


@pytest.mark.card
@pytest.mark.weight(8)
@pytest.mark.after("test_causal", "test_dims")
@pytest.mark.hint("Half of the blocks hold nothing that a query may see: do not visit them.")
def test_speed_causal(student, rng):
    """speed, causal, beside PyTorch's own"""
    expect_fast(student, rng, "causal", causal=True)
