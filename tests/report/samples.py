"""Results to render: one with everything in it, and hostile ones."""

from typing import Any, Literal, get_args

from autograder.result import (
    Adjustment,
    Confinement,
    Diagnosis,
    Environment,
    ExerciseResult,
    Finding,
    KitInfo,
    Result,
    Status,
    SubmissionInfo,
    TestResult,
)

STATUSES: tuple[Status, ...] = get_args(Status)

# In every string of a hostile result, so that tests can tell data from our own words.
MARK = "zq17"

HOSTILE = [
    f"<script>alert('{MARK}')</script><img src=x onerror={MARK}>",
    f'"><a href="https://{MARK}.example">{MARK}</a>\' onmouseover=\'{MARK}',
    f"</code></pre></td></details>{MARK}<!--",
    f"{{{{ {MARK} }}}}{{% raw %}}",
    f"[{MARK}](https://{MARK}.example) ![{MARK}](https://{MARK}.example/i.png) <https://{MARK}.ab>",
    f"`{MARK}`` | ```{MARK}\n```\n| a | b |\n|---|---|\n# {MARK} ~~x~~ **x** _x_",
    f"`{MARK}",
    f"\\`{MARK}\\| a \\",
    f"@{MARK} #{MARK} https://{MARK}.example www.{MARK}.example {MARK}@example.org $x{MARK}$ :+1:",
    f"[bold red]{MARK}[/] [link=https://{MARK}.example]{MARK}[/link] :smile: [/]",
    f"\x1b[31m{MARK}\x1b[0m\x1b]0;title\x07\x1b]8;;https://{MARK}.example\x1b\\link\x9b2J\x1b",
    f"\u202e{MARK}\u2066\u200f\u061c\u200b\u2060\ufeff\u00ad\u2028\u2029\x85\U000e0041",
    f"\ud800{MARK}\udfff",
    f"::error file={MARK}::boom",
    f"{MARK}\n::stop-commands::x\r\n  ::add-mask::x\r::error::x\x0b::debug::x\u2028::group::x",
    f":\u200b:error::{MARK}",
    f"\n##[group]{MARK} ##[error]x\n##vso[task.complete]#\u200b#[x",
    f"=cmd|'{MARK}'!A0",
    f"{MARK} " + "long " * 5000,
    f":{MARK}:",
    "",
]


# The same as far as a file system takes them for the name of a folder, and some of its own.
HOSTILE_NAMES = [
    *(t.replace("/", "|").encode("utf-8", "replace")[:200].decode() for t in HOSTILE if t),
    f"javascript:{MARK}",
    f"..%2f{MARK}?a=1&b#c",
    f"{MARK}\udcff",  # a byte of no encoding
]


def result(**changes: Any) -> Result:
    """Make a graded result without any exercise, but for `changes`."""
    whole: dict[str, Any] = {
        "kit": KitInfo(name="onewalk", version="0.1.0", sha256="5f1d" * 16),
        "submission": SubmissionInfo(
            id="s001", sha256="0a9b" * 16, files=["exercises/naive.py", "exercises/stable.py"]
        ),
        "graded_at": "2026-11-21T10:00:00Z",
        "environment": Environment(python="3.11.7", numpy="2.4.6"),
        "confinement": Confinement(
            landlock=7, seccomp=True, namespaces=["user", "pid"], user="nobody"
        ),
        "status": "graded",
        "score": 0.0,
        "max_score": 0.0,
        "final_score": 0.0,
        "exercises": [],
    }
    return Result(**(whole | changes))


def test(title: str, status: Status, **fields: Any) -> TestResult:
    """Make one test, worth three points."""
    earned = {"passed": 3.0, "grader_error": None}.get(status, 0.0)
    given: dict[str, Any] = {"score": earned, "max_score": 3.0} | fields
    return TestResult(id=f"test_x.py::{title}", title=title, status=status, **given)


vars(test)["__test__"] = False  # not one of pytest's


def exercise(*tests: TestResult, **fields: Any) -> ExerciseResult:
    """Make one exercise with these tests."""
    given: dict[str, Any] = {"name": "stable", "score": 0.0, "max_score": 15.0} | fields
    return ExerciseResult(tests=list(tests), **given)


