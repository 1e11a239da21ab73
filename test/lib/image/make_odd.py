"""Writes odd.safetensors: odd picture files and Pillow's bytes of them.

python make_odd.py odd.safetensors, with Pillow 13.0.0, numpy 2 and safetensors.
"""

import io
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image
from safetensors.numpy import save_file

WIDTH, HEIGHT = 37, 29


def noise(channels, seed):
    """Smooth colours with some noise, uint8 [HEIGHT, WIDTH, channels]."""
    draws = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    waves = [
        127 + 90 * np.sin(x / (3 + c) + seed) * np.cos(y / (4 + c))
        for c in range(channels)
    ]
    pixels = np.stack(waves, -1) + draws.normal(0, 12, (HEIGHT, WIDTH, channels))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png16(channels, seed):
    """A PNG of 16 bits, which Pillow writes of grey ones alone."""
    high, low = noise(channels, seed), noise(channels, seed + 1)
    rows = np.stack([high, low], -1).reshape(HEIGHT, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def ycck(file):
    """A CMYK file whose Adobe marker says that its colours are YCCK."""
    at = file.index(b"Adobe") + 11
    assert file[at] == 0
    return file[:at] + b"\x02" + file[at + 1 :]


def files():
    rgb = Image.fromarray(noise(3, 1))
    rgba = Image.fromarray(noise(4, 2))
    grey = Image.fromarray(noise(1, 3)[..., 0])
    cmyk = saved(Image.fromarray(noise(4, 4), "CMYK"), "JPEG", quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    palette = rgb.quantize(20)
    return {
        "subsampled.jpg": saved(rgb, "JPEG", quality=75),
        "subsampled_422.jpg": saved(rgb, "JPEG", quality=75, subsampling=1),
        "progressive.jpg": saved(rgb, "JPEG", quality=75, progressive=True),
        "grey.jpg": saved(grey, "JPEG", quality=75),
        "cmyk.jpg": cmyk,
        "ycck.jpg": ycck(cmyk),
        "turned.jpg": saved(rgb, "JPEG", quality=75, exif=exif),
        "png.JPEG": saved(rgb, "PNG"),
        "palette.png": saved(palette, "PNG"),
        "palette_clear.png": saved(palette, "PNG", transparency=3),
        "alpha.png": saved(rgba, "PNG"),
        "grey_alpha.png": saved(rgba.convert("LA"), "PNG"),
        "grey.png": saved(grey, "PNG"),
        "bits.png": saved(grey.convert("1"), "PNG"),
        "grey_16.png": png16(1, 5),
        "grey_alpha_16.png": png16(2, 6),
        "rgb_16.png": png16(3, 7),
        "rgba_16.png": png16(4, 8),
        "palette.gif": saved(palette, "GIF"),
        "lossless.webp": saved(rgba, "WEBP", lossless=True, exact=True),
    }


def main(path):
    tensors = {}
    for name, file in files().items():
        pixels = np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))
        tensors[f"{name}/file"] = np.frombuffer(file, np.uint8)
        tensors[f"{name}/rgb"] = pixels
    metadata = {
        "made by": "test/lib/image/make_odd.py",
        "Pillow": PIL.__version__,
    }
    save_file(tensors, path, metadata)


main(sys.argv[1])
