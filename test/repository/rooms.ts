import { basename, join } from "node:path/posix";

/**
 * Which rooms a room may import, besides `lib/tensor`, which everyone may.
 * Design: ARCHITECTURE.md. Adding an arrow needs a reason there.
 */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "lib/tensor": [],
  "lib/engine/reference": [],
  // onnxruntime has no Philox: the host draws.
  "lib/engine/onnx": ["lib/random", "lib/protobuf"],
  "lib/engine/webgpu": [],
  "lib/protobuf": [],
  "lib/wasm": [],
  // Launchers and libraries that people can mend are refused in their words.
  "lib/parallel": ["lib/artifact"],
  "lib/random": [],
  "lib/artifact": [],
  "lib/sphere": ["lib/random"],
  "lib/nn": [],
  "lib/model": ["lib/nn", "lib/sphere"],
  "lib/train": [
    "lib/model",
    "lib/nn",
    "lib/sphere",
    "lib/artifact",
    "lib/random",
    "lib/parallel",
  ],
  "lib/sample": ["lib/model", "lib/nn", "lib/sphere"],
  "lib/web": ["lib/model", "lib/sample", "lib/engine/webgpu"],
  // Two inner loops of each are assembled.
  "lib/metric": ["lib/model", "lib/nn", "lib/random", "lib/wasm"],
  // Crops are drawn by the counters of all draws.
  "lib/image": ["lib/random", "lib/wasm"],
  "lib/container": ["lib/artifact"],
  "lib/interop": ["lib/artifact"],
  // People's presets are read and refused in the words of pipeline files.
  // Sizes and laws are declared with the models, terms of losses with the
  // trainings, orders of images with their draws, augmentations with the images,
  // and what a preset may name as its dataset with the datasets, as data.
  "lib/preset": [
    "lib/artifact",
    "lib/pipeline",
    "lib/model",
    "lib/train",
    "lib/random",
    "lib/image",
    "datasets",
  ],
  // TensorBoard's files hold protocol buffers.
  "lib/report": ["lib/artifact", "lib/protobuf"],
  // Inputs may be names of official files; many processes may run one step.
  "lib/pipeline": [
    "lib/artifact",
    "lib/random",
    "lib/official",
    "lib/parallel",
  ],
  // Which of many processes this is.
  "lib/cli": ["lib/pipeline", "lib/artifact", "lib/parallel"],
  // Bodies are read as strictly as headers of files.
  "lib/serve": ["lib/artifact"],
  // Names of files, as data.
  "lib/official": [],
  // Transfers report progress.
  "lib/remote": ["lib/artifact", "lib/official", "lib/pipeline"],
  // What stages share. Its rooms form a ladder: options and sets below, sample above.
  "lib/workflow/options": [
    "lib/preset",
    "lib/model",
    "lib/artifact",
    "lib/official",
    // Names of figures, by their side door.
    "lib/metric",
  ],
  "lib/workflow/models": ["lib/*", "lib/workflow/options"],
  // What it writes is what sets read.
  "lib/workflow/prepare": [
    "lib/*",
    "lib/workflow/sets",
    "lib/workflow/pieces",
    "datasets",
  ],
  // What latents are is in the configuration of the VAE that made them.
  "lib/workflow/sets": ["lib/*", "lib/workflow/models"],
  // Work in batches, of whatever kind.
  "lib/workflow/pieces": ["lib/*"],
  // Encoding a large set is cut into batches.
  "lib/workflow/codec": [
    "lib/*",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/pieces",
  ],
  "lib/workflow/recording": ["lib/*"],
  // Trainings start from given weights, and are validated on held-out sets.
  "lib/workflow/training": [
    "lib/*",
    "lib/workflow/options",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/codec",
  ],
  "lib/workflow/sample": [
    "lib/*",
    "lib/workflow/options",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/codec",
    "lib/workflow/pieces",
    "lib/workflow/recording",
  ],
  "lib/workflow/diagnose": [
    "lib/*",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/codec",
  ],
  // Features of large sets are taken in pieces.
  "lib/workflow/features": [
    "lib/*",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/pieces",
  ],
  // Features are taken of images that are given as such.
  // Sets may be plain folders of pictures.
  "lib/workflow/measure": [
    "lib/*",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/features",
    "lib/workflow/pieces",
    "datasets",
  ],
  // Sets of every form are compared.
  "lib/workflow/evaluate": [
    "lib/*",
    "lib/workflow/sets",
    "lib/workflow/measure",
  ],
  // A run's page shows a sweep as its own page does.
  "lib/workflow/report": [
    "lib/*",
    "lib/workflow/sets",
    "lib/workflow/evaluate",
    "lib/workflow/sweep",
  ],
  // Points are sampled and measured by the code of those stages.
  "lib/workflow/sweep": [
    "lib/*",
    "lib/workflow/options",
    "lib/workflow/models",
    "lib/workflow/pieces",
    "lib/workflow/sample",
    "lib/workflow/features",
    "lib/workflow/measure",
  ],
  // Images are those of the stage; models may be official ones.
  "lib/workflow/serve": [
    "lib/*",
    "lib/workflow/options",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/sample",
    "lib/workflow/web",
    "lib/workflow/fetch",
  ],
  // Recorded networks see images as they do when sets are measured.
  "lib/workflow/verify": [
    "lib/*",
    "lib/workflow/models",
    "lib/workflow/features",
    "lib/workflow/recording",
  ],
  // The release's models know ImageNet's classes.
  "lib/workflow/import": ["lib/*", "lib/workflow/models", "datasets"],
  // A page samples as the stage does.
  "lib/workflow/web": [
    "lib/*",
    "lib/workflow/options",
    "lib/workflow/models",
    "lib/workflow/sample",
  ],
  // Its ONNX models are lowered, not run.
  "lib/workflow/export": [
    "lib/*",
    "lib/workflow/options",
    "lib/workflow/models",
    "lib/workflow/sets",
    "lib/workflow/web",
    "lib/engine/onnx",
  ],
  // What others publish is imported before it is used.
  "lib/workflow/fetch": ["lib/*", "lib/workflow/import"],
  "lib/workflow/watch": ["lib/*", "lib/workflow/training"],
  // What images need besides their artifact is known to sets.
  "lib/workflow/inspect": ["lib/*", "lib/workflow/sets"],
  "lib/workflow/pipeline": ["lib/*", "lib/workflow/options", "datasets"],
  "lib/workflow/forecast": ["lib/*"],
  "lib/workflow/presets": ["lib/*", "lib/workflow/options"],
  "lib/workflow/doctor": ["lib/*", "lib/engine/*"],
  "datasets": ["lib/artifact", "lib/image", "lib/random", "lib/container"],
  "stages": ["*"],
  "cli.ts": [
    "stages",
    "lib/cli",
    "lib/pipeline",
    "lib/engine/*",
    "lib/workflow/fetch",
  ],
};

