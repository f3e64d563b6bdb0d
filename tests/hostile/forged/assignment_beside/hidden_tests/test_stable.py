def test_all(student):
    pass
