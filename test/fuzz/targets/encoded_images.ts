import { join } from "node:path";
import { writeArtifact } from "../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import { writeImagenetTar } from "../../lib/container/_imagenet.ts";
import { spherear } from "../../stages/run_cli.ts";
import type { Bytes } from "../bytes.ts";
import { spoiledSafetensors } from "../header.ts";
import type { FuzzTarget } from "../target.ts";

const PICTURES = 3;
const SIDE = 8;

/** The archive that an index names, beside it. */
async function writeArchive(folder: string): Promise<void> {
  await writeImagenetTar(join(folder, "train.tar"), {
    synsets: ["n01440764"],
    pictures: PICTURES,
  });
}

/** Images of an archive, in each form of files. */
async function preparedBytes(): Promise<readonly Bytes[]> {
  const found: Bytes[] = [];
  await inFolder(async (folder) => {
    await writeArchive(folder);
    for (const store of ["index", "original"]) {
      const line = `prepare --dataset imagenet:train.tar --store ${store} ` +
        "-o images.safetensors --force -q";
      const { err, code } = await spherear(line.split(" "), { cwd: folder });
      if (code !== 0) throw new Error(`Prepare has failed: ${err}`);
      found.push(await Deno.readFile(join(folder, "images.safetensors")));
    }
  });
  return found;
}

/** Images that are encoded, in the artifact or where an index says. */
export const ENCODED_IMAGES: FuzzTarget = {
  name: "encoded-images",
  async prepare(folder) {
    await writeArchive(folder);
    const shape = [PICTURES, SIDE, SIDE, 3];
    await writeArtifact(join(folder, "copies.safetensors"), {
      kind: "samples",
      tensors: {
        images: hostTensor(
          "u8",
          shape,
          new Uint8Array(PICTURES * 3 * SIDE ** 2),
        ),
        labels: hostTensor("i32", [PICTURES], new Int32Array(PICTURES)),
      },
      config: { classes: ["tench"] },
    });
  },
  seeds: async () =>
    (await preparedBytes()).map((bytes) => ({
      extension: "safetensors",
      bytes,
    })),
  spoil: spoiledSafetensors,
  command: (path) => [
    ...["report", "--heldout", path, "--reconstructions", "copies.safetensors"],
    ...["-o", "page.html", "--force", "-q"],
  ],
};