/** Files besides `mod.ts` that other rooms may import, with the reason. */
export const SIDE_DOORS: Readonly<Record<string, string>> = {
  "lib/tensor/host_tensor.ts": "readers of files need no graph",
  "lib/tensor/engine.ts": "types of the interface, without the graph",
  "lib/image/augmentations/mod.ts":
    "presets name augmentations without what decodes pictures",
  "lib/metric/names.ts": "declarations name figures without measuring them",
  "lib/preset/checked.ts":
    "declarations load presets without models and trainings",
};

/** Rooms that run in a browser page: Web APIs only. */
export const WEB_ROOMS: readonly string[] = [
  "lib/random",
  "lib/tensor",
  "lib/nn",
  "lib/model",
  "lib/sample",
  "lib/sphere",
  "lib/engine/webgpu",
  "lib/web",
];

/** Folders of lib whose own folders are rooms. */
const HOUSES = ["engine", "workflow"];

/** The room of a file, by its path from the repository's root. */
export function roomOf(path: string): string {
  const parts = path.split("/");
  if (parts[0] !== "lib") return parts[0]!;
  return parts.slice(0, HOUSES.includes(parts[1]!) ? 3 : 2).join("/");
}

/** Whether a room may import another; "x/*" stands for the rooms right below x. */
export function mayImport(from: string, to: string): boolean {
  if (from === to || to === "lib/tensor") return true;
  return (ARROWS[from] ?? []).some((allowed) =>
    allowed === "*" || allowed === to ||
    (allowed.endsWith("/*") && to === join(allowed.slice(0, -2), basename(to)))
  );
}
