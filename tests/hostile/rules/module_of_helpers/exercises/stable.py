"""Imports a module of its own that was handed in beside it, and is not one of the exercises."""

from exercises.helpers import softmax_stable
