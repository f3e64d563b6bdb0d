"""The student's and the platforms' side of an assignment, as files."""
