"""The sharded exercise over torch.distributed: the student's file, unchanged.

    torchrun --standalone --nproc-per-node 4 docs/torch-distributed/run.py exercises/sharded.py

Every process is one rank. It draws its shard of one row of logits, lets ``softmax_sharded``
work on it, and compares with the softmax of the whole row, which only this script can see.
"""

import os
import runpy
import sys

import numpy as np
import torch
import torch.distributed as dist


class TorchCommunicator:
    """The ``comm`` of the exercise, over a process group of PyTorch.

    Parameters
    ----------
    device
        Where a group of this backend reduces: ``"cpu"`` for gloo, this rank's card for NCCL.
    """

    def __init__(self, device: str) -> None:
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()
        self._device = device

    def all_reduce(self, value, op):
        """A number gives a Python float, an array one of its shape and type."""
        how = {"max": dist.ReduceOp.MAX, "sum": dist.ReduceOp.SUM}[op]
        is_array = isinstance(value, np.ndarray) and value.ndim > 0
        tensor = torch.as_tensor(value if is_array else float(value), device=self._device)
        tensor = tensor.clone() if is_array else tensor.to(torch.float64)
        dist.all_reduce(tensor, how)
        return tensor.cpu().numpy() if is_array else tensor.item()


def main(path: str) -> None:
    softmax_sharded = runpy.run_path(path)["softmax_sharded"]
    if torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"]):  # a card for each
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
        dist.init_process_group("nccl")
    else:
        device = "cpu"
        dist.init_process_group("gloo")
    comm = TorchCommunicator(device)

    row = np.random.default_rng(0).normal(500, 200, 1000)
    # Shards of unequal length; with more than two ranks, the last of them holds nothing.
    cuts = np.sort(np.random.default_rng(1).integers(0, 1000, comm.size - 1))
    if comm.size > 2:
        cuts[-1] = 1000
    shard = np.split(row, cuts)[comm.rank]
    part = softmax_sharded(shard, comm)

    e = np.exp(row - row.max())
    right = np.split(e / e.sum(), cuts)[comm.rank]
    good = np.allclose(part, right, rtol=1e-9, atol=1e-12)
    all_good = comm.all_reduce(-float(good), "max") == -1
    if comm.rank == 0:
        print(f"{comm.size} ranks over {dist.get_backend()}: {'right' if all_good else 'WRONG'}")
    dist.destroy_process_group()
    sys.exit(0 if all_good else 1)


if __name__ == "__main__":
    main(sys.argv[1])
