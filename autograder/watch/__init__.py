"""``autograder try --watch``: what a save has changed runs again."""
