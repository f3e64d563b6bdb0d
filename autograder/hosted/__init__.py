"""Grading on a platform's own machine, where a submission lies and a result is waited for."""
