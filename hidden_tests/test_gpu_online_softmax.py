"""Hidden tests of ``online_softmax`` in Triton.

In long rows nearly all probabilities are smaller than what rounding allows. So there are a few
peaks in each, which no answer can guess, and all the rest together weigh half as much as they:
whoever leaves out a block, or counts one twice, gets the peaks wrong.
"""

import numpy as np
import pytest
from oracle import asked, exact_softmax, expect_sums_to_one, expect_zeros, steps

from autograder.expect import expect, expect_close
from autograder.triton_tasks.tiled import Tiled

# Of 32 numbers, or of a block of one of the usual sizes, a row has a bit less or a bit more.
AROUND = (31, 32, 33, 255, 256, 257, 1023, 1024, 1025)


def peaks(rng, rows, cols, dtype=np.float32, top=0.0):
    """Rows of logits with about 30 peaks within 3 of ``top``, and the rest far below."""
    count = min(cols, 30)
    x = np.full((rows, cols), np.log(0.2 * count / cols)) + rng.uniform(-1, 1, (rows, cols))
    for row in x:
        row[rng.choice(cols, count, replace=False)] = rng.uniform(-3, 0, count)
    return (x + top).astype(dtype)


def short(rng, rows, cols, dtype=np.float32, top=0.0):
    """Rows with a logit for each step of 0.6 down from ``top``."""
    return steps(rng, rows, cols, top=top).astype(dtype)


def text(x):
    """What a question is about."""
    rows = "1 row" if len(x) == 1 else f"{len(x)} rows"
    return f"{rows} of {x.shape[1]:,}"


def padded(x, stride):
    """The same rows, each of them ``stride`` numbers after the one before."""
    wide = np.zeros((len(x), stride), x.dtype)
    wide[:, : x.shape[1]] = x
    return wide[:, : x.shape[1]]


@pytest.mark.weight(3)
@pytest.mark.hint("exp of each number, divided by the sum of its row.")
def test_rows(student, rng):
    """rows whose length is a power of two"""
    with asked(student, exact_softmax) as ask:
        for rows, cols in ((1, 8), (3, 16), (5, 4)):
            x = short(rng, rows, cols)
            ask(x, about=text(x))
        ask(peaks(rng, 2, 512), about="2 rows of 512")


@pytest.mark.weight(3)
@pytest.mark.hint("A block is a power of two; what lies beyond the row is not to be loaded.")
def test_other_lengths(student, rng):
    """rows of any length, primes too"""
    with asked(student, exact_softmax) as ask:
        for rows, cols in ((3, 7), (2, 13), (4, 3)):
            x = short(rng, rows, cols)
            ask(x, about=text(x))
        for cols in (101, 997, 5003):
            ask(peaks(rng, 2, cols), about=f"2 rows of {cols:,}")


@pytest.mark.weight(2)
@pytest.mark.hint("The mask of a block is columns < N; its last block may have one column.")
def test_around_powers_of_two(student, rng):
    """rows one shorter and one longer than a power of two"""
    with asked(student, exact_softmax) as ask:
        for cols in AROUND:
            ask(peaks(rng, 2, cols), about=f"2 rows of {cols:,}")


@pytest.mark.weight(1)
@pytest.mark.hint("A row of one number has the answer 1; so has a block with one number in it.")
def test_shortest_rows(student, rng):
    """rows of one and of two numbers"""
    with asked(student, exact_softmax) as ask:
        for rows, cols in ((1, 1), (3, 1), (4, 2), (1, 2)):
            x = short(rng, rows, cols)
            ask(x, about=text(x))


@pytest.mark.weight(2)
@pytest.mark.hint("A program for each row, or rows in turn: the grid must reach the last one.")
def test_many_rows(student, rng):
    """many rows, and how many is no power of two"""
    with asked(student, exact_softmax) as ask:
        for rows, cols in ((97, 5), (150, 3), (33, 19)):
            x = short(rng, rows, cols)
            ask(x, about=text(x))


@pytest.mark.weight(3)
@pytest.mark.hint("Row i begins at i * x.stride(0), which may be more than N.")
def test_stride(student, rng):
    """rows that lie apart in memory"""
    with asked(student, exact_softmax) as ask:
        for rows, cols, stride in ((3, 5, 8), (4, 16, 23), (2, 33, 64)):
            x = padded(short(rng, rows, cols), stride)
            ask(x, about=f"{rows} rows of {cols}, {stride} apart")
        ask(padded(peaks(rng, 2, 20_011), 20_480), about="2 rows of 20,011, 20,480 apart")


