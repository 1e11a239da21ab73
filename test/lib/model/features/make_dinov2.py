"""Records a thin DINOv2 of transformers: features of images as FD-DINOv2 takes them.

    python make_dinov2.py OUTPUT.safetensors

Needs torch (CPU), transformers, numpy, pillow and safetensors. The weights are a
formula of their names in DINOv2's own checkpoints, so the file holds none; the
model is transformers', which names and splits them otherwise. Images become 224
pixels by Pillow's bicubic filter, as layer6ai-labs/dgm-eval does it. Positions are
interpolated as DINOv2's hub models do (transformers leaves the offset out).
"""
import json
import sys
import zlib

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file
from transformers import Dinov2Config, Dinov2Model
from transformers.models.dinov2 import modeling_dinov2

DIM, LAYERS, HEADS, PATCH, GRID = 128, 2, 2, 14, 5
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def formula(name, shape):
    """The formula of the recordings of Inception (verify/formula.ts has it too)."""
    n = int(np.prod(shape))
    with np.errstate(over="ignore"):
        h = np.uint32(zlib.crc32(name.encode())) + np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B9)
        h = h.astype(np.uint32)
        h ^= h >> 16
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> 13
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> 16
    s = 2 * (h.astype(np.float64) / 2**32).reshape(shape) - 1
    w = s * np.sqrt(6 / np.prod(shape[1:])) if len(shape) > 1 else 0.2 * s
    return w.astype(np.float32)


def official_shapes():
    shapes = {
        "cls_token": (1, 1, DIM), "pos_embed": (1, 1 + GRID * GRID, DIM), "mask_token": (1, DIM),
        "patch_embed.proj.weight": (DIM, 3, PATCH, PATCH), "patch_embed.proj.bias": (DIM,),
        "norm.weight": (DIM,), "norm.bias": (DIM,),
    }
    for i in range(LAYERS):
        for name, shape in {
            "norm1": (DIM,), "norm2": (DIM,), "attn.qkv": (3 * DIM, DIM), "attn.proj": (DIM, DIM),
            "mlp.fc1": (4 * DIM, DIM), "mlp.fc2": (DIM, 4 * DIM),
        }.items():
            shapes[f"blocks.{i}.{name}.weight"] = shape
            shapes[f"blocks.{i}.{name}.bias"] = shape[:1]
        shapes[f"blocks.{i}.ls1.gamma"] = (DIM,)
        shapes[f"blocks.{i}.ls2.gamma"] = (DIM,)
    return shapes


def hub_weights(own):
    """The official weights under the names of the model in memory."""
    hub = {
        "embeddings.cls_token": own["cls_token"],
        "embeddings.mask_token": own["mask_token"],
        "embeddings.position_embeddings": own["pos_embed"],
        "embeddings.patch_embeddings.projection.weight": own["patch_embed.proj.weight"],
        "embeddings.patch_embeddings.projection.bias": own["patch_embed.proj.bias"],
        "layernorm.weight": own["norm.weight"],
        "layernorm.bias": own["norm.bias"],
    }
    for i in range(LAYERS):
        a, b = f"blocks.{i}.", f"encoder.layer.{i}."
        for kind in ("weight", "bias"):
            for part, rows in zip("qkv", np.split(own[f"{a}attn.qkv.{kind}"], 3)):
                hub[f"{b}attention.{part}_proj.{kind}"] = rows
            hub[f"{b}attention.o_proj.{kind}"] = own[f"{a}attn.proj.{kind}"]
            for name in ("norm1", "norm2", "mlp.fc1", "mlp.fc2"):
                hub[f"{b}{name}.{kind}"] = own[f"{a}{name}.{kind}"]
        hub[f"{b}layer_scale1.lambda1"] = own[f"{a}ls1.gamma"]
        hub[f"{b}layer_scale2.lambda1"] = own[f"{a}ls2.gamma"]
    return hub


def interpolate(self, embeddings, height, width):
    """DINOv2's own rule: a factor with 0.1 added, so that rounding cannot lose a patch."""
    table = self.position_embeddings
    grid = int((table.shape[1] - 1) ** 0.5)
    patches = table[:, 1:].reshape(1, grid, grid, -1).permute(0, 3, 1, 2)
    factor = (height // PATCH + 0.1) / grid, (width // PATCH + 0.1) / grid
    patches = torch.nn.functional.interpolate(patches, scale_factor=factor, mode="bicubic")
    return torch.cat([table[:, :1], patches.permute(0, 2, 3, 1).reshape(1, -1, table.shape[2])], 1)


def main():
    own = {name: formula(name, shape) for name, shape in official_shapes().items()}
    config = Dinov2Config(
        hidden_size=DIM, num_hidden_layers=LAYERS, num_attention_heads=HEADS, image_size=PATCH * GRID, patch_size=PATCH)
    model = Dinov2Model(config).eval()
    model.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(w)) for name, w in hub_weights(own).items()})
    modeling_dinov2.Dinov2Embeddings.interpolate_pos_encoding = interpolate
    model.save_pretrained(sys.argv[1] + ".hub")
    rng = np.random.default_rng(7)
    tensors = {}
    for size in (32, 224, 256):
        y, x = np.mgrid[0:size, 0:size]
        image = np.stack([np.sin(x / 3) * 80 + 120, np.cos(y / 4) * 90 + 128, (2 * x + y) % 256], -1)
        image = (image + rng.normal(size=image.shape) * 20).clip(0, 255).astype(np.uint8)[None]
        resized = np.stack([np.asarray(Image.fromarray(one).resize((224, 224), Image.BICUBIC)) for one in image])
        pixels = (torch.from_numpy(resized).permute(0, 3, 1, 2) / 255 - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)
        with torch.no_grad():
            out = model(pixels).last_hidden_state[:, 0]
        tensors[f"in/{size}/images"] = image
        tensors[f"out/{size}/cls"] = out.numpy()
        print(size, out.std().item())
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, sys.argv[1], {
        "case": "dinov2",
        "made_by": "make_dinov2.py",
        "config": json.dumps({"keys": {name: list(w.shape) for name, w in own.items()}}),
    })


main()
