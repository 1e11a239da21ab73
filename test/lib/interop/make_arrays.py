"""Writes the archives of arrays that npz_reader_test.ts reads.

    python make_arrays.py FOLDER     # numpy
"""

import sys

import numpy as np

folder = sys.argv[1]
arrays = dict(
    arr_0=(np.arange(5 * 4 * 4 * 3) * 7 % 256).astype(np.uint8).reshape(5, 4, 4, 3),
    mu=np.arange(3, dtype=np.float64) / 7,
    sigma=np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3)),
    single=np.float32(0.5),
    labels=np.array([3, -1, 2**31 - 1], dtype=np.int64),
    few=np.array([[1.5, -2]], dtype=np.float32),
)
np.savez(f"{folder}/stored.npz", **arrays)
np.savez_compressed(f"{folder}/deflated.npz", **arrays)
