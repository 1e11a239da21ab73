"""Records a small KL-16 VAE with PyTorch, in float64: test/golden/kl16.safetensors.

    python make_kl16.py OUTPUT [CHECKPOINT]

Written from the architecture's description (Rombach et al. 2022; MAR, Li et al.
2024), not from its code. Weights are a formula, so that the recording is small;
stages/verify/kl16.ts makes the same. CHECKPOINT gets them in the layout of MAR's kl16.ckpt.
"""
import json
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

CONFIG = {
    "backbone": "kl16",
    "image_size": 16,
    "patch_size": 2,
    "latent_dim": 4,
    "ch": 32,
    "ch_mult": [1, 2],
    "num_res_blocks": 1,
    "latent_scale": 0.2325,
}
IMAGES = 2


class Shapes(dict):
    """Shapes by name, collected layer by layer."""

    def conv(self, name, inputs, outputs, kernel):
        self[name + ".weight"] = (outputs, inputs, kernel, kernel)
        self[name + ".bias"] = (outputs,)

    def norm(self, name, width):
        self[name + ".weight"] = self[name + ".bias"] = (width,)

    def block(self, name, inputs, outputs):
        self.norm(name + ".norm1", inputs)
        self.conv(name + ".conv1", inputs, outputs, 3)
        self.norm(name + ".norm2", outputs)
        self.conv(name + ".conv2", outputs, outputs, 3)
        if inputs != outputs:
            self.conv(name + ".nin_shortcut", inputs, outputs, 1)

    def attention(self, name, width):
        self.norm(name + ".norm", width)
        for part in ("q", "k", "v", "proj_out"):
            self.conv(f"{name}.{part}", width, width, 1)

    def middle(self, name, width):
        self.block(name + ".mid.block_1", width, width)
        self.attention(name + ".mid.attn_1", width)
        self.block(name + ".mid.block_2", width, width)


def shapes_of(config):
    shapes = Shapes()
    ch, d = config["ch"], config["latent_dim"]
    widths = [ch * factor for factor in config["ch_mult"]]
    last, blocks = len(widths) - 1, config["num_res_blocks"]
    shapes.conv("encoder.conv_in", 3, ch, 3)
    inputs = ch
    for i, width in enumerate(widths):
        for k in range(blocks):
            shapes.block(f"encoder.down.{i}.block.{k}", inputs, width)
            inputs = width
            if i == last:
                shapes.attention(f"encoder.down.{i}.attn.{k}", width)
        if i < last:
            shapes.conv(f"encoder.down.{i}.downsample.conv", width, width, 3)
    top = widths[-1]
    shapes.middle("encoder", top)
    shapes.norm("encoder.norm_out", top)
    shapes.conv("encoder.conv_out", top, 2 * d, 3)
    shapes.conv("quant_conv", 2 * d, 2 * d, 1)
    shapes.conv("post_quant_conv", d, d, 1)
    shapes.conv("decoder.conv_in", d, top, 3)
    shapes.middle("decoder", top)
    inputs = top
    for i in reversed(range(last + 1)):
        for k in range(blocks + 1):
            shapes.block(f"decoder.up.{i}.block.{k}", inputs, widths[i])
            inputs = widths[i]
        if i > 0:
            shapes.conv(f"decoder.up.{i}.upsample.conv", inputs, inputs, 3)
    shapes.norm("decoder.norm_out", inputs)
    shapes.conv("decoder.conv_out", inputs, 3, 3)
    return shapes


def weight(k, shape):
    """The tensor that comes k-th by name."""
    count = torch.Size(shape).numel()
    i = torch.arange(count, dtype=torch.float64)
    wave = torch.sin(i * 12.9898 + k * 78.233).abs() * 43758.5453
    u = wave % 1.0 * 2 - 1
    scaled = 0.5 + 0.3 * u if len(shape) == 1 else u * (3 * shape[0] / count) ** 0.5
    return scaled.float().double().reshape(shape)


