import assert from "node:assert/strict";
import { digestFile, writeArtifact } from "../../lib/artifact/mod.ts";
import { vaeShapes } from "../../lib/model/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { randomWeights } from "../lib/model/_models.ts";
import type { MpiLauncher } from "../launchers.ts";
import {
  type RanksResult,
  runRanks,
  testOnLaunchers,
  testWithLaunchers,
} from "../ranks.ts";
import { writeImages } from "./measuring_run.ts";
import { spherear } from "./run_cli.ts";

const { vae } = PRESETS.tiny;
const CLI = new URL("../../cli.ts", import.meta.url);

/** How many ranks by which MPI; what they leave is compared with one process. */
const LAUNCHES: readonly (readonly [title: string, ranks: number])[] = [
  ["Open MPI", 2],
  ["MPICH", 2],
  ["MPICH", 4],
];

/** All trainings, each of a few steps in four parts. */
const TRAININGS: Readonly<Record<string, string>> = {
  "train-classifier": "--images train.safetensors --batch 8",
  "train-ar": "--images train.safetensors --svae svae.safetensors " +
    "--set ar.n_layer=1 --set ar.dim=48 --set ar.n_head=1 " +
    "--set ar.diff_layers=1 --set ar.diff_dim=32 --batch 4",
  "train-vae": "--images train.safetensors --set vae.z_channels=32 " +
    "--set vae.cnn_chs=[8,8,16,32] --batch 4 " +
    "--set training.adversarial.weight=0.1 --set training.adversarial.from=1 " +
    "--set training.adversarial.batchNormRows=1 " +
    "--set training.adversarial.lecam=0.1 --set training.adversarial.r1=1",
};

async function writeInputs(folder: string): Promise<void> {
  await writeImages(`${folder}/train.safetensors`, {
    count: 12,
    seed: 1,
    size: vae.image_size,
  });
  await writeArtifact(`${folder}/svae.safetensors`, {
    kind: "svae",
    tensors: randomWeights(vaeShapes(vae)),
    config: { ...vae },
  });
}

/** Arguments of a training that leaves its state too. */
function argsOf(stage: string, output: string): string[] {
  const line = `${stage} ${TRAININGS[stage]} --steps 3 --parts 4 ` +
    `--keep-state --device cpu -o ${output}.safetensors`;
  return line.split(" ");
}

/** Digests of what a training has left. */
async function digestsOf(folder: string, output: string): Promise<string[]> {
  const names = [`${output}.safetensors`, `${output}.state.safetensors`];
  return await Promise.all(
    names.map((name) => digestFile(`${folder}/${name}`)),
  );
}

/** Runs a command by ranks in a folder. */
async function share(
  launcher: MpiLauncher,
  { folder, args, ranks }: {
    readonly folder: string;
    readonly args: readonly string[];
    readonly ranks: number;
  },
): Promise<RanksResult> {
  const env = { INIT_CWD: folder };
  return await runRanks(launcher, { ranks, script: CLI, args, env });
}

for (const stage of Object.keys(TRAININGS)) {
  await testWithLaunchers(
    `${stage} leaves the same bytes by 1, 2 and 4 ranks`,
    (launchers) =>
      inFolder(async (folder) => {
        await writeInputs(folder);
        const alone = await spherear(argsOf(stage, "alone"), { cwd: folder });
        assert.equal(alone.code, 0, alone.err);
        const expected = await digestsOf(folder, "alone");
        for (const [title, ranks] of LAUNCHES) {
          const launcher = launchers.find((one) => one.title === title);
          if (launcher === undefined) continue;
          const output = `by-${ranks}-of-${launcher.program}`;
          const args = argsOf(stage, output);
          const { code, stderr } = await share(launcher, {
            folder,
            args,
            ranks,
          });
          assert.equal(code, 0, stderr);
          assert.match(
            stderr,
            new RegExp(`rank 0 of ${ranks} keeps .+ of weights, moments and`),
          );
          assert.match(stderr, /of the time for data, .+ for other ranks/);
          const found = await digestsOf(folder, output);
          assert.deepEqual(found, expected, `by ${ranks} ranks of ${title}`);
        }
      }),
  );
}

await testOnLaunchers(
  "ranks without parts are refused in one line",
  (launcher) =>
    inFolder(async (folder) => {
      await writeInputs(folder);
      const args = argsOf("train-classifier", "shared")
        .filter((arg) => arg !== "--parts" && arg !== "4");
      const ranks = 2;
      const { code, stderr } = await share(launcher, { folder, args, ranks });
      assert.notEqual(code, 0);
      assert.match(
        stderr,
        /Error: Cannot train with 2 ranks: expected --parts/,
      );
    }),
);
