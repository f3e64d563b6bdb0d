"""Onewalk: graded exercises for numerical kernels, and the grader that scores them.

This package knows nothing of any subject. What is taught, and what is a right
answer, stands in an assignment's own folders (see ``autograder.kit``).
"""

__version__ = "0.1.0"
