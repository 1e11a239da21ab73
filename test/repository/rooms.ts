/**
 * Which rooms a room may import, besides `lib/tensor`, which everyone may.
 * Design: ARCHITECTURE.md. Adding an arrow needs a reason there.
 */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "lib/tensor": [],
  "lib/engine/reference": [],
  // onnxruntime has no Philox: the host draws.
  "lib/engine/onnx": ["lib/random"],
  "lib/engine/webgpu": [],
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
  ],
  "lib/sample": ["lib/model", "lib/nn", "lib/sphere"],
  "lib/metric": ["lib/model", "lib/nn"],
  "lib/image": [],
  "lib/interop": ["lib/artifact"],
  "lib/preset": [],
  "lib/report": ["lib/artifact"],
  "lib/pipeline": ["lib/artifact", "lib/random"],
  "lib/cli": ["lib/pipeline", "lib/artifact"],
  "datasets": ["lib/artifact", "lib/image", "lib/random"],
  "stages": ["*"],
  "cli.ts": ["stages", "lib/cli", "lib/pipeline", "lib/engine/*"],
};

/** Files besides `mod.ts` that other rooms may import, with the reason. */
export const SIDE_DOORS: Readonly<Record<string, string>> = {
  "lib/tensor/host_tensor.ts": "readers of files need no graph",
  "lib/tensor/engine.ts": "types of the interface, without the graph",
};

/** Rooms that may run in a browser page one day: Web APIs only. */
export const WEB_ROOMS: readonly string[] = [
  "lib/random",
  "lib/tensor",
  "lib/nn",
  "lib/model",
  "lib/sample",
  "lib/sphere",
  "lib/engine/webgpu",
];

/** The room of a file, by its path from the repository's root. */
export function roomOf(path: string): string {
  const parts = path.split("/");
  const depth = parts[0] === "lib" ? parts[1] === "engine" ? 3 : 2 : 1;
  return parts.slice(0, depth).join("/");
}

/** Whether a room may import another. */
export function mayImport(from: string, to: string): boolean {
  if (from === to || to === "lib/tensor") return true;
  return (ARROWS[from] ?? []).some((allowed) =>
    allowed === "*" || allowed === to ||
    (allowed.endsWith("/*") && to.startsWith(allowed.slice(0, -1)))
  );
}
