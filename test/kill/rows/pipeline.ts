import type { KilledRow } from "../row.ts";

/** A pipeline of all sorts of outputs: artifacts, files and a folder. */
const FILE = `
folder = "run"

[stages.prepare]

[stages.svae]
uses = "train-vae"
inputs = { images = "prepare.train", heldout = "prepare.heldout" }
[stages.svae.options]
set = ["vae.z_channels=32", "vae.cnn_chs=[8,8,16,32]"]
steps = 3
batch = 4
saveEvery = 1
validateEvery = 2
keepState = true
checkpointEvery = 0

[stages.cache]
inputs = { svae = "svae.svae", images = "prepare.train" }

[stages.ar]
uses = "train-ar"
inputs = { latents = "cache.latents" }
options = { set = ["ar.n_layer=1"], steps = 3, batch = 4, checkpointEvery = 0 }

[stages.classifier]
uses = "train-classifier"
inputs = { images = "prepare.train" }
options = { steps = 3, batch = 8, checkpointEvery = 0 }

[stages.copies]
uses = "reconstruct"
inputs = { svae = "svae.svae", images = "prepare.heldout" }

[stages.sample]
inputs = { ar = "ar.ar", svae = "svae.svae" }
outputs = { npz = "samples.npz", png = "png", samples = "samples.safetensors" }
options = { count = 6, batch = 2, steps = 2 }

[stages.evaluate]
uses = "evaluate-run"
[stages.evaluate.inputs]
samples = "sample.samples"
untrained = "sample.samples"
train = "prepare.train"
heldout = "prepare.heldout"
reconstructions = "copies.reconstructions"
classifier = "classifier.classifier"

[stages.report]
inputs = { metrics = "evaluate.metrics", samples = "sample.samples" }
outputs = { html = "report.html", figures = "report.json" }
`;

/** A whole pipeline, killed wherever it is. */
export const PIPELINE: KilledRow = {
  name: "pipeline",
  lines: ["pipeline pipeline.toml --device cpu -q"],
  files: { "pipeline.toml": FILE },
};
