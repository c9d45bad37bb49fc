import ctypes

from sonolens.models.allocator import keep_freed_memory


def test_another_c_library_is_left_alone(monkeypatch):
    def fail(name):
        raise OSError(f"{name} is not here")

    monkeypatch.setattr(ctypes, "CDLL", fail)

    assert keep_freed_memory.__wrapped__() is False


def test_glibc_is_told_both_thresholds(monkeypatch):
    told = []

    class Library:
        def __init__(self, name):
            self.name = name

        def mallopt(self, option, value):
            told.append((option, value))
            return 1

    monkeypatch.setattr(ctypes, "CDLL", Library)

    assert keep_freed_memory.__wrapped__() is True
    assert told == [(-3, 2**30), (-1, 2**31 - 1)]
