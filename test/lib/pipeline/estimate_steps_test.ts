import assert from "node:assert/strict";
import { join } from "node:path";
import {
  plannedArtifact,
  UserError,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import {
  type EstimateContext,
  estimateSteps,
  parsePipeline,
  planPipeline,
  type Stage,
  type StepResult,
} from "../../../lib/pipeline/mod.ts";
import { zeros } from "../../../lib/tensor/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { brighten, make } from "./example_stages.ts";

const TEXT = `
  folder = "out"
  [stages.make]
  options = { count = 5 }
  [stages.brighten]
  inputs = { images = "make.images" }
  outputs = { note = "note.txt" }
`;

function images(count: number) {
  return plannedArtifact("images", {
    kind: "images",
    tensors: {
      images: { dtype: "u8", shape: [count, 2, 2, 3] },
      labels: { dtype: "i32", shape: [count] },
    },
    config: { classes: ["grey"] },
  });
}

/** The stages of the example, which say what they would leave. */
const STAGES: Readonly<Record<string, Stage>> = {
  make: {
    ...make,
    estimate: ({ options: { count } }) =>
      Promise.resolve({ outputs: { images: images(count as number) } }),
  } as Stage,
  brighten: {
    ...brighten,
    estimate: ({ inputs, workers }: EstimateContext) => {
      const { images: count = 0 } = inputs["images"]!.sizes;
      const run = { name: "brighten", runs: count, flops: 1, bytes: 2 };
      return Promise.resolve({
        amount: `${count} images, ${workers} workers`,
        work: [run],
        outputs: { images: images(count) },
      });
    },
  } as unknown as Stage,
};

async function estimates(
  folder: string,
  { stages = STAGES, states = ["would run", "would run"] }: {
    readonly stages?: Readonly<Record<string, Stage>>;
    readonly states?: readonly StepResult["state"][];
  } = {},
) {
  const spec = parsePipeline(TEXT, join(folder, "p.toml"));
  const plan = await planPipeline(
    spec,
    (name) => Promise.resolve(stages[name]),
  );
  const results = plan.steps.map(({ id }, i) => ({ id, state: states[i]! }));
  return await estimateSteps(plan, results, { workers: 2 });
}

/** Bytes of five images of four pixels, with their labels. */
const BYTES = 5 * 12 + 5 * 4;

Deno.test("estimateSteps() hands on what the steps before will leave", () =>
  inFolder(async (folder) => {
    const [first, second] = await estimates(folder);
    assert.equal(first!.known, true);
    assert.equal(first!.bytes, BYTES);
    assert.equal(second!.amount, "5 images, 2 workers");
    assert.equal(second!.bytes, BYTES);
    assert.equal(second!.work![0]!.runs, 5);
  }));

Deno.test("estimateSteps() reads what is there of steps that are done", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "out"));
    const path = join(folder, "out/make.safetensors");
    await writeArtifact(path, {
      kind: "images",
      tensors: {
        images: zeros("u8", [3, 2, 2, 3]),
        labels: zeros("i32", [3]),
      },
      config: { classes: ["grey"] },
    });
    const [first, second] = await estimates(folder, {
      states: ["done", "would run"],
    });
    assert.equal(first!.bytes, (await Deno.stat(path)).size);
    assert.equal(first!.work, undefined);
    assert.equal(second!.amount, "3 images, 2 workers");
  }));

Deno.test("estimateSteps() knows nothing of stages that do not say, nor of those after", () =>
  inFolder(async (folder) => {
    const { estimate: _, ...silent } = STAGES["make"]!;
    const stages = { ...STAGES, make: silent };
    const found = await estimates(folder, { stages });
    assert.deepEqual(found.map(({ known }) => known), [false, false]);
  }));

Deno.test("estimateSteps() names the step whose numbers do not fit", () =>
  inFolder(async (folder) => {
    const estimate = () => Promise.reject(new UserError("Cannot fit"));
    const stages = {
      ...STAGES,
      brighten: { ...STAGES["brighten"]!, estimate },
    };
    await assert.rejects(estimates(folder, { stages }), {
      name: "UserError",
      message: /p\.toml": stages\.brighten: Cannot fit$/,
    });
  }));
