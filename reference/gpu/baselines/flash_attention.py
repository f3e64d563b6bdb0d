"""What ``flash_attention`` is compared with, and on what.

Every function without an underscore is a baseline, but for ``cases``; its docstring is its name.
"""

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from autograder.triton_tasks.cases import Case

MOST_SCORES = 1 << 28  # that may be stored
TOKENS = 16_384  # of all sequences of a batch together
WIDTH = 2_048  # of all heads together


def _attend(backend, q, k, v, causal, scale):
    if causal and q.shape[-2] != k.shape[-2]:
        # PyTorch aligns the first query with the first key, the task the last with the last.
        raise ValueError("causal with Tq other than Tk means something else in PyTorch")
    with sdpa_kernel(backend):
        return torch.nn.functional.scaled_dot_product_attention(
            q, k, v, is_causal=causal, scale=scale
        )


def flash(q, k, v, causal=False, scale=None):
    """PyTorch's flash attention"""
    return _attend(SDPBackend.FLASH_ATTENTION, q, k, v, causal, scale)


def efficient(q, k, v, causal=False, scale=None):
    """PyTorch's memory-efficient attention"""
    return _attend(SDPBackend.EFFICIENT_ATTENTION, q, k, v, causal, scale)


def cudnn(q, k, v, causal=False, scale=None):
    """cuDNN's attention"""
    return _attend(SDPBackend.CUDNN_ATTENTION, q, k, v, causal, scale)


def math(q, k, v, causal=False, scale=None):
    """PyTorch's plain attention"""
    if q.shape[0] * q.shape[1] * q.shape[2] * k.shape[2] > MOST_SCORES:
        raise ValueError("not for so many tokens: it stores all scores")
    return _attend(SDPBackend.MATH, q, k, v, causal, scale)


def cases(card):
    """4,096 to 16,384 tokens, in a batch and heads such that all have as many numbers."""
    dtype = "bfloat16" if card.capability >= 80 else "float16"
    found = []
    for dim in (64, 128):
        for causal in (False, True):
            for tokens in (4_096, 8_192, 16_384):
                batch, heads = TOKENS // tokens, WIDTH // dim
                flops = 4 * batch * heads * tokens**2 * dim  # two products
                case = Case(
                    panel=f"{dtype}, D = {dim}, {'causal' if causal else 'full'}",
                    length=tokens,
                    unit="tokens",
                    shapes=((batch, heads, tokens, dim),) * 3,
                    dtype=dtype,
                    kwargs={"causal": causal},
                    nbytes=4 * 2 * batch * heads * tokens * dim,
                    flops=flops // 2 if causal else flops,  # of half the scores
                    bound="arithmetic",
                )
                found.append(case)
    return found
