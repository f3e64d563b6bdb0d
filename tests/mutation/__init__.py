"""Mutation testing of the hidden tests.

Known mistakes show that the tests find what someone thought of. Here the references are
broken in every small way that a table of operators knows, and each broken one has to lose
points: what none of the tests notices is a test that is missing, or a change that changes
nothing, and then ``equivalent.toml`` says why.
"""