def sample() -> Result:
    """Make what a mixed submission gets, with every status that an ordinary grading can have."""
    gone = "exercises/merge.py is missing."
    return result(
        seed=1234,
        score=31.0,
        max_score=70.0,
        deferred_score=30.0,
        adjustments=[Adjustment(reason="2 days late", points=-4.1)],
        final_score=26.9,
        exercises=[
            exercise(
                test("exponentiates and divides", "passed"),
                test("blows up where the recipe does", "passed"),
                name="naive",
                score=6.0,
                max_score=6.0,
                measurements={"peak_memory_mb": 31, "error_by_magnitude": [[1.0, 3e-08]]},
            ),
            exercise(
                test("rows sum to one", "passed", score=8.0, max_score=8.0),
                test(
                    "stays finite for logits near 1000",
                    "failed",
                    feedback="NaN in 771 of 771 places, for 3 rows of 257 logits in [900, 1100].",
                    hint="what can you subtract from every logit without changing the answer?",
                ),
                test(
                    "is within a tenth of the reference, for every batch of rows that fits",
                    "failed",
                    score=1.0,
                    max_score=2.0,
                    feedback="Two of three batches are right:\n  batch 1: right\n  batch 2: wrong",
                ),
                test(
                    "keeps float32",
                    "error",
                    max_score=2.0,
                    feedback="IndexError in line 12: x[0, K]",
                ),
                score=9.0,
                diagnosis=[
                    Diagnosis(
                        mistake="no-shift",
                        title="no shift at all",
                        text="Your answers are those of the naive recipe.",
                    )
                ],
            ),
            exercise(
                *(
                    test(title, "missing", score=0.0, feedback=gone, hint=f"about {title}")
                    for title in (
                        "keeps the larger maximum",
                        "is commutative",
                        "is associative",
                        "has an identity",
                        "merges chunks that are empty",
                    )
                ),
                name="merge",
            ),
            exercise(
                test("walks once", "forbidden", feedback="The stream was asked for twice."),
                test("ends", "timeout", feedback="No answer within 5 seconds."),
                test("ends when empty", "timeout", feedback="Not run after two timeouts."),
                test("ends when all are -inf", "timeout", feedback="Not run after two timeouts."),
                test("takes a long stream", "out_of_memory", feedback="More than 512 MB."),
                test("takes a short stream", "crashed", feedback="The process died (SIGSEGV)."),
                test("counts", "passed", score=16.0, max_score=16.0),
                name="online",
                score=16.0,
                max_score=34.0,
            ),
            exercise(
                test("is right", "deferred", feedback="Needs a GPU.", max_score=20.0),
                test("is fast", "deferred", feedback="Needs a GPU.", max_score=10.0),
                name="flash_attention",
                max_score=0.0,
                deferred_score=30.0,
                measurements={"walks_read": 1.0, "walks_written": 1.0, "registers": 42},
            ),
        ],
        findings=[
            Finding(severity="info", text="Two files were ignored."),
            Finding(severity="warning", exercise="merge", text="There is no exercises/merge.py."),
        ],
    )


def timed(name: str, **changes: Any) -> dict[str, Any]:
    """Make one shape as a card's measurement has it. Made up, like all figures here."""
    whole: dict[str, Any] = {
        "name": name,
        "about": "64 made-up rows, float32",
        "gbps": 1620.0,
        "tflops": 1.01,
        "fraction": 0.81,
        "of": "copy",
        "spread": 0.006,
        "flops": 1.25e9,
        "bytes": 2.0e9,
        "milliseconds": 1.235,
        "first": 0.30,
        "full": 0.80,
        "walks_read": 1.0,
        "registers": 64,
        "spilled_bytes": 0,
        "shared_bytes": 1024,
        "occupancy": 0.5,
    }
    return whole | changes


CARD = {"name": "Made-up card", "copy_gbps": 2000.0, "matmul_tflops": 500.0}


