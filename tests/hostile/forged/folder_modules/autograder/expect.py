def expect_close(got, expected, *, about):
    pass