@pytest.mark.weight(4)
@pytest.mark.hint("The maximum of a row comes off before exp: e^89 is too much for float32.")
def test_large(student, rng):
    """logits in the thousands"""
    with asked(student, exact_softmax) as ask:
        for top in (100, 3000):
            ask(short(rng, 3, 9, top=top), about=f"3 rows of 9 below {top:,}")
        ask(peaks(rng, 2, 700, top=500), about="2 rows of 700 below 500")
        ask(peaks(rng, 1, 20_000, top=500), about="1 row of 20,000 below 500")


@pytest.mark.weight(3)
@pytest.mark.hint("What is masked must not be the maximum: fill with -inf, not with 0.")
def test_far_below_zero(student, rng):
    """logits far below 0"""
    with asked(student, exact_softmax) as ask:
        for top in (-100, -3000):
            ask(short(rng, 3, 9, top=top), about=f"3 rows of 9 below {top:,}")
        ask(peaks(rng, 2, 700, top=-500), about="2 rows of 700 below -500")
        ask(peaks(rng, 1, 20_000, top=-500), about="1 row of 20,000 below -500")


@pytest.mark.weight(1)
@pytest.mark.hint("Differences decide, not sizes: tiny logits are all alike.")
def test_tiny(student, rng):
    """tiny logits, next to rows that differ"""
    x = short(rng, 4, 6)
    x[1] = rng.uniform(-1e-30, 1e-30, 6)
    x[2] = 0
    with asked(student, exact_softmax) as ask:
        ask(x, about="4 rows of 6, two of them tiny")


@pytest.mark.weight(3)
@pytest.mark.hint("Each row has a maximum and a sum of its own.")
def test_rows_of_their_own(student, rng):
    """rows thousands apart"""
    tops = np.array([[0], [4000], [-4000], [10]])
    with asked(student, exact_softmax) as ask:
        ask((short(rng, 4, 11) + tops).astype(np.float32), about="4 rows of 11, thousands apart")


