"""The wall: a fork server, confined workers, and the wire between them and the grader."""
