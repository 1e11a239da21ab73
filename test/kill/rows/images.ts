import type { KilledRow } from "../row.ts";

const SVAE = "--svae ../train-vae/svae.safetensors";
const HELDOUT = "--images ../prepare/heldout.safetensors";
const CALM = "--device cpu -q";

const SAMPLE = `sample --ar ../train-ar/ar.safetensors ${SVAE} --count 12 ` +
  "--batch 2 --steps 3 -o samples.safetensors --npz samples.npz";

/** What makes images of latents, latents of images, and a set of a part of one. */
export const IMAGES: readonly KilledRow[] = [
  {
    name: "pick",
    lines: [`pick ${HELDOUT} --count 40 -o picked.safetensors ${CALM}`],
  },
  {
    name: "encode",
    lines: [`encode ${SVAE} ${HELDOUT} -o encoded.safetensors ${CALM}`],
  },
  {
    name: "decode",
    lines: [
      `decode ${SVAE} --latents ../encode/encoded.safetensors ` +
      `-o decoded.safetensors ${CALM}`,
    ],
  },
  {
    name: "reconstruct",
    lines: [`reconstruct ${SVAE} ${HELDOUT} -o copies.safetensors ${CALM}`],
  },
  {
    name: "sample",
    lines: [
      `${SAMPLE} --png png --grid grid.png --trace trace.safetensors ${CALM}`,
    ],
  },
  {
    name: "sample-ranks",
    lines: [0, 1].map((rank) => `${SAMPLE} --rank ${rank} --world 2 ${CALM}`),
  },
];
