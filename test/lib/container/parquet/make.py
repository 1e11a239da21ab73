"""Writes the parquet files of the tests: python make.py, with pyarrow 26.0.1.

Seven rows of the Hub's layout, pictures of 8 x 8 pixels in one grey each; the
files differ in how they are encoded, not in what they say.
"""

import json
import struct
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent
LABELS = [2, 0, 1, -1, 2, 2, None]
NAMES = ["cat", "dog", "owl"]


def png(grey):
    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes([grey] * 8) for _ in range(8)))
    parts = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def table(named):
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = [{"bytes": png(30 * i), "path": f"{i}.png"} for i in range(len(LABELS))]
    rows[5] = {"bytes": None, "path": "5.png"}
    picture, label = ("image", "label") if not named else ("photo", "kind")
    columns = {
        picture: pa.array(rows, image),
        label: pa.array(LABELS, pa.int64()),
        "tags": pa.array([["a"], [], None, ["b", "c"], ["d"], [], []]),
    }
    features = {
        picture: {"_type": "Image"},
        label: {"_type": "ClassLabel", "names": NAMES},
        "tags": {"feature": {"_type": "Value"}, "_type": "Sequence"},
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    made = pa.table(columns)
    return made.replace_schema_metadata(metadata) if named else made


def write(name, named, **options):
    pq.write_table(table(named), FOLDER / name, **options)


write("snappy.parquet", True, row_group_size=3)
write("plain.parquet", False, compression="none", use_dictionary=False)
write("zstd.parquet", True, compression="zstd", data_page_version="2.0", row_group_size=4)
write("gzip.parquet", True, compression="gzip", data_page_size=64)
write("brotli.parquet", True, compression="brotli", use_dictionary=["kind"])
write("delta.parquet", True, use_dictionary=False, column_encoding={"kind": "DELTA_BINARY_PACKED"})
write("pages.parquet", True, data_page_size=64, write_batch_size=1, dictionary_pagesize_limit=150)
