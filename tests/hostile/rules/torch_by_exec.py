"""Imports PyTorch in a string that is run."""


def softmax_stable(x, axis=-1):
    space = {"x": x, "axis": axis}
    exec("import torch\ny = torch.softmax(torch.from_numpy(x.copy()), axis).numpy()", space)
    return space["y"]
