def test_nothing(student):
    """nothing at all"""
