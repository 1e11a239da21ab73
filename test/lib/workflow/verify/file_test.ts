import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openSafetensors,
  UserError,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import type { Engine, HostTensor } from "../../../../lib/tensor/mod.ts";
import { verifyFile } from "../../../../lib/workflow/verify/file.ts";
import { ENGINE_NAMES, openEngine } from "../../../engines.ts";

const GOLDEN = new URL("../../../golden/", import.meta.url).pathname;
const CASES = [
  "vae",
  "kl16",
  "ar",
  "sample",
  "optimizer",
  "sphere",
  "images",
  "patchgan",
  "stylegan",
  "lpips",
  "inception",
  "dinov2",
  "metrics",
];

const engines: Record<string, Engine | undefined> = {
  reference: createReferenceEngine(),
};
for (const name of ENGINE_NAMES) {
  const { engine, reason } = await openEngine(name);
  engines[name] = engine;
  if (reason !== "") console.warn(`Tests on ${name} are ignored: ${reason}`);
}

for (const [name, engine] of Object.entries(engines)) {
  for (const caseName of CASES) {
    Deno.test({
      name: `verifyFile() agrees with recording "${caseName}" on ${name}`,
      ignore: engine === undefined,
      sanitizeResources: false,
      sanitizeOps: false,
      fn: async () => {
        const path = join(GOLDEN, `${caseName}.safetensors`);
        const { checks, pass } = await verifyFile(path, engine!);
        const failed = checks.filter((check) => !check.pass)
          .map(({ tensor, error, tolerance }) =>
            `${tensor}: ${error} > ${tolerance}`
          );
        assert.deepEqual(failed, []);
        assert.ok(pass && checks.length > 0);
      },
    });
  }
}

/** A changed copy of a recording in a temporary folder. */
async function changed(
  caseName: string,
  change: (
    tensors: Record<string, HostTensor>,
    metadata: Record<string, string>,
  ) => void,
): Promise<{ path: string; remove: () => Promise<void> }> {
  const reader = await openSafetensors(join(GOLDEN, `${caseName}.safetensors`));
  const tensors: Record<string, HostTensor> = {};
  for (const [name, { dtype }] of reader.tensors) {
    // Counts of steps, which nothing here reads.
    if (dtype !== "I64") tensors[name] = await reader.read(name);
  }
  const metadata = { ...reader.metadata };
  reader.close();
  change(tensors, metadata);
  const folder = await Deno.makeTempDir();
  const path = join(folder, "changed.safetensors");
  await writeSafetensors(path, { tensors, metadata });
  return { path, remove: () => Deno.remove(folder, { recursive: true }) };
}

/** Makes the number of largest magnitude 1% larger. */
function nudge({ data }: HostTensor): void {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i]!) > Math.abs(data[largest]!)) largest = i;
  }
  data[largest] = data[largest]! * 1.01;
}

const reference = createReferenceEngine();

for (
  const [caseName, tensor] of [
    ["ar", "out/loss"],
    ["ar", "out/states"],
    ["optimizer", "out/param/3/norm.weight"],
    ["kl16", "out/image"],
    ["patchgan", "out/state/main.3.running_var"],
    ["patchgan", "grad/fake"],
    ["stylegan", "grad/vanilla/blocks.2.net.0.weight"],
    ["lpips", "grad/reconstruction"],
    ["dinov2", "out/256/cls"],
  ] as const
) {
  Deno.test(`verifyFile() fails where ${tensor} of "${caseName}" is 1% off`, async () => {
    const { path, remove } = await changed(
      caseName,
      (tensors) => nudge(tensors[tensor]!),
    );
    const { pass, checks } = await verifyFile(path, reference);
    assert.equal(pass, false);
    const failed = checks.filter((check) => !check.pass);
    assert.deepEqual(failed.map((check) => check.tensor), [tensor]);
    await remove();
  });
}

const MALFORMED: readonly [
  string,
  Parameters<typeof changed>[1],
  RegExp,
][] = [
  [
    "a missing weight",
    (tensors) => delete tensors["weights/norm.weight"],
    /"weights\/norm.weight" is missing/,
  ],
  ["an unknown weight", (tensors) => {
    tensors["weights/extra"] = tensors["weights/norm.weight"]!;
  }, /no parameter "weights\/extra"/],
  ["NaN in a weight", (tensors) => {
    tensors["weights/norm.weight"]!.data[3] = NaN;
  }, /holds NaN at 3/],
  ["an unknown output", (tensors) => {
    tensors["out/extra"] = tensors["out/loss"]!;
  }, /unknown output "out\/extra"/],
  ["no case", (_, metadata) => delete metadata["case"], /not a recording/],
  ["a config that is no JSON", (_, metadata) => {
    metadata["config"] = "{";
  }, /not JSON/],
  ["sizes that do not fit", (_, metadata) => {
    const config = JSON.parse(metadata["config"]!);
    config.ar.dim = 65;
    metadata["config"] = JSON.stringify(config);
  }, /dim is 65/],
];

for (const [what, change, message] of MALFORMED) {
  Deno.test(`verifyFile() refuses ${what}`, async () => {
    const { path, remove } = await changed("ar", change);
    await assert.rejects(
      () => verifyFile(path, reference),
      (error) => error instanceof UserError && message.test(error.message),
    );
    await remove();
  });
}

Deno.test("verifyFile() refuses a KL-16 VAE that is too large", async () => {
  const { path, remove } = await changed("kl16", (_, metadata) => {
    const config = JSON.parse(metadata["config"]!);
    metadata["config"] = JSON.stringify({ ...config, ch: 65_536 });
  });
  await assert.rejects(
    () => verifyFile(path, reference),
    (error) =>
      error instanceof UserError &&
      /at most 10000000 weights, found \d+/.test(error.message),
  );
  await remove();
});

Deno.test("verifyFile() skips a case that it does not know, and says so", async () => {
  const { path, remove } = await changed("ar", (_, metadata) => {
    metadata["case"] = "poem";
  });
  const { skipped, pass, checks } = await verifyFile(path, reference);
  assert.match(skipped!, /no checks for its case "poem", only for vae, /);
  assert.deepEqual([pass, checks.length], [true, 0]);
  await remove();
});
