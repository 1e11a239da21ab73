import type { KilledRow } from "../row.ts";

const FILES = "../train-ar/ar.safetensors ../train-vae/svae.safetensors";

/** Models on their way to other programs and back. */
export const MODELS: readonly KilledRow[] = [
  { name: "export", lines: [`export ${FILES} -o model.pt -q`] },
  {
    name: "export-safetensors",
    lines: [`export ${FILES} -o model.safetensors -q`],
  },
  {
    name: "export-onnx",
    lines: [`export ${FILES} --format onnx -o models -q`],
  },
  {
    name: "import",
    lines: ["import ../export/model.pt -o model.safetensors -q"],
  },
];
