import type { KilledRow } from "../row.ts";

const TRAIN = "--train ../prepare/train.safetensors";
const HELDOUT = "--heldout ../prepare/heldout.safetensors";
const SHOWN = "--samples ../sample/samples.safetensors " +
  `${HELDOUT} --reconstructions ../reconstruct/copies.safetensors`;
const CALM = "--device cpu -q";

const EXTRACT = "extract-features --images ../sample/samples.safetensors " +
  "--network ../train-classifier/classifier.safetensors --batch 2 " +
  "-o features.safetensors";

const SWEEP = "sweep --ar ../train-ar/ar.safetensors " +
  "--svae ../train-vae/svae.safetensors --cfg 1,2 --steps 2,3:2 --count 6 " +
  "--batch 2 --repeats --reference ../prepare/train.safetensors " +
  "--network ../train-classifier/classifier.safetensors --keep-images " +
  "-o sweep/";

/** What is measured, and the pages that show it. */
export const MEASURES: readonly KilledRow[] = [
  {
    name: "evaluate",
    lines: [
      "evaluate --samples ../sample/samples.safetensors " +
      "--reference ../prepare/train.safetensors " +
      "--network ../train-classifier/classifier.safetensors --repeats " +
      `-o metrics.safetensors ${CALM}`,
    ],
  },
  {
    name: "evaluate-run",
    lines: [
      `evaluate-run ${SHOWN} ${TRAIN} --untrained ../decode/decoded.safetensors ` +
      "--classifier ../train-classifier/classifier.safetensors " +
      `-o metrics.safetensors ${CALM}`,
    ],
  },
  {
    name: "extract-features",
    lines: [`${EXTRACT} ${CALM}`],
  },
  {
    name: "extract-features-ranks",
    lines: [0, 1].map((rank) => `${EXTRACT} --rank ${rank} --world 2 ${CALM}`),
  },
  {
    name: "sweep",
    lines: [`${SWEEP} ${CALM}`],
  },
  {
    name: "sweep-ranks",
    lines: [0, 1].map((rank) => `${SWEEP} --rank ${rank} --world 2 ${CALM}`),
  },
  {
    name: "demo",
    lines: [
      "demo --ar ../train-ar/ar.safetensors " +
      `--svae ../train-vae/svae.safetensors -o demo.html ${CALM}`,
    ],
  },
  {
    name: "diagnose",
    lines: [
      "diagnose --latents ../cache/latents.safetensors " +
      "--ar ../train-ar/ar.safetensors --scales 1,3 --count 4 " +
      `-o diagnostics.safetensors ${CALM}`,
    ],
  },
  {
    name: "report",
    lines: [
      `report --metrics ../evaluate-run/metrics.safetensors ${SHOWN} ` +
      "--diagnostics ../diagnose/diagnostics.safetensors " +
      "--svae ../train-vae/svae.safetensors --ar ../train-ar/ar.safetensors " +
      "-o report.html --figures report.json --samples-grid samples.png " +
      `--reconstructions-grid copies.png ${CALM}`,
    ],
  },
];
