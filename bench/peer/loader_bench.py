"""Times the authors' loader: JPEG files decoded, cropped at random and flipped.

Usage: loader_bench.py --release DIR --archive TAR --size N --batch N --workers N

DIR is a checkout of github.com/guolinke/SphereAR, whose SphereAR/dataset.py is
imported as it is; TAR is an archive in ImageNet's official layout. Standard
output is JSON lines: first the peer's versions, then an answer
{"seconds": s, "processor": p} to each line {"images": n} on standard input: from
the first batch to the last of n more images, by a DataLoader whose workers are
running, and the processors' seconds for as many, those of workers among them.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import resource
import sys
import time
import types

options = argparse.ArgumentParser()
options.add_argument("--release", required=True)
options.add_argument("--archive", required=True)
options.add_argument("--size", type=int, required=True)
options.add_argument("--batch", type=int, required=True)
options.add_argument("--workers", type=int, required=True)
options = options.parse_args()

import numpy
import PIL
import torch
from torch.utils.data import DataLoader, Sampler

# Of torchvision the release's file wants a reader of folders, which is not used.
sys.modules["torchvision"] = types.ModuleType("torchvision")
sys.modules["torchvision.datasets"] = types.ModuleType("torchvision.datasets")
sys.modules["torchvision.datasets"].ImageFolder = None
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location(
    "release_dataset", os.path.join(options.release, "SphereAR", "dataset.py")
)
release = importlib.util.module_from_spec(spec)
spec.loader.exec_module(release)


class Rounds(Sampler):
    """The images of an archive again and again, in an order of each round's own."""

    def __init__(self, images, count):
        self.images, self.count = images, count

    def __len__(self):
        return self.count

    def __iter__(self):
        order = numpy.random.default_rng(0)
        left = self.count
        while left > 0:
            for index in order.permutation(self.images)[:left]:
                yield int(index)
            left -= self.images


def processor_seconds():
    """Of this process and of all that have ended below it."""
    own, below = map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def measure(dataset, count):
    """Seconds for so many images after the first batch, by clock and processor."""
    batch = options.batch
    before = processor_seconds()
    loader = DataLoader(
        dataset,
        batch_size=batch,
        sampler=Rounds(len(dataset), batch + count // batch * batch),
        num_workers=options.workers,
        drop_last=True,
    )
    batches = iter(loader)
    next(batches)
    started = time.perf_counter()
    seen = sum(len(images) for images, _ in batches)
    seconds = (time.perf_counter() - started) / seen * count
    del batches, loader
    used = processor_seconds() - before
    return {"seconds": seconds, "processor": used / (seen + batch) * count}


with contextlib.redirect_stdout(sys.stderr):
    raw = release.ImageNetTarDataset(options.archive)
dataset = release.ImageCropDataset(raw, options.size, 16)
dataset.set_epoch(0)

versions = {"torch": torch.__version__, "pillow": PIL.__version__}
print(json.dumps(versions), flush=True)
for line in sys.stdin:
    print(json.dumps(measure(dataset, json.loads(line)["images"])), flush=True)
