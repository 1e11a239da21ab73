import assert from "node:assert/strict";
import { digestFile } from "../../lib/artifact/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { runRanks, testWithLaunchers } from "../ranks.ts";
import { writeImages } from "./measuring_run.ts";
import { spherear } from "./run_cli.ts";

const CLI = new URL("../../cli.ts", import.meta.url);

/** Room for one state of the training and not for two, and room for all. */
const [SMALL, LARGE] = ["2m", "16m"];

/** Mounts a file system of some size in memory, or gives a mounted one another. */
async function mount(folder: string, options: string): Promise<boolean> {
  const args = ["-t", "tmpfs", "-o", options, "tmpfs", folder];
  const command = new Deno.Command("mount", { args, stderr: "null" });
  return (await command.output().catch(() => undefined))?.success ?? false;
}

/** Whether file systems may be mounted here. */
async function mayMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  const isMounted = await mount(folder, `size=${SMALL}`);
  if (isMounted) await unmount(folder);
  await Deno.remove(folder);
  return isMounted;
}

async function unmount(folder: string): Promise<void> {
  await new Deno.Command("umount", { args: [folder] }).output();
}

function args(output: string): string[] {
  const line = "train-classifier --images train.safetensors --batch 8 " +
    "--steps 4 --parts 4 --checkpoint-every 0 --keep-state --device cpu " +
    `-o ${output}/classifier.safetensors`;
  return line.split(" ");
}

/** Digests of what the training leaves. */
function left(folder: string): Promise<string[]> {
  const names = ["classifier.safetensors", "classifier.state.safetensors"];
  return Promise.all(names.map((name) => digestFile(`${folder}/${name}`)));
}

const isAllowed = await mayMount();

await testWithLaunchers(
  "a full disk ends all ranks by one line, and more room gives the same bytes",
  (launchers) =>
    inFolder(async (folder) => {
      const size = PRESETS.tiny.vae.image_size;
      const images = `${folder}/train.safetensors`;
      await writeImages(images, { count: 12, seed: 1, size });
      for (const name of ["alone", "small"]) {
        await Deno.mkdir(`${folder}/${name}`);
      }
      const alone = await spherear(args("alone"), { cwd: folder });
      assert.equal(alone.code, 0, alone.err);
      const small = `${folder}/small`;
      await mount(small, `size=${SMALL}`);
      try {
        const train = (launcher: typeof launchers[number]) =>
          runRanks(launcher, {
            ranks: 2,
            script: CLI,
            args: args("small"),
            env: { INIT_CWD: folder },
          });
        for (const launcher of launchers) {
          const { code, stderr } = await train(launcher);
          assert.notEqual(code, 0);
          const lines = stderr.match(/.*no space left on the device.*/g);
          assert.equal(lines?.length, 1, stderr);
          assert.match(
            lines![0]!,
            /^Rank 0 of 2 \(.+\): Error: Cannot write ".+": no space left on/,
          );
        }
        await mount(small, `remount,size=${LARGE}`);
        const { code, stderr } = await train(launchers[0]!);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /it was cut, goes on/);
        assert.deepEqual(await left(small), await left(`${folder}/alone`));
      } finally {
        await unmount(small);
      }
    }),
  { unless: isAllowed ? undefined : "file systems cannot be mounted here" },
);