class Model:
    def __init__(self, weights, config):
        self.weights, self.config = weights, config

    def conv(self, name, x, **options):
        w = self.weights
        return F.conv2d(x, w[name + ".weight"], w[name + ".bias"], **options)

    def norm(self, name, x):
        w = self.weights
        return F.group_norm(x, 32, w[name + ".weight"], w[name + ".bias"], 1e-6)

    def normed_conv(self, norm, conv, x):
        return self.conv(conv, F.silu(self.norm(norm, x)), padding=1)

    def block(self, name, x):
        h = self.normed_conv(name + ".norm1", name + ".conv1", x)
        h = self.normed_conv(name + ".norm2", name + ".conv2", h)
        if name + ".nin_shortcut.weight" in self.weights:
            x = self.conv(name + ".nin_shortcut", x)
        return x + h

    def attention(self, name, x):
        h = self.norm(name + ".norm", x)
        q, k, v = (self.conv(f"{name}.{part}", h).flatten(2).mT for part in "qkv")
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.conv(name + ".proj_out", mixed.mT.reshape(x.shape))

    def middle(self, name, x):
        x = self.block(name + ".mid.block_1", x)
        x = self.attention(name + ".mid.attn_1", x)
        return self.block(name + ".mid.block_2", x)

    def encode(self, images):
        last = len(self.config["ch_mult"]) - 1
        h = self.conv("encoder.conv_in", images, padding=1)
        for i in range(last + 1):
            for k in range(self.config["num_res_blocks"]):
                h = self.block(f"encoder.down.{i}.block.{k}", h)
                if i == last:
                    h = self.attention(f"encoder.down.{i}.attn.{k}", h)
            if i < last:
                padded = F.pad(h, (0, 1, 0, 1))
                h = self.conv(f"encoder.down.{i}.downsample.conv", padded, stride=2)
        h = self.middle("encoder", h)
        h = self.normed_conv("encoder.norm_out", "encoder.conv_out", h)
        mean, log_variance = self.conv("quant_conv", h).chunk(2, 1)
        return mean, torch.exp(log_variance.clamp(-30, 20) / 2)

    def decode(self, z):
        h = self.conv("decoder.conv_in", self.conv("post_quant_conv", z), padding=1)
        h = self.middle("decoder", h)
        for i in reversed(range(len(self.config["ch_mult"]))):
            for k in range(self.config["num_res_blocks"] + 1):
                h = self.block(f"decoder.up.{i}.block.{k}", h)
            if i > 0:
                h = F.interpolate(h, scale_factor=2.0, mode="nearest")
                h = self.conv(f"decoder.up.{i}.upsample.conv", h, padding=1)
        return self.normed_conv("decoder.norm_out", "decoder.conv_out", h)


def rounded(x):
    return x.float().double()


def main(output, checkpoint=None):
    torch.set_default_dtype(torch.float64)
    shapes = shapes_of(CONFIG)
    weights = {name: weight(k, shapes[name]) for k, name in enumerate(sorted(shapes))}
    model = Model(weights, CONFIG)
    size, d, scale = (CONFIG[key] for key in ("image_size", "latent_dim", "latent_scale"))
    grid = size // CONFIG["patch_size"]
    draws = torch.Generator().manual_seed(5)
    images = rounded(torch.rand(IMAGES, 3, size, size, generator=draws)) * 2 - 1
    noise = rounded(torch.randn(IMAGES, grid * grid, d, generator=draws))
    mu, sigma = (x.flatten(2).mT * scale for x in model.encode(rounded(images)))
    z = rounded(mu + sigma * noise)
    image = model.decode((z / scale).mT.reshape(IMAGES, d, grid, grid))
    tensors = {
        "in/images": images,
        "in/noise": noise,
        "out/mu": mu,
        "out/sigma": sigma,
        "out/z": z,
        "out/image": image,
    }
    save_file(
        {name: x.float().contiguous() for name, x in tensors.items()},
        output,
        metadata={
            "case": "kl16",
            "config": json.dumps(CONFIG),
            "made_by": f"make_kl16.py, torch {torch.__version__}, float64",
        },
    )
    if checkpoint is not None:
        torch.save({"model": {name: w.float() for name, w in weights.items()}}, checkpoint)


main(*sys.argv[1:])
