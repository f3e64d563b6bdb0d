"""Triton tasks: kernels are vetted, host code is recorded, and the record is replayed."""
