import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type WritableTensor,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import { vaeShapes, vaeTables } from "../../../../lib/model/mod.ts";
import { createLogger } from "../../../../lib/pipeline/mod.ts";
import { hostTensor, sizeOf } from "../../../../lib/tensor/mod.ts";
import { importWeights } from "../../../../lib/workflow/import/import_weights.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights, VAE } from "../../model/_models.ts";
import { silentProgress } from "../../../stages/measuring_run.ts";

const NAME = "vae.encoder.conv_in.weight";
const SHAPE = [4, 3, 3, 3];
const PLACE = 40;

/** Imports a small S-VAE with another tensor in one place; what is then told and there. */
async function importWith(
  tensor: WritableTensor,
): Promise<{ readonly told: string; readonly files: readonly string[] }> {
  const tables = Object.entries(vaeTables(VAE))
    .map(([name, table]) => [name, table.values()] as const);
  const own = {
    ...randomWeights(vaeShapes(VAE)),
    ...Object.fromEntries(tables),
  };
  const entries = Object.entries(own)
    .map(([name, value]) => [`vae.${name}`, value] as const);
  const tensors = { ...Object.fromEntries(entries), [NAME]: tensor };
  const result = { told: "", files: [] as string[] };
  await inFolder(async (folder) => {
    const path = join(folder, "weights.safetensors");
    await writeSafetensors(path, { tensors });
    const done = importWeights(path, {
      output: join(folder, "svae.safetensors"),
      part: "all",
      force: false,
      progress: silentProgress(),
      log: createLogger({ write: () => {} }),
      signal: new AbortController().signal,
    });
    await done.catch((error) => result.told = `${error}`);
    result.files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  });
  return result;
}

/** Ones, and something else in one place. */
function onesBut(value: number, dtype: "f32" | "f64"): WritableTensor {
  const make = dtype === "f32" ? Float32Array : Float64Array;
  const data = new make(sizeOf(SHAPE)).fill(1);
  data[PLACE] = value;
  return hostTensor(dtype, SHAPE, data);
}

Deno.test("importWeights() takes finite weights", async () => {
  const { told, files } = await importWith(onesBut(3, "f64"));
  assert.equal(told, "");
  assert.deepEqual(files, ["svae.safetensors", "weights.safetensors"]);
});

const REFUSED = [
  ["f32", NaN, "NaN"],
  ["f32", -Infinity, "-Infinity"],
  // More than float32 has.
  ["f64", 1e300, "Infinity as float32"],
] as const;

for (const [dtype, value, found] of REFUSED) {
  Deno.test(`importWeights() refuses ${value} in ${dtype} and leaves no file`, async () => {
    const { told, files } = await importWith(onesBut(value, dtype));
    const place = `tensor "${NAME}" holds ${found} at element 40 of 108`;
    assert.match(told, new RegExp(RegExp.escape(place)));
    assert.match(told, /^UserError: .*, expected finite numbers$/);
    assert.deepEqual(files, ["weights.safetensors"]);
  });
}
