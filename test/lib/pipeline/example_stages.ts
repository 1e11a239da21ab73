import { z } from "zod";
import { hostTensor } from "../../../lib/tensor/host_tensor.ts";
import { defineStage } from "../../../lib/pipeline/mod.ts";

/** Makes images of one grey value. */
export const make = defineStage({
  name: "make",
  summary: "Make grey images",
  examples: [{ does: "all by default", args: "" }],
  version: 1,
  inputs: {},
  outputs: { images: { kind: "images", help: "grey images" } },
  options: z.object({
    count: z.int().min(1).default(2).describe("how many images"),
    greyValue: z.number().min(0).max(255).default(7).describe("their value"),
  }),
  async run({ options: { count, greyValue }, outputs, seed }) {
    const pixels = new Uint8Array(count * 12).fill(greyValue + seed);
    await outputs.images.write({
      tensors: {
        images: hostTensor("u8", [count, 2, 2, 3], pixels),
        labels: hostTensor("i32", [count], new Int32Array(count)),
      },
      config: { classes: ["grey"] },
    });
  },
});

async function isMissing(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  return await Deno.stat(path).then(() => false, () => true);
}

/** Adds one to the first pixel `steps` times, keeping its count in scratch. */
export const brighten = defineStage({
  name: "brighten",
  summary: "Brighten images step by step",
  examples: [{ does: "all by default", args: "" }],
  version: 1,
  inputs: {
    images: { kind: ["images", "samples"], help: "what to brighten" },
    mask: { kind: "images", help: "where", optional: true },
  },
  outputs: {
    images: { kind: "images", help: "brighter images" },
    note: {
      kind: "file",
      help: "a word about it",
      optional: true,
      extension: "txt",
    },
  },
  options: z.object({
    steps: z.int().min(0).default(3).describe("how many steps"),
    delayMs: z.number().default(0).describe("milliseconds per step"),
    waitFor: z.string().optional()
      .describe("file that steps after the second wait for"),
    failAt: z.int().optional().describe("step at which it dies"),
    mode: z.enum(["slow", "fast"]).default("fast").describe("how it does it"),
    tint: z.boolean().default(true).describe("tint as well"),
    weights: z.array(z.number()).default([1, 2]).describe("unused weights"),
  }),
  async run({ options, inputs, outputs, signal, scratch, progress, log }) {
    const file = scratch("state.json");
    const text = await Deno.readTextFile(file).catch(() => "0");
    const { steps, failAt, delayMs, waitFor } = options;
    const task = progress.start({ total: steps });
    for (let step = Number(text); step < steps; step++) {
      if (step === failAt) throw new Error("It dies here");
      do {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      } while (step >= 2 && !signal.aborted && await isMissing(waitFor));
      await Deno.writeTextFile(file, String(step + 1));
      task.advance();
      if (delayMs > 0) log.info(`step ${step + 1}`);
      signal.throwIfAborted();
    }
    task.finish();
    const images = await inputs.images.read("images");
    const pixels = (images.data as Uint8Array).slice();
    pixels[0]! += steps;
    await outputs.images.write({
      tensors: {
        images: hostTensor("u8", images.shape, pixels),
        labels: hostTensor(
          "i32",
          [images.shape[0]!],
          new Int32Array(images.shape[0]!),
        ),
      },
    });
    await outputs.note?.writeFile("done");
    return { steps, resumedAt: Number(text) };
  },
});

/** Counts images; its figures need no file. */
export const tally = defineStage({
  name: "tally",
  summary: "Count images",
  examples: [{ does: "all by default", args: "" }],
  version: 1,
  inputs: { images: { kind: "images", help: "what to count" } },
  outputs: {
    metrics: { kind: "metrics", help: "the count", optional: true },
  },
  options: z.object({}),
  async run({ inputs, outputs }) {
    const images = inputs.images.sizes.images!;
    await outputs.metrics?.write({ tensors: {}, config: { images } });
    return { images };
  },
});

/** Draws pictures: in one file, or in a folder in its place. */
export const draw = defineStage({
  name: "draw",
  summary: "Draw pictures",
  examples: [{ does: "all by default", args: "" }],
  version: 1,
  shares: true,
  inputs: {},
  outputs: {
    book: {
      kind: "file",
      extension: "txt",
      help: "all of them",
      unless: ["sheets"],
    },
    sheets: { kind: "folder", help: "one file each", optional: true },
  },
  options: z.object({}),
  async run({ outputs, share, scratch }) {
    await Deno.writeTextFile(scratch(`${share.rank}`), "drawn");
    // Nobody but the last process has all of the work.
    if (share.rank < share.world - 1) return { drawn: 1 };
    const file = await outputs.book?.createFile();
    await file?.write(Uint8Array.of(66), 1);
    await file?.write(Uint8Array.of(65), 0);
    await file?.commit();
    const folder = await outputs.sheets?.createFolder(/^\d$/);
    await folder?.write("0", Uint8Array.of(1));
    await folder?.commit();
    return { drawn: 2 };
  },
});
