/** A command line that is killed and run again, and what it must leave. */
export interface KilledStage {
  readonly name: string;
  /** Its words; files of stages before it are in `../whole`. */
  readonly line: string;
  /** Files and folders that it leaves. */
  readonly outputs: readonly string[];
}

const SMALL = "--set vae.z_channels=32 --set vae.cnn_chs=[8,8,16,32]";
const AGAINST = "--set training.adversarial.weight=0.1 " +
  "--set training.adversarial.from=2 --set training.adversarial.lecam=0.1 " +
  "--set training.adversarial.batchNormRows=1 --set training.adversarial.r1=1";
const CALM = "--device cpu -q";

/** Keeps a milestone at every step and validates at every second one. */
const KEEPING = "--keep-state --save-every 1 --validate-every 2 --keep-best";

const MILESTONES = [1, 3, 5].map((step) => `step-${step}`);

/** What a training named so leaves. */
function trained(stem: string): readonly string[] {
  return ["", ".state", ".best", ...MILESTONES.map((name) => `.${name}`)]
    .map((label) => `${stem}${label}.safetensors`);
}

/** Short runs of every stage, in an order in which each has its inputs. */
export const KILLED: readonly KilledStage[] = [
  {
    name: "prepare",
    line: "prepare -o train.safetensors --heldout heldout.safetensors -q",
    outputs: ["train.safetensors", "heldout.safetensors"],
  },
  {
    name: "train-vae",
    line: `train-vae --images ../whole/train.safetensors ${SMALL} --steps 6 ` +
      `--batch 4 --heldout ../whole/heldout.safetensors ${KEEPING} ` +
      `-o svae.safetensors ${CALM}`,
    outputs: trained("svae"),
  },
  {
    name: "train-vae against a discriminator",
    line: `train-vae --images ../whole/train.safetensors ${SMALL} ${AGAINST} ` +
      `--steps 6 --batch 4 --heldout ../whole/heldout.safetensors ${KEEPING} ` +
      `-o against.safetensors ${CALM}`,
    outputs: trained("against"),
  },
  {
    name: "encode",
    line: "encode --svae ../whole/svae.safetensors " +
      `--images ../whole/heldout.safetensors -o encoded.safetensors ${CALM}`,
    outputs: ["encoded.safetensors"],
  },
  {
    name: "decode",
    line: "decode --svae ../whole/svae.safetensors " +
      `--latents ../whole/encoded.safetensors -o decoded.safetensors ${CALM}`,
    outputs: ["decoded.safetensors"],
  },
  {
    name: "reconstruct",
    line: "reconstruct --svae ../whole/svae.safetensors --images " +
      `../whole/heldout.safetensors -o reconstructions.safetensors ${CALM}`,
    outputs: ["reconstructions.safetensors"],
  },
  {
    name: "cache",
    line: "cache --svae ../whole/svae.safetensors " +
      `--images ../whole/train.safetensors -o latents.safetensors ${CALM}`,
    outputs: ["latents.safetensors"],
  },
  {
    name: "train-ar",
    line: "train-ar --latents ../whole/latents.safetensors --steps 6 " +
      "--batch 4 --keep-state --save-every 1 --set ar.n_layer=1 " +
      `-o ar.safetensors ${CALM}`,
    outputs: trained("ar").filter((name) => !name.includes("best")),
  },
  {
    name: "train-classifier",
    line: "train-classifier --images ../whole/train.safetensors --steps 6 " +
      `--batch 8 -o classifier.safetensors ${CALM}`,
    outputs: ["classifier.safetensors"],
  },
  {
    name: "sample",
    line: "sample --ar ../whole/ar.safetensors --svae " +
      "../whole/svae.safetensors --count 12 --batch 2 --steps 3 " +
      `-o samples.safetensors --npz samples.npz --png png ${CALM}`,
    outputs: ["samples.safetensors", "samples.npz", "png"],
  },
  {
    // A checkpoint does not say who made it: without --force nobody replaces it.
    name: "export",
    line: "export ../whole/ar.safetensors ../whole/svae.safetensors " +
      "-o model.pt --force -q",
    outputs: ["model.pt"],
  },
  {
    name: "import",
    line: "import ../whole/model.pt --config ../whole/sizes.json " +
      "-o model.safetensors -q",
    outputs: ["model.safetensors"],
  },
];
