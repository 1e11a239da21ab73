"""Writes scores.safetensors: features and logits, and what others make of them.

torch-fidelity's functions give FID, KID, inception score, precision and recall;
density and coverage are their formulas in numpy, every distance a difference.

    python make_scores.py scores.safetensors     # numpy, scipy, torch, torch-fidelity
"""

import json
import struct
import sys
from unittest.mock import MagicMock

# Only its pictures need torchvision.
for name in ["torchvision", "torchvision.transforms", "torchvision.transforms.functional",
             "torchvision.datasets", "torchvision.models"]:
    sys.modules[name] = MagicMock()

import numpy as np
import torch
import torch_fidelity
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

KID = dict(kid_subsets=7, kid_subset_size=60, kid_kernel="poly", kid_kernel_poly_degree=3,
           kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1.0, rng_seed=2020)
PRC = dict(prc_neighborhood=3, prc_batch_size=1000, save_cpu_ram=False)


def density_coverage(real, fake, k=5):
    """Naeem et al. 2020: balls to the k-th other row, borders outside."""
    def distances(a, b):
        return ((a[:, None].astype(np.float64) - b[None]) ** 2).sum(-1)

    radii = np.sort(distances(real, real), axis=1)[:, k]
    inside = distances(real, fake) < radii[:, None]
    return float(inside.sum() / (k * len(fake))), float(inside.any(axis=1).mean())


def main(path):
    rng = np.random.default_rng(7)
    mix = rng.normal(size=(24, 24)) * 0.3
    real = np.maximum(rng.normal(size=(300, 24)) @ mix, 0).astype(np.float32)
    fake = np.maximum(rng.normal(size=(260, 24)) @ mix * 1.1 + 0.05, 0).astype(np.float32)
    # Copies: distances of zero, and equal distances.
    fake[:20] = real[:20]
    fake[20:30] = fake[30:40]
    logits = (rng.normal(size=(260, 10)) * 2).astype(np.float32)
    a, b, l = torch.from_numpy(real), torch.from_numpy(fake), torch.from_numpy(logits)
    quiet = dict(verbose=False)
    statistics = [fid_features_to_statistics(x) for x in (a, b)]
    fid = fid_statistics_to_metric(*statistics, verbose=False)
    kid = kid_features_to_metric(b, a, **KID, **quiet)
    prc = prc_features_to_metric(b, a, **PRC, **quiet)
    isc = isc_features_to_metric(l, splits=2, shuffle=False, rng_seed=2020)
    density, coverage = density_coverage(real, fake)
    config = dict(
        fid=fid["frechet_inception_distance"], kid=kid["kernel_inception_distance_mean"],
        kid_std=kid["kernel_inception_distance_std"], precision=prc["precision"], recall=prc["recall"],
        inception_score_of_2=isc["inception_score_mean"], density=density, coverage=coverage)
    origin = f"torch-fidelity {torch_fidelity.__version__}, numpy {np.__version__}"
    save(path, dict(reference=real, samples=fake, logits=logits), dict(config=json.dumps(config), origin=origin))
    print(json.dumps(config, indent=1))


def save(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    for name, value in tensors.items():
        header[name] = dict(dtype="F32", shape=list(value.shape), data_offsets=[at, at + value.nbytes])
        at += value.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
