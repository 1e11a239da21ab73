import assert from "node:assert/strict";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import type { Engine } from "../../../../lib/tensor/mod.ts";
import type {
  Batch,
  BatchOptions,
  Trained,
} from "../../../../lib/train/mod.ts";
import { engineAvailable, testOnEngines } from "../../../engines.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import {
  checkpointOf,
  duelBatch,
  type DuelRun,
  savedBytes,
  STEPS,
  trainDuel,
} from "./_ranks.ts";

/** Everything that a training leaves, and its last state. */
interface Left {
  readonly trained: Trained;
  readonly saved: string;
}

async function leftBy(
  engines: readonly Engine[],
  run: Omit<DuelRun, "folder">,
): Promise<Left> {
  let left: Left | undefined;
  await inFolder(async (folder) => {
    const trained = await trainDuel(engines, {
      folder,
      checkpointSeconds: 0,
      ...run,
    });
    left = { trained, saved: await savedBytes(folder) };
  });
  return left!;
}

await testOnEngines({
  "train() gives the same bytes by 1, 2, 4 and 8 ranks": async (engine) => {
    const alone = await leftBy([engine], { ranks: 1 });
    assert.equal(alone.trained.log["loss/generator"]!.length, STEPS);
    for (const ranks of [2, 4, 8]) {
      assert.deepEqual(await leftBy([engine], { ranks }), alone);
    }
  },
});

const { available } = await engineAvailable("onnx");

Deno.test({
  name: "train() gives the same bytes whatever threads a rank has",
  ignore: !available,
  fn: async () => {
    const engines: Engine[] = [];
    for (const threads of [1, 1, 2, 4]) {
      engines.push(await createOnnxEngine({ threads, spinning: false }));
    }
    const [one, , two, four] = engines;
    const alone = await leftBy([one!], { ranks: 1 });
    const others = [[two!], [four!], engines.slice(0, 2), engines];
    for (const some of others) {
      const ranks = some.length;
      assert.deepEqual(await leftBy(some, { ranks }), alone);
    }
    for (const engine of engines) await engine.close();
  },
});

const reference = createReferenceEngine();

Deno.test("train() in parts does what the whole does, but for rounding", async () => {
  const whole = await leftBy([reference], { ranks: 1, parts: undefined });
  const parted = await leftBy([reference], { ranks: 2 });
  const names = Object.keys(whole.trained.log);
  assert.deepEqual(Object.keys(parted.trained.log), names);
  for (const name of names) {
    const [expected, found] = [whole, parted]
      .map(({ trained }) => trained.log[name]!);
    found!.forEach((value, step) => {
      const gap = Math.abs(value - expected![step]!);
      if (!(gap <= 1e-6)) assert.fail(`${name} of step ${step}: ${gap}`);
    });
  }
});

/** A batch of which one row of one step is not a number. */
function spoiltBatch(step: number, options: BatchOptions): Batch {
  const batch = duelBatch(step, options);
  if (step === 3 && options.rows.start === 0) batch.x.data[0] = NaN;
  return batch;
}

Deno.test("train() skips the same steps by any number of ranks", async () => {
  const run = {
    batch: spoiltBatch,
    changes: { spikes: { ratio: 2, action: "skip" } as const },
  };
  const alone = await leftBy([reference], { ranks: 1, ...run });
  assert.deepEqual([...alone.trained.log["skipped"]!], [0, 0, 0, 1, 0, 0]);
  assert.deepEqual(await leftBy([reference], { ranks: 4, ...run }), alone);
});

Deno.test("train() goes on with any number of ranks to the same bytes", async () => {
  const steps = 12;
  const whole = await leftBy([reference], { ranks: 1, steps });
  await inFolder(async (folder) => {
    for (const ranks of [4, 1, 2, 8]) {
      const controller = new AbortController();
      const cut = trainDuel([reference], {
        folder,
        ranks,
        steps,
        onStep: () => controller.abort(),
        signal: controller.signal,
      });
      await assert.rejects(cut, { name: "AbortError" });
    }
    let start = -1;
    const trained = await trainDuel([reference], {
      folder,
      ranks: 2,
      steps,
      checkpointSeconds: 0,
      onStart: (step) => void (start = step),
    });
    assert.ok(start >= 4, `the last run began at step ${start}`);
    const saved = await savedBytes(folder);
    assert.deepEqual({ trained, saved }, whole);
  });
});

Deno.test("train() stops all ranks after one step where one is told to", async () => {
  await inFolder(async (folder) => {
    const controller = new AbortController();
    const stopped: string[] = [];
    const run = (rank: number) => ({
      // The third one alone is told.
      signal: rank === 2 ? controller.signal : new AbortController().signal,
      onStep: (step: number) => {
        if (step === 2) controller.abort(new Error("Told"));
      },
    });
    await trainDuel([reference], { folder, ranks: 4, ofRank: run })
      .catch((error) => void stopped.push(`${error}`));
    assert.match(stopped[0]!, /StopError: Stopped, as one of the ranks was/);
    assert.ok(await savedBytes(folder));
  });
});

Deno.test("train() ends on all ranks at a loss that is not finite", async () => {
  await inFolder(async (folder) => {
    const spoilt = trainDuel([reference], {
      folder,
      ranks: 4,
      batch: spoiltBatch,
    });
    const failed = await spoilt.catch((error) => error);
    assert.match(failed.message, /the "loss\/generator" is NaN at step 3;/);
  });
});

Deno.test("train() reads averages and results where the first rank pauses", async () => {
  const seen: unknown[] = [];
  for (const ranks of [1, 4]) {
    const found: unknown[] = [];
    await inFolder(async (folder) => {
      await trainDuel([reference], {
        folder,
        ranks,
        pauses: [{
          due: (step) => step % 2 === 0,
          run: async (moment) => {
            const { weights } = await moment.result();
            found.push(moment.step, weights);
          },
        }],
      });
    });
    assert.equal(found.length, STEPS);
    seen.push(found);
  }
  assert.deepEqual(seen[1], seen[0]);
});

const REFUSED: Readonly<Record<string, [Partial<DuelRun>, RegExp]>> = {
  "three ranks": [
    { ranks: 3 },
    /^Cannot share 8 parts of a batch among 3 ranks: expected a power of two, and no more ranks than parts$/,
  ],
  "more ranks than parts": [
    { ranks: 4, parts: 2 },
    /^Cannot share 2 parts of a batch among 4 ranks: /,
  ],
  "ranks without parts": [
    { ranks: 2, parts: undefined },
    /^Cannot train with 2 ranks: expected --parts, in how many parts a batch is cut for ranks to share$/,
  ],
  "parts that are not equal": [
    { ranks: 1, parts: 32 },
    /^Cannot cut a batch of 16 in 32 parts: expected a power of two that divides it$/,
  ],
  "parts that part rows": [
    {
      ranks: 1,
      changes: { rowsTogether: { rows: 4, because: "a norm is of 4 rows" } },
    },
    /^Cannot cut a batch of 16 in 8 parts of 2: a norm is of 4 rows, expected parts of a multiple of 4 rows$/,
  ],
  "parts in turn twice": [
    { ranks: 1, accumulate: 2 },
    /^Cannot take --accumulate with a batch in 8 parts: they are done in turn/,
  ],
};

for (const [what, [run, message]] of Object.entries(REFUSED)) {
  Deno.test(`train() refuses ${what}`, () =>
    inFolder(async (folder) => {
      const training = trainDuel([reference], { folder, ranks: 1, ...run });
      await assert.rejects(training, { name: "UserError", message });
      await assert.rejects(Deno.stat(checkpointOf(folder)));
    }));
}
