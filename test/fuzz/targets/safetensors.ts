import { join } from "node:path";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import { writeModel } from "../../lib/workflow/sample/_models.ts";
import { writeImages } from "../../stages/measuring_run.ts";
import type { Bytes } from "../bytes.ts";
import { spoiledSafetensors } from "../header.ts";
import type { FuzzTarget } from "../target.ts";

/** A small whole model. */
async function modelBytes(): Promise<Bytes> {
  return await written(writeModel, "model.safetensors");
}

/** Four small images with classes. */
async function imageBytes(): Promise<Bytes> {
  const name = "images.safetensors";
  return await written(
    (folder) => writeImages(join(folder, name), { count: 4, seed: 1 }),
    name,
  );
}

async function written(
  write: (folder: string) => Promise<void>,
  name: string,
): Promise<Bytes> {
  const found: Bytes[] = [];
  await inFolder(async (folder) => {
    await write(folder);
    found.push(await Deno.readFile(join(folder, name)));
  });
  return found[0]!;
}

/** Any artifact, explained. */
export const INSPECT: FuzzTarget = {
  name: "inspect",
  seeds: async () => [
    { extension: "safetensors", bytes: await modelBytes() },
    { extension: "safetensors", bytes: await imageBytes() },
  ],
  spoil: spoiledSafetensors,
  command: (path) => ["inspect", path, "-q"],
};

const SAMPLE_FLAGS = "--count 1 --batch 1 --steps 1 --device reference";

/** A model, sampled from. */
export const SAMPLE: FuzzTarget = {
  name: "sample",
  seeds: async () => [
    { extension: "safetensors", bytes: await modelBytes() },
  ],
  spoil: spoiledSafetensors,
  command: (path) => [
    "sample",
    ...["--model", path, ...SAMPLE_FLAGS.split(" ")],
    ...["-o", "out.safetensors", "--force", "-q"],
  ],
};
