"""Times the authors' release of SphereAR.

Usage: release_bench.py --release DIR --work JSON [--threads N] [--compile]
                        [--device cpu|cuda] [--dtype float32|bfloat16]

DIR is a checkout of github.com/guolinke/SphereAR, which is imported as it is;
the work "features" needs torch-fidelity too (pip install --no-deps torch-fidelity).
JSON is one piece of work (bench/work.ts) with the release's names of sizes.
Standard output is JSON lines: first the peer's versions, then an answer
{"seconds": [...]} to each line {"iterations": n} on standard input.
"""

import argparse
import json
import os
import sys
import time
import types

options = argparse.ArgumentParser()
options.add_argument("--release", required=True)
options.add_argument("--work", required=True, type=json.loads)
options.add_argument("--threads", type=int, default=os.cpu_count())
options.add_argument("--compile", action="store_true")
options.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
options.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
options = options.parse_args()
if not options.compile:
    os.environ["TORCH_COMPILE_DISABLE"] = "1"

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(options.threads)
torch.manual_seed(0)
torch.set_default_device(options.device)


def attend(q, k, v, causal=False, dropout_p=0.0, **_):
    """flash_attn's entry point, which the release imports, on torch's kernel."""
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout_p, is_causal=causal)
    return y.transpose(1, 2).contiguous()


sys.modules["flash_attn"] = types.ModuleType("flash_attn")
sys.modules["flash_attn"].flash_attn_func = attend
sys.path.insert(0, options.release)
sys.dont_write_bytecode = True
import SphereAR.model as release
from SphereAR.vae import VAE


class NoVae(nn.Module):
    """Stands in for the frozen S-VAE, which AR training and sampling never run."""

    normalize = VAE.normalize

    def __init__(self, latent_dim, **_):
        super().__init__()
        self.latent_dim = latent_dim

    def initialize_weights(self):
        pass


def ready(module):
    """As the release moves it; no parameter is left at zero, so nothing is trivial."""
    for parameter in module.parameters():
        if parameter.abs().max() == 0:
            nn.init.normal_(parameter, std=0.02)
    return module.to(memory_format=torch.channels_last)


LAW = ("backbone", "posterior", "normalize")
"""What a configuration says of latents, which the release has in one way only."""


def sizes_of(config, *others):
    return {name: size for name, size in config.items() if name not in LAW + others}


def make_ar(ar, diff_batch_mul=4, make_vae=NoVae):
    patch_size = 16
    sizes = sizes_of(ar, "grid")
    original, release.VAE = release.VAE, make_vae
    model = release.SphereAR(
        **sizes, patch_size=patch_size, resolution=patch_size * ar["grid"], diff_batch_mul=diff_batch_mul
    )
    release.VAE = original
    return ready(model)


def make_vae(vae):
    """The release writes 64 channels into both ends; other presets replace those layers."""
    model = VAE(**sizes_of(vae))
    channels = vae["cnn_chs"][0]
    if channels != 64:
        groups = min(16, channels // 4)
        model.encoder.conv_in = nn.Conv2d(3, channels, 3, padding=1, bias=False)
        model.decoder.conv_out[0] = nn.GroupNorm(groups, channels, eps=1e-6)
    return ready(model)


def trainer(model, loss_of):
    """One step as in train.py: backward, clipping, fused AdamW with decay groups."""
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.dim() >= 2], "weight_decay": 0.05},
        {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=3e-4, betas=(0.9, 0.95), fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_of().backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()

    return step


def finish():
    """Waits for what the device still does."""
    if options.device == "cuda":
        torch.cuda.synchronize()


def timed(run):
    def measure(iterations):
        seconds = []
        for _ in range(iterations):
            start = time.perf_counter()
            run()
            finish()
            seconds.append(time.perf_counter() - start)
        return seconds

    return measure


def ar_training(ar, batch, diffBatchMul):
    model = make_ar(ar, diffBatchMul).train()
    tokens = ar["grid"] ** 2
    latents = model.vae.normalize(torch.randn(batch, tokens, ar["latent_dim"]))
    model.vae.encode = lambda images: (latents, torch.zeros(()))
    classes = torch.randint(0, ar["num_classes"], (batch,))
    return timed(trainer(model, lambda: model(torch.zeros(batch, 3, 1, 1), classes)[0]))


def svae_training(vae, batch, klWeight):
    model = make_vae(vae).train()
    size = vae["image_size"]
    images = torch.rand(batch, 3, size, size).mul(2).sub(1)
    images = images.contiguous(memory_format=torch.channels_last)

    def loss_of():
        latents, divergence = model.encode(images)
        return F.l1_loss(model.decode(latents), images) + klWeight * divergence

    return timed(trainer(model, loss_of))


class ClassifierDistance(nn.Module):
    """LPIPS's distance over the small classifier's maps (lib/model/classifier.ts)."""

    def __init__(self, channels):
        super().__init__()
        widths = [3, *channels]
        self.stages = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False),
                nn.GroupNorm(min(32, outputs // 4), outputs, eps=1e-6),
                nn.SiLU(),
            )
            for inputs, outputs in zip(widths, widths[1:])
        )
        self.requires_grad_(False)

    def forward(self, images, reconstructions):
        distance = 0
        for stage in self.stages:
            images, reconstructions = stage(images), stage(reconstructions)
            difference = F.normalize(images) - F.normalize(reconstructions)
            distance = distance + difference.square().sum(1, keepdim=True).mean((2, 3), keepdim=True)
        return distance


