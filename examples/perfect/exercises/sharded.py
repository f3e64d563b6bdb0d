import numpy as np

from autograder.practice import ranks


def softmax_sharded(x_local, comm):
    m = comm.all_reduce(float(np.max(x_local)) if len(x_local) else -np.inf, "max")
    with np.errstate(invalid="ignore"):
        e = np.exp(x_local - m)
    return e / comm.all_reduce(float(np.sum(e)), "sum")


if __name__ == "__main__":
    print(ranks(2).run(softmax_sharded, [np.array([1.0, 3.0]), np.array([2.0])]))
