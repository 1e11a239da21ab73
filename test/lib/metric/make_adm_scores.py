"""Writes adm_scores.json: figures by the arithmetic of ADM's evaluator.

FID and sFID by np.cov and scipy's root of the product, Inception Score in
splits of 5,000, precision and recall by radii to the third neighbour, in
float64 where the evaluator has float16. Features are a formula of their names,
the same as formulaWeights() of lib/workflow/verify, so that none are stored.

    python make_adm_scores.py adm_scores.json     # numpy, scipy
"""

import json
import sys
import zlib

import numpy as np
from scipy import linalg

SAMPLES, REFERENCE, NEIGHBOURS, SPLIT = 10200, 700, 3, 5000
WIDTHS = dict(pool_3=48, spatial=40, logits=30)


def formula(name, shape):
    """Murmur3's finaliser of crc32(name) + i * 0x9E3779B9, spread over +-sqrt(6 / width)."""
    count = shape[0] * shape[1]
    with np.errstate(over="ignore"):
        h = np.uint32(zlib.crc32(name.encode())) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        h = (h ^ (h >> 16)) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> 13)) * np.uint32(0xC2B2AE35)
        h = h ^ (h >> 16)
    values = (2 * (h / 2.0**32) - 1) * np.sqrt(6 / shape[1])
    return values.astype(np.float32).reshape(shape)


def features(role, name, rows):
    """Rectified, not equally spread."""
    x = formula(f"{role}.{name}", (rows, WIDTHS[name])).astype(np.float64)
    gain, shift = (1.06, 0.05) if role == "samples" else (1.15, 0.0)
    return np.maximum(gain * x + shift, 0).astype(np.float32).astype(np.float64)


def frechet(a, b):
    mu1, mu2 = a.mean(axis=0), b.mean(axis=0)
    sigma1, sigma2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = linalg.sqrtm(sigma1.dot(sigma2))
    diff = mu1 - mu2
    return float(diff.dot(diff) + np.trace(sigma1) + np.trace(sigma2) - 2 * np.trace(root).real)


def inception_score(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    preds = e / e.sum(axis=1, keepdims=True)
    scores = []
    for i in range(0, len(preds), SPLIT):
        part = preds[i:i + SPLIT]
        kl = part * (np.log(part) - np.log(np.expand_dims(part.mean(axis=0), 0)))
        scores.append(np.exp(kl.sum(axis=1).mean()))
    return float(np.mean(scores))


def squared(a, b):
    return np.stack([((row - b) ** 2).sum(axis=1) for row in a])


def inside(points, centres, radii):
    return float((squared(points, centres) <= radii).any(axis=1).mean())


def radii(x):
    return np.array([np.partition(((row - x) ** 2).sum(axis=1), NEIGHBOURS)[NEIGHBOURS] for row in x])


def main(path):
    sets = {role: {name: features(role, name, rows) for name in ("pool_3", "spatial")}
            for role, rows in (("samples", SAMPLES), ("reference", REFERENCE))}
    logits = 6 * formula("samples.logits", (SAMPLES, WIDTHS["logits"])).astype(np.float64)
    samples, reference = (sets[role]["pool_3"] for role in ("samples", "reference"))
    scores = dict(
        fid=frechet(samples, reference),
        sfid=frechet(sets["samples"]["spatial"], sets["reference"]["spatial"]),
        inception_score=inception_score(logits),
        precision=inside(samples, reference, radii(reference)),
        recall=inside(reference, samples, radii(samples)))
    with open(path, "w") as file:
        json.dump(scores, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
