"""Writes the small checkpoints beside this file with PyTorch.

    python make_checkpoints.py

Every tensor counts 0, 1, 2, ... in the order of its indices, so that a reader
of strides is judged by values that need no file. Made with PyTorch 2.14.
"""
import argparse
import os
from collections import OrderedDict

import torch


def count(*shape, dtype=torch.float32):
    n = 1
    for size in shape:
        n *= size
    return torch.arange(n, dtype=torch.float32).reshape(shape).to(dtype)


def model():
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 2), torch.nn.BatchNorm2d(4), torch.nn.Linear(5, 3)
    )
    for value in module.state_dict().values():
        value.copy_(count(*value.shape))
    module = module.to(memory_format=torch.channels_last)
    state = module.state_dict()  # an OrderedDict with _metadata
    fused = torch.cat([torch.full((2, 3), -1.0), count(4, 3)])
    state["transposed"] = count(5, 4).t().contiguous().t()
    state["rows of a larger one"] = fused[2:]
    state["columns"] = torch.cat([count(4, 2), torch.zeros(4, 1)], 1)[:, :2]
    state["half"] = count(3, 2, dtype=torch.float16)
    state["bfloat"] = count(3, 2, dtype=torch.bfloat16)
    state["double"] = count(3, 2, dtype=torch.float64)
    state["int"] = count(3, dtype=torch.int32)
    state["short"] = count(3, dtype=torch.int16)
    state["char"] = count(3, dtype=torch.int8)
    state["byte"] = count(3, dtype=torch.uint8)
    state["bool"] = count(2, dtype=torch.bool)
    state["parameter"] = torch.nn.Parameter(count(2, 2))
    state["scalar"] = count()
    state["empty"] = count(0, 3)
    return state


def everything():
    state = model()
    args = argparse.Namespace(
        name="née", none=None, flag=True, rate=1e-3, negative=-7, big=2**40,
        huge=2**80, list=[1, [2]], pair=(1, 2), four=(1, 2, 3, 4), set={1, 2},
        frozen=frozenset([3]), raw=b"\x00\xff", device=torch.device("cpu"),
        dtype=torch.bfloat16, size=torch.Size([2, 3]), nested={"a": {1: "b"}},
    )
    optimizer = torch.optim.AdamW([torch.nn.Parameter(count(3))])
    return {
        "model": state,
        "optimizer": optimizer.state_dict(),
        "epochs": 3,
        "args": args,
        "ema": OrderedDict(only=count(2)),
    }


if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    for protocol in (2, 5):
        path = os.path.join(folder, f"protocol{protocol}.pt")
        torch.save(everything(), path, pickle_protocol=protocol)
    legacy = os.path.join(folder, "legacy.pt")
    torch.save({"only": count(2)}, legacy, _use_new_zipfile_serialization=False)