def measured() -> Result:
    """Make what a submission gets on a card that there is not: every figure is made up."""
    against = "scaled_dot_product_attention (made up)"
    rows = [
        timed("short"),
        timed("middle", gbps=1200.0, fraction=0.6, milliseconds=1.667, tflops=0.75, full=0.85),
        timed(
            "long",
            **{"gbps": 500.0, "fraction": 0.25, "milliseconds": 4.0, "tflops": 0.3125},
            **{"full": 0.6, "walks_read": 3.0, "registers": 255, "spilled_bytes": 96},
        ),
    ]
    attention = {"of": against, "flops": 1.1e12, "bytes": 1.3e8, "first": 0.2, "full": 0.75}
    heads = [
        timed("full", **attention, fraction=0.55, tflops=220.0, milliseconds=5.0, gbps=26.0),
        timed("causal", **attention, fraction=1.02, tflops=330.0, milliseconds=3.3, gbps=39.0),
    ]
    return result(
        environment=Environment(
            python="3.11.7", numpy="2.4.6", torch="2.11.0", triton="3.6.0", card="Made-up card"
        ),
        score=18.0,
        max_score=30.0,
        final_score=18.0,
        exercises=[
            exercise(
                test("short rows come near to the speed of a copy", "passed"),
                test(
                    "middle rows come near to the speed of a copy",
                    "failed",
                    score=1.33,
                    feedback="1,200 GB/s are 0.60 of copy, for rows of 8,192; points begin above "
                    "0.30, and from 0.85 on all are given.",
                    hint="What does each program wait for?",
                ),
                test(
                    "long rows come near to the speed of a copy",
                    "failed",
                    feedback="500 GB/s are 0.25 of copy, for rows of 131,072; points begin above "
                    "0.30, and from 0.60 on all are given. 3.00 reads and 1 write: at most 0.50.",
                ),
                name="online_softmax",
                score=10.0,
                measurements={
                    "walks_read": 1.0,
                    "walks_written": 1.0,
                    "registers": 64,
                    "card": CARD,
                    "speed": rows,
                },
                nickname="zero to one",
            ),
            exercise(
                test(
                    "is near PyTorch's own",
                    "deferred",
                    feedback="Not timed: in 3 tries, repetitions of the same run differ by 9%. It "
                    "waits until the card is quiet.",
                ),
                test(
                    "is near PyTorch's own, causal",
                    "failed",
                    feedback="Not counted: 2,600 GB/s is 1.30 of what the card's own copy moves, "
                    "which nothing can that does all of its work.",
                ),
                name="flash_attention",
                score=8.0,
                deferred_score=3.0,
                measurements={"card": CARD, "speed": heads},
            ),
            exercise(
                test("is fast", "deferred", feedback="Not graded yet: speed is judged on a GPU."),
                name="with little to tell",
                max_score=0.0,
                deferred_score=3.0,
                measurements={"speed": [{"name": "alone"}]},
            ),
        ],
    )


def rejected() -> Result:
    """Make the result of a submission that is no archive."""
    return result(
        status="rejected",
        max_score=100.0,
        findings=[Finding(severity="error", text="homework.zip is cut short.")],
    )


def grader_error() -> Result:
    """Make that of a grading that failed, on a machine without libseccomp."""
    return result(
        status="grader_error",
        score=None,
        max_score=15.0,
        final_score=None,
        confinement=Confinement(landlock=7, seccomp=False, namespaces=[], user="nobody"),
        exercises=[
            exercise(
                test("rows sum to one", "grader_error", feedback="The oracle did not answer."),
                test("keeps float32", "passed"),
                score=None,
            )
        ],
    )


def hostile(
    text: str, *, whole: Literal["graded", "rejected", "grader_error"] = "graded"
) -> Result:
    """Make a result with `text` in every string that it holds, in tests of every status."""
    tests = [
        TestResult(
            id=text,
            title=text,
            status=status,
            score=None if status == "grader_error" else float(alone),
            max_score=3.0,
            # Feedback of its own as well as feedback shared with the next test.
            feedback=text + status * alone,
            hint=text,
        )
        for status in STATUSES
        for alone in (0, 0, 1)
    ]
    parts = ExerciseResult(
        name=text,
        score=1.0,
        max_score=15.0,
        deferred_score=2.0,
        diagnosis=[Diagnosis(mistake=text, title=text, text=text)],
        measurements={
            **{text: text, f"{text}2": [text], f"{text}3": {text: text}},
            "card": {**CARD, "name": text},
            "speed": [
                timed(text, about=text, walks_read=3.0),
                timed(text, of=text),
                {"name": text},
            ],
        },
        nickname=text,
        tests=tests,
    )
    return Result(
        kit=KitInfo(name=text, version=text, sha256=text),
        submission=SubmissionInfo(id=text, sha256=text, submitted_at=text, files=[text, text]),
        seed=1,
        graded_at=text,
        environment=Environment(python=text, numpy=text, torch=text, triton=text, card=text),
        confinement=Confinement(landlock=None, seccomp=False, namespaces=[text, text], user=text),
        status=whole,
        score=1.0,
        max_score=15.0,
        deferred_score=2.0,
        adjustments=[Adjustment(reason=text, points=-1.0)],
        final_score=0.0,
        exercises=[parts, parts],
        findings=[
            Finding(severity="error", exercise=text, text=text),
            Finding(severity="info", text=text),
        ],
    )
