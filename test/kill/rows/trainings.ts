import type { KilledRow } from "../row.ts";

const IMAGES = "--images ../prepare/train.safetensors";
const SMALL = "--set vae.z_channels=32 --set vae.cnn_chs=[8,8,16,32]";
const AGAINST = "--set training.adversarial.weight=0.1 " +
  "--set training.adversarial.from=2 --set training.adversarial.lecam=0.1 " +
  "--set training.adversarial.batchNormRows=1 --set training.adversarial.r1=1";

const CALM = "--device cpu -q";

const CACHE = "cache --svae ../train-vae/svae.safetensors --images ../prepare/";

/** Saves its state at every step, which a killed run goes on from. */
const SAVING = `--checkpoint-every 0 --keep-state ${CALM}`;

/** Leaves a milestone at every step, and what validations leave. */
const PAUSING = "--save-every 1 --keep-best --log log";

const VALIDATED = `--heldout ../prepare/heldout.safetensors ${PAUSING}`;

/** What is prepared, all that is trained on it, and the latents in between. */
export const TRAININGS: readonly KilledRow[] = [
  {
    name: "prepare",
    lines: [
      "prepare -o train.safetensors --heldout heldout.safetensors -q",
    ],
  },
  {
    name: "train-vae",
    lines: [
      `train-vae ${IMAGES} ${SMALL} --steps 6 --batch 4 ${VALIDATED} ` +
      `--validate-every 2 -o svae.safetensors ${SAVING}`,
    ],
  },
  {
    name: "train-vae-adversarial",
    lines: [
      `train-vae ${IMAGES} ${SMALL} ${AGAINST} --steps 30 --batch 4 ` +
      `${VALIDATED} --validate-every 6 --keep-last 3 ` +
      `-o svae.safetensors ${SAVING}`,
    ],
  },
  cached("cache", "train"),
  cached("cache-heldout", "heldout"),
  {
    name: "cache-folder",
    lines: [`${CACHE}train.safetensors --dtype f16 -o latents/ ${CALM}`],
  },
  {
    name: "train-ar",
    lines: [
      "train-ar --latents ../cache/latents.safetensors --steps 6 --batch 4 " +
      "--set ar.n_layer=1 --heldout ../cache-heldout/latents.safetensors " +
      `${PAUSING} --validate-every 2 -o ar.safetensors ${SAVING}`,
    ],
  },
  {
    name: "train-ar-images",
    lines: [
      `train-ar ${IMAGES} --svae ../train-vae/svae.safetensors --steps 6 ` +
      `--batch 4 --set ar.n_layer=1 -o ar.safetensors ${SAVING}`,
    ],
  },
  {
    name: "train-classifier",
    lines: [
      `train-classifier ${IMAGES} --steps 6 --batch 8 --save-every 2 ` +
      `-o classifier.safetensors ${SAVING}`,
    ],
  },
  {
    name: "train-classifier-ranks",
    lines: [
      `train-classifier ${IMAGES} --steps 12 --batch 8 --parts 4 ` +
      `--save-every 4 -o classifier.safetensors ${SAVING}`,
    ],
    ranks: [2, 1, 4],
  },
  {
    name: "train-vae-ranks",
    lines: [
      `train-vae ${IMAGES} ${SMALL} ${AGAINST} --steps 12 --batch 4 ` +
      `--parts 4 ${VALIDATED} --validate-every 4 -o svae.safetensors ${SAVING}`,
    ],
    ranks: [2, 4, 1],
  },
  {
    name: "train-ar-ranks",
    lines: [
      `train-ar ${IMAGES} --svae ../train-vae/svae.safetensors --steps 12 ` +
      `--batch 4 --parts 4 --set ar.n_layer=1 -o ar.safetensors ${SAVING}`,
    ],
    ranks: [4, 2, 1],
  },
];

/** The latents of a split. */
function cached(name: string, split: string): KilledRow {
  const line = `${CACHE}${split}.safetensors -o latents.safetensors ${CALM}`;
  return { name, lines: [line] };
}
