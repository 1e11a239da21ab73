import { type Bytes, spoiled } from "../bytes.ts";
import { spoiledText } from "../text.ts";
import type { FuzzSeed, FuzzTarget } from "../target.ts";

/** Every kind of key that a pipeline file may have. */
const PIPELINE = `
folder = "run"
seed = 3

[stages.prepare]
options = { dataset = "emoji", size = 32, heldoutShare = 0.25 }

[stages.vae]
uses = "train-vae"
inputs = { images = "prepare.train" }
outputs = { svae = "deep/svae.safetensors" }
options = { steps = 20, batch = 8, set = ["vae.z_channels=256"] }

[stages.cache]
inputs = { svae = "vae.svae", images = "prepare.train" }

[stages.train-ar]
seed = 4
inputs = { latents = "cache.latents" }
[stages.train-ar.options]
steps = 10
learningRate = 1e-3
preset = "tiny"

[stages.sample]
inputs = { ar = "train-ar.ar", svae = "vae.svae" }
outputs = { grid = "grid.png" }
options = { count = 4, steps = "50:5", classes = "0,3", cfg = 2.5 }
`;

function seedOf(text: string): FuzzSeed {
  return { extension: "toml", bytes: new TextEncoder().encode(text) };
}

type Draws = Parameters<FuzzTarget["spoil"]>[1];

/** Tokens mostly, bytes at times. */
function spoiledToml(bytes: Bytes, draws: Draws): Bytes {
  if (draws.integer(8) === 0) return spoiled(bytes, draws);
  const text = spoiledText(new TextDecoder().decode(bytes), draws);
  return new TextEncoder().encode(text);
}

/** Pipeline files, planned but not run. */
export const PIPELINES: FuzzTarget = {
  name: "pipelines",
  seeds: () => Promise.resolve([seedOf(PIPELINE)]),
  spoil: spoiledToml,
  command: (path) => [
    ...["pipeline", path, "--dry-run"],
    // A dry run measures the engine, and only this one is here.
    ...["--device", "reference", "-q"],
  ],
};

/** A preset file with keys of every depth. */
const PRESET = `
extends = "tiny"
summary = "Pictures of mine"
dataset = "emoji"
heldout = 0.25

[vae]
image_size = 64
z_channels = 256
cnn_chs = [16, 32, 64, 256]

[vaeTraining]
steps = 8000
flip = false

[arTraining]
learningRate = 1e-3
ema = 0.995

[sampling]
solver = "euler"
cfg = 2.5
`;

/** Preset files, resolved and shown. */
export const PRESET_FILES: FuzzTarget = {
  name: "presets",
  seeds: () => Promise.resolve([seedOf(PRESET)]),
  spoil: spoiledToml,
  command: (path) => ["presets", path, "-q"],
};