@pytest.mark.weight(2)
@pytest.mark.hint("exp(-inf - m) is 0, for every m that is not -inf itself.")
def test_infinities(student, rng):
    """-inf among the logits gives exactly 0"""
    questions = []
    for rows, cols in ((3, 10), (2, 600)):
        x = short(rng, rows, cols) if cols < 30 else peaks(rng, rows, cols)
        x[rng.random(x.shape) < 0.4] = -np.inf
        x[:, 0], x[:, cols // 2] = -np.inf, 0.5
        questions.append((x, f"{rows} rows of {cols} with -inf in them"))
    answers = student.each(*[((x,), {}) for x, _ in questions])
    for got, (x, about) in zip(answers, questions, strict=True):
        expect_close(got, exact_softmax(x), about=about)
        expect_zeros(got, np.isneginf(x), about=about)


@pytest.mark.weight(1)
@pytest.mark.hint("-inf - (-inf) is NaN, which is the answer here, and in no other row.")
def test_nothing_but_infinities(student, rng):
    """a row of nothing but -inf is NaN, and no other"""
    x = short(rng, 4, 12)
    x[2] = -np.inf
    long = peaks(rng, 2, 20_000)
    long[0] = -np.inf
    with asked(student, exact_softmax) as ask:
        ask(x, about="4 rows of 12, one of them -inf")
        ask(long, about="2 rows of 20,000, one of them -inf")


@pytest.mark.weight(5)
@pytest.mark.hint("Carry m and d from block to block, then walk once more for the answer.")
def test_long_rows(student, rng):
    """rows too long for the chip"""
    fits = int(student.parameters["one_read_up_to"])
    with asked(student, exact_softmax) as ask:
        for cols in (fits + 1, 20_000, 32_768, 40_009):
            ask(peaks(rng, 1, cols), about=f"1 row of {cols:,}")


@pytest.mark.weight(2)
@pytest.mark.hint("However long a row is, it is blocks, and the last one is shorter.")
def test_longest_rows(student, rng):
    """a row of 100,000"""
    with asked(student, exact_softmax) as ask:
        ask(peaks(rng, 1, 100_000), about="1 row of 100,000")
        ask(peaks(rng, 2, 65_537), about="2 rows of 65,537")


@pytest.mark.weight(5)
@pytest.mark.hint("When the maximum rises, d shrinks by exp(old m - new m).")
def test_rising(student, rng):
    """long rows whose maximum rises, falls, or comes last"""
    questions = []
    for cols in (20_000, 60_000):
        x = peaks(rng, 3, cols)
        x[0] = np.sort(x[0])
        x[1] = np.sort(x[1])[::-1]
        x[2, -1] = 1.5
        questions.append((x, f"3 rows of {cols:,}, rising, falling, highest at the end"))
        steep = peaks(rng, 2, cols)
        steep += np.linspace(0, 6, cols, dtype=np.float32)
        questions.append((steep, f"2 rows of {cols:,} that rise by 6"))
    with asked(student, exact_softmax) as ask:
        for x, about in questions:
            ask(x, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("As long as m is -inf, there is nothing to rescale: -inf - (-inf) is NaN.")
def test_blocks_of_infinities(student, rng):
    """long rows whose first part, or last, is nothing but -inf"""
    x = peaks(rng, 3, 50_000)
    x[0, :33_000] = -np.inf
    x[1, 17_000:] = -np.inf
    x[2, 5_000:45_000] = -np.inf
    x[[0, 1, 2], [40_000, 9_000, 4_000]] = 0.5
    with asked(student, exact_softmax) as ask:
        ask(x, about="3 rows of 50,000, with -inf in whole blocks")


@pytest.mark.weight(2)
@pytest.mark.hint("The answer has x's type; m and d are float32 all the same.")
def test_float16(student, rng):
    """float16"""
    with asked(student, exact_softmax) as ask:
        for rows, cols in ((3, 12), (5, 7), (1, 20)):
            ask(short(rng, rows, cols, np.float16), about=f"{rows} rows of {cols}, float16")
        ask(peaks(rng, 2, 900, np.float16), about="2 rows of 900, float16")
        ask(padded(short(rng, 3, 9, np.float16), 16), about="3 rows of 9, 16 apart, float16")


@pytest.mark.weight(2)
@pytest.mark.hint("float16 ends at 65,504, and a sum of many exponentials does not.")
def test_float16_sums(student, rng):
    """float16 rows whose sum float16 cannot hold"""
    flat = np.full((2, 90_000), -3.0, np.float16)
    flat[0, ::3000] = 4
    flat[1, 50_000:50_040] = 5
    steep = peaks(rng, 1, 30_000, np.float16)
    with asked(student, exact_softmax) as ask:
        ask(flat, about="2 rows of 90,000, float16")
        ask(steep, about="1 row of 30,000, float16")
    # The answer, 1 / 99,864, is a number of float16, or very nearly so.
    equal = np.full((1, 99_864), 2.0, np.float16)
    about = "1 row of 99,864 equal numbers, float16"
    expect_sums_to_one(student.online_softmax(equal), equal, about=about)


@pytest.mark.weight(1)
@pytest.mark.hint("Nothing but the answer's own memory is to be written.")
def test_input_kept(student, rng):
    """does not write into x"""
    for x in (short(rng, 3, 20), peaks(rng, 1, 20_000)):
        run = student.run(x)
        expect_close(run.output, exact_softmax(x), about=text(x))
        expect(not run.writes_into(0), "The kernel writes into its input.")


def expect_read(run, most, about):
    """Require few walks."""
    read = run.walks_read(0)
    expect(
        read <= most + 1e-3,
        f"Your kernels read their input {read:.2f} times, for {about}; {most:.2f} is enough.",
    )
    read, written = run.walks_read_in_all, run.walks_written  # of copies of the input too
    text = f"{read:.2f} times the size of the input is read and {written:.2f} times written"
    expect(read <= most + 0.1 and written <= 1.05, f"{text}, for {about}: a copy is a walk too.")


def expect_fits(run, about):
    """Require kernels that cards can hold, and give what they take."""
    compiled = run.compiled(90, 75)
    spilled = max((c.spilled_bytes for c in compiled), default=0)
    expect(
        not spilled,
        f"The block is too large for a card's registers, for {about}: {spilled} bytes a thread "
        "go to memory and back, which is a walk all the same.",
    )
    return compiled


@pytest.mark.weight(8)
@pytest.mark.after("test_rows", "test_other_lengths")
@pytest.mark.hint("A row that fits into one block is loaded once, and stays in registers.")
def test_one_read(student, rng):
    """reads a row that fits on the chip once"""
    fits = int(student.parameters["one_read_up_to"])
    for rows, cols in ((3, 100), (2, 4096), (2, 6001), (1, fits)):
        x = peaks(rng, rows, cols)
        run, about = student.run(x), text(x)
        expect_close(run.output, exact_softmax(x), about=about)
        expect_read(run, 1, about)
    student.measure(walks_read=run.walks_read(0), walks_written=run.walks_written)
    compiled = expect_fits(run, about)
    student.measure(
        registers=max(c.registers for c in compiled),
        spilled_bytes=0,
        shared_bytes=max(c.shared_bytes for c in compiled),
    )


@pytest.mark.weight(10)
@pytest.mark.after("test_long_rows")
@pytest.mark.hint("One walk for m and d together, one for the answer: the safe recipe takes three.")
def test_two_reads(student, rng):
    """reads a longer row twice, not three times"""
    for cols in (20_000, 50_000):
        x, about = peaks(rng, 1, cols), f"1 row of {cols:,}"
        run = student.run(x)
        expect_close(run.output, exact_softmax(x), about=about)
        student.measure(long_walks_read=run.walks_read(0), long_walks_written=run.walks_written)
        expect_read(run, 2, about)
    expect_fits(run, about)


@pytest.mark.weight(2)
@pytest.mark.after("test_rows", "test_long_rows")
@pytest.mark.hint("Store the answer; between walks there are m and d. contiguous() is a walk, too.")
def test_one_write(student, rng):
    """writes the answer once, and little besides"""
    apart = padded(peaks(rng, 4, 1000), 1024)
    for x, about in (
        (peaks(rng, 3, 300), "3 rows of 300"),
        (peaks(rng, 1, 40_000), "1 row of 40,000"),
        (apart, "4 rows of 1,000, 1,024 apart"),
    ):
        run = student.run(x)
        expect_close(run.output, exact_softmax(x), about=about)
        written, held = run.walks_written, run.allocated_bytes / x.nbytes
        expect(
            written <= 1.05,
            f"{written:.2f} times the size of the answer is written, for {about}; 1.00 is enough.",
        )
        expect(held <= 1.1, f"Memory for {held:.2f} answers is allocated, for {about}.")


@pytest.mark.weight(4)
@pytest.mark.after("test_rows", "test_long_rows")
@pytest.mark.hint("What the interpreter lets pass is not all that a card can do.")
def test_compiles(student, rng):
    """compiles for cards"""
    x = peaks(rng, 1, 17_000, np.float16)
    run = student.run(x)
    expect_close(run.output, exact_softmax(x), about=f"{text(x)}, float16")
    run.compiled(90, 80)


@pytest.mark.card
@pytest.mark.weight(4)
@pytest.mark.after("test_rows")
@pytest.mark.hint("bfloat16 has float32's range and 8 bits: load, then compute in float32.")
def test_bfloat16(student, rng):
    """bfloat16"""
    student.needs_card("bfloat16", capability=80)
    for rows, cols in ((3, 12), (5, 7), (2, 900), (1, 20_000)):
        x = short(rng, rows, cols) if cols < 30 else peaks(rng, rows, cols)
        x = x.astype(student.bfloat16)
        about = f"{text(x)}, bfloat16"
        expect_close(student.on_card(x), exact_softmax(x), about=about)


def expect_fast(student, rng, name, cols):
    """Give points for how near a kernel comes to a copy, in rows of this length."""
    card = student.needs_card("speed")
    block = peaks(rng, max(1, (1 << 22) // cols), cols).ravel()
    # One number short of whole rows: each row of x begins elsewhere in the block.
    x = Tiled(block[:-1], (card.buffer_bytes // 4 // cols, cols))
    picked = rng.choice(x.shape[0], max(8, (1 << 18) // cols), replace=False)
    timed = student.time(x, rows=picked, nbytes=2 * x.nbytes)
    about = f"rows of {cols:,}"
    for (inputs,), got in timed.answers:
        rows = inputs.rows(picked)
        expect_close(got, exact_softmax(rows), about=f"{about}, while they were timed")
    run = student.run(x.rows(picked[:1]))
    read, written = run.walks_read(0), run.walks_written
    student.earn(
        name,
        timed,
        fraction=timed.fraction,
        of="copy",
        about=about,
        flops=5 * x.size,  # a maximum, a difference, an exponential, a sum, a quotient
        why=f"{read:.2f} reads and {written:.2f} writes: at most {2 / (read + written):.2f}, but "
        "for what the L2 still has",
        walks_read=read,
        walks_written=written,
    )


@pytest.mark.card
@pytest.mark.weight(8)
@pytest.mark.after("test_rows", "test_many_rows")
@pytest.mark.hint("A program for each short row is too little work: let it take several.")
def test_speed_short(student, rng):
    """speed, rows of 1,024"""
    expect_fast(student, rng, "short", 1024)


@pytest.mark.card
@pytest.mark.weight(8)
@pytest.mark.after("test_rows", "test_other_lengths")
@pytest.mark.hint("Nothing is faster than reading once, with enough of it under way: num_warps.")
def test_speed_middle(student, rng):
    """speed, rows of 8,192"""
    expect_fast(student, rng, "middle", 8192)


@pytest.mark.card
@pytest.mark.weight(8)
@pytest.mark.after("test_long_rows")
@pytest.mark.hint("Two walks: large blocks, and the second soon enough that the L2 still has them.")
def test_speed_long(student, rng):
    """speed, rows of 131,072"""
    expect_fast(student, rng, "long", 131_072)