def make_gan(perceptual, ndf, n_layers):
    """Its perceptual network asks for files; random numbers cost the same."""
    models = types.ModuleType("torchvision.models")
    models.VGG16_Weights = types.SimpleNamespace(IMAGENET1K_V1=None)
    models.vgg16 = lambda weights: types.SimpleNamespace(features=vgg16_features())
    torchvision = types.ModuleType("torchvision")
    torchvision.models = models
    for name in ("requests", "tqdm"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["tqdm"].tqdm = getattr(sys.modules["tqdm"], "tqdm", None)
    sys.modules.update({"torchvision": torchvision, "torchvision.models": models})
    from SphereAR.gan import gan_loss

    gan_loss.LPIPS.load_from_pretrained = lambda self: None
    gan = gan_loss.GANLoss(
        disc_start=0, disc_dim=ndf, disc_num_layers=n_layers, reconstruction_loss="l1"
    )
    if perceptual["name"] == "classifier":
        gan.perceptual_loss = ClassifierDistance(perceptual["channels"])
    return gan.to(memory_format=torch.channels_last)


def vgg16_features():
    layers, inputs = [], 3
    for block, (outputs, repeats) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]):
        if block > 0:
            layers.append(nn.MaxPool2d(2))
        for _ in range(repeats):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
            inputs = outputs
    return nn.Sequential(*layers)


def svae_gan_training(vae, batch, klWeight, perceptual, ndf, n_layers, batchNormRows):
    """
    Both steps of train.py, the discriminator's behind the generator's; torch's
    batch norms are over the whole batch, whatever `batchNormRows` says.
    """
    model, gan = make_vae(vae).train(), make_gan(perceptual, ndf, n_layers)
    size = vae["image_size"]
    images = torch.rand(batch, 3, size, size).mul(2).sub(1)
    images = images.contiguous(memory_format=torch.channels_last)
    made = []

    def generator_loss():
        latents, divergence = model.encode(images)
        made[:] = [model.decode(latents)]
        return sum(gan(images, made[0], 0, 1)) + klWeight * divergence

    generator = trainer(model, generator_loss)
    discriminator = trainer(gan.discriminator, lambda: gan(images, made[0], 1, 1))

    def step():
        generator()
        discriminator()

    return timed(step)


def sampling(ar, images, steps, guidance, weights="f32"):
    """
    Seconds of each token after the first, as SphereAR.sample goes through them;
    always in float32: `weights` says what the other side's are held in.
    """
    model = make_ar(ar).eval()
    leading = ar["cls_token_num"]

    @torch.no_grad()
    def measure(iterations):
        classes = torch.randint(0, ar["num_classes"], (images,))
        classes = torch.cat([classes, torch.full_like(classes, ar["num_classes"])])
        model.enable_kv_cache(2 * images)
        x = model.cls_embedding(classes).view(2 * images, leading, -1)
        first, marks = 0, []
        for token in range(iterations + 1):
            last = leading + token
            states = model.forward_model(x, first, last)[:, -1:, :]
            z = model.head_sample(states, token, steps, guidance["cfg"], guidance["schedule"])
            finish()
            marks.append(time.perf_counter())
            x, first = model.proj_in(z), last
        return [after - before for before, after in zip(marks, marks[1:])]

    return measure


def images(ar, vae, images, steps, guidance, weights="f32"):
    """Whole images, as bytes on the host: the loop of sample_ddp.py."""
    model = make_ar(ar, make_vae=lambda **_: make_vae(vae)).eval()

    @torch.no_grad()
    def make():
        classes = torch.randint(0, ar["num_classes"], (images,))
        pictures = model.sample(classes, steps, guidance["cfg"], guidance["schedule"])
        pictures = torch.clamp(127.5 * pictures + 128.0, 0, 255)
        pictures.permute(0, 2, 3, 1).to("cpu", dtype=torch.uint8)

    return timed(make)


def decoding(vae, images):
    model = make_vae(vae).eval()
    tokens = (vae["image_size"] // vae["patch_size"]) ** 2
    latents = model.normalize(torch.randn(images, tokens, vae["latent_dim"]))
    return timed(torch.no_grad()(lambda: model.decode(latents)))


def features(network, size, images):
    """torch-fidelity's network with random weights; it resizes as the evaluator does."""
    assert network["name"] == "inception-2015-12-05", network
    for name in ("torchvision", "torchvision.datasets", "torchvision.transforms", "torchvision.transforms.functional", "torchvision.models"):
        stub = types.ModuleType(name)
        stub.__path__, stub.__getattr__ = [], lambda attr: type(attr, (), {})
        parent, _, leaf = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], leaf, stub)
        sys.modules[name] = stub
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    load, FeatureExtractorInceptionV3.load_state_dict = torch.load, lambda self, weights: None
    torch.load = lambda *_, **__: {}
    model = FeatureExtractorInceptionV3("inception", ["2048", "logits_unbiased"], "none")
    torch.load = load
    pictures = torch.randint(0, 256, (images, 3, size, size), dtype=torch.uint8)
    return timed(torch.no_grad()(lambda: model(pictures)))


KINDS = {
    "ar-training": ar_training,
    "svae-training": svae_training,
    "svae-gan-training": svae_gan_training,
    "sampling": sampling,
    "images": images,
    "decoding": decoding,
    "features": features,
}


def answer(**values):
    print(json.dumps(values), flush=True)


work = dict(options.work)
measure = KINDS[work.pop("kind")](**work)
lower = torch.autocast(options.device, torch.bfloat16, enabled=options.dtype == "bfloat16")
answer(torch=torch.__version__, threads=torch.get_num_threads(), compile=options.compile)
for line in sys.stdin:
    with lower:
        answer(seconds=measure(json.loads(line)["iterations"]))
