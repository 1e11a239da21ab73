import assert from "node:assert/strict";
import { vaeShapes } from "../../../lib/model/mod.ts";
import { FrozenModel } from "../../../lib/nn/mod.ts";
import {
  decoderParts,
  Sampler,
  type SamplingOptions,
  solverSteps,
  toBytes,
} from "../../../lib/sample/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { AR, noise, randomWeights, VAE } from "../model/_models.ts";
import { assertBytes, OTHER_BATCH } from "./_bytes.ts";
import { drawOf, DRAWS_PER_TOKEN, replay } from "./_replay.ts";
import {
  D,
  labelOf,
  MODEL,
  OPTIONS,
  request,
  TOKENS,
  tokensOf,
  VALUES,
} from "./_runs.ts";

/** Decoded bytes of tokens. */
async function bytesOf(
  engine: Engine,
  tokens: HostTensor,
): Promise<Uint8Array> {
  const model = { config: VAE, weights: randomWeights(vaeShapes(VAE)) };
  const decoder = await FrozenModel.create(
    engine,
    decoderParts(model, tokens.shape[0]!),
  );
  const { images } = await decoder.run({ z: tokens });
  decoder.dispose();
  return toBytes(images).data;
}

/** How close tokens of two runs are that compute the same in another order. */
function toleranceOf({ name }: Engine): number {
  return name === "reference" ? 1e-12 : 1e-4;
}

/** Runs that must equal their replay; two of them have idle steps. */
const REPLAYS: Readonly<Record<string, SamplingOptions>> = {
  "one Euler step": {
    solver: "euler",
    steps: 1,
    guidance: { cfg: 1, schedule: "constant" },
  },
  "Euler with linear guidance and an idle step": {
    solver: "euler",
    steps: 17,
    guidance: { cfg: 3, schedule: "linear" },
  },
  "Euler-Maruyama without guidance": {
    solver: "euler-maruyama",
    steps: 3,
    guidance: { cfg: 1, schedule: "linear" },
  },
  "Euler-Maruyama with constant guidance": {
    solver: "euler-maruyama",
    steps: 2,
    guidance: { cfg: 2, schedule: "constant" },
  },
  "Euler-Maruyama with linear guidance and an idle step": {
    solver: "euler-maruyama",
    steps: 16,
    guidance: { cfg: 2, schedule: "linear" },
  },
  "Euler with fewer steps at later tokens": {
    solver: "euler",
    steps: "17:2",
    guidance: { cfg: 3, schedule: "linear" },
  },
  "Euler-Maruyama with fewer steps at later tokens": {
    solver: "euler-maruyama",
    steps: "21:3",
    guidance: { cfg: 2, schedule: "constant" },
  },
};

const replays = new Map<string, Promise<HostTensor<"f64">>>();

/** Three images of a run by plain teacher forcing; made once for all engines. */
function replayed(name: string): Promise<HostTensor<"f64">> {
  const options = REPLAYS[name]!;
  const made = replays.get(name) ?? (async () => {
    const how = { ...options, weights: MODEL.weights };
    const all: number[] = [];
    for (const index of [0, 1, 2]) {
      const image = { label: labelOf(index), seed: 11, index };
      all.push(...await replay(image, how));
    }
    return hostTensor("f64", [3, TOKENS, D], Float64Array.from(all));
  })();
  replays.set(name, made);
  return made;
}

const replayTests = Object.entries(REPLAYS).map(([name, options]) =>
  [
    `Sampler equals teacher forcing step by step: ${name}`,
    async (engine: Engine) => {
      const run = { engine, batch: 3, count: 3, ...options };
      const found = await tokensOf(run);
      // Draws, schedules and guidance are float32 numbers in the programs.
      const tolerance = engine.name === "reference" ? 2e-6 : 2e-4;
      const expected = await replayed(name);
      assertClose(found, expected, { what: "tokens", tolerance });
    },
  ] as const
);

await testOnEngines({
  ...Object.fromEntries(replayTests),

  "Sampler gives tokens on the sphere of radius sqrt(d)": async (engine) => {
    const { data } = await tokensOf({ engine, batch: 2, count: 4 });
    for (let start = 0; start < data.length; start += D) {
      const radius = Math.hypot(...data.subarray(start, start + D));
      if (!(Math.abs(radius - Math.sqrt(D)) <= 1e-5)) {
        assert.fail(`radius ${radius}`);
      }
    }
  },

  "Sampler leaves tokens at any length where it is told so": async (engine) => {
    const run = { engine, batch: 2, count: 2 };
    const [free, projected] = [
      await tokensOf({ ...run, projects: false }),
      await tokensOf(run),
    ];
    // The first token was fed nothing, so the projection alone tells them apart.
    const first = free.data.subarray(0, D);
    const length = Math.hypot(...first);
    assert.ok(Math.abs(length - Math.sqrt(D)) > 1e-3, `length ${length}`);
    first.forEach((value, i) => {
      const apart = value * Math.sqrt(D) / length - projected.data[i]!;
      if (!(Math.abs(apart) <= 1e-5)) assert.fail(`apart by ${apart}`);
    });
  },

  "Sampler repeats the bytes of a seed, in one sampler and in another": async (
    engine,
  ) => {
    const options = { ...OPTIONS, images: 2 };
    const sampler = await Sampler.create(engine, MODEL, options);
    const first = await sampler.sample(request(2));
    const other = await sampler.sample(request(2, { seed: 12 }));
    const again = await sampler.sample(request(2));
    sampler.dispose();
    assert.deepEqual(again.data, first.data);
    const fresh = await tokensOf({ engine, batch: 2, count: 2 });
    assertClose(fresh, first, { what: "another sampler", tolerance: 0 });
    const equal = other.data.filter((value, i) => value === first.data[i]);
    assert.equal(equal.length, 0);
  },

  "Sampler gives an even schedule the bytes of its number": async (engine) => {
    const run = { engine, batch: 2, count: 2 };
    const even = await tokensOf({ ...run, steps: "4:4" });
    const expected = await tokensOf({ ...run, steps: 4 });
    assertClose(even, expected, { what: "tokens", tolerance: 0 });
  },

  "Sampler follows a schedule at many rows as at few": async (engine) => {
    const run = { engine, count: 9, steps: "18:3" } as const;
    const many = await tokensOf({ ...run, batch: 9 });
    const few = await tokensOf({ ...run, batch: 3 });
    const tolerance = toleranceOf(engine);
    assertClose(few, many, { what: "tokens", tolerance });
  },

  "Sampler gives an image the same tokens in every batch": async (engine) => {
    const options = { tolerance: toleranceOf(engine) };
    const count = 9;
    // Nine guided images are 18 rows, past modulating ahead.
    const whole = await tokensOf({ engine, batch: count, count });
    for (const batch of [1, 2, 4]) {
      const parts = await tokensOf({ engine, batch, count });
      assertClose(parts, whole, { what: `batches of ${batch}`, ...options });
    }
    const neighbours = await tokensOf({
      engine,
      batch: 4,
      count: 4,
      labels: (index) => index === 2 ? labelOf(2) : 0,
    });
    const third = ({ data }: HostTensor) =>
      hostTensor("f64", [VALUES], data.slice(2 * VALUES, 3 * VALUES) as never);
    assertClose(third(neighbours), third(whole), {
      what: "other neighbours",
      ...options,
    });
  },

  "Sampler gives each image its own draws": async (engine) => {
    const { data } = await tokensOf({
      engine,
      batch: 2,
      count: 2,
      labels: () => 1,
    });
    assert.notDeepEqual(data.slice(0, VALUES), data.slice(VALUES));
  },

  "Sampler follows the class and the guidance": async (engine) => {
    const run = { engine, batch: 1, count: 1 };
    const base = await tokensOf(run);
    const cfg = { cfg: 4, schedule: "linear" } as const;
    const others = [
      await tokensOf({ ...run, labels: () => 2 }),
      await tokensOf({ ...run, guidance: cfg }),
      await tokensOf({ ...run, solver: "euler" }),
    ];
    for (const { data } of others) assert.notDeepEqual(data, base.data);
  },

  "Tokens start from the same noise whatever the steps": async (engine) => {
    const run = { engine, batch: 2, count: 2, solver: "euler" } as const;
    const coarse = await tokensOf({ ...run, steps: 160 });
    const fine = await tokensOf({ ...run, steps: 200 });
    // Euler's error is of the order of one over the steps.
    assertClose(fine, coarse, { what: "tokens", tolerance: 0.05 });
  },

  "Sampler replays recorded draws": async (engine) => {
    const batch = 2;
    const counted = await tokensOf({ engine, batch, count: batch });
    // A start for each token; the last step is without noise.
    const { solver, steps } = OPTIONS;
    const draws = solverSteps({ solver, steps: Number(steps) }).length;
    const recording: number[] = [];
    for (let k = 0; k < TOKENS; k++) {
      for (let draw = 0; draw < draws; draw++) {
        for (const half of [0, 1]) {
          for (let index = 0; index < batch; index++) {
            const step = k * DRAWS_PER_TOKEN + draw;
            recording.push(...drawOf({ seed: 11, index, step, half }));
          }
        }
      }
    }
    const sampler = await Sampler.create(engine, MODEL, {
      ...OPTIONS,
      images: batch,
      recorded: hostTensor(
        "f32",
        [TOKENS, draws, 2 * batch, D],
        Float32Array.from(recording),
      ),
    });
    const found = await sampler.sample(request(batch, { seed: 99 }));
    sampler.dispose();
    const tolerance = engine.name === "reference" ? 2e-6 : 2e-4;
    assertClose(found, counted, { what: "recorded", tolerance });
  },

  "Sampler stops at a signal and serves again": async (engine) => {
    const options = { ...OPTIONS, images: 1 };
    const sampler = await Sampler.create(engine, MODEL, options);
    const controller = new AbortController();
    const finished: number[] = [];
    const cut = sampler.sample({
      ...request(1),
      signal: controller.signal,
      onToken: (count) => {
        finished.push(count);
        if (count === 2) controller.abort();
      },
    });
    await assert.rejects(cut, { name: "AbortError" });
    assert.deepEqual(finished, [1, 2]);
    const again = await sampler.sample(request(1));
    sampler.dispose();
    const expected = await tokensOf({ engine, batch: 1, count: 1 });
    assertClose(again, expected, { what: "after a cut", tolerance: 0 });
  },

  "Sampler reads the tokens that are there": async (engine) => {
    const options = { ...OPTIONS, images: 2 };
    const sampler = await Sampler.create(engine, MODEL, options);
    // What the batch before has left is nobody's business.
    await sampler.sample(request(2, { seed: 12 }));
    const parts: HostTensor[] = [];
    const found = await sampler.sample({
      ...request(2),
      onToken: async (_, readTokens) => {
        parts.push(await readTokens());
      },
    });
    sampler.dispose();
    assert.equal(parts.length, TOKENS);
    for (const [last, { shape, data }] of parts.entries()) {
      assert.deepEqual(shape, found.shape);
      const isThere = (at: number) => Math.floor(at / D) % TOKENS <= last;
      const expected = found.data.map((value, at) => isThere(at) ? value : 0);
      assert.deepEqual(data, expected);
    }
  },

  "Sampler refuses another number of images": async (engine) => {
    const options = { ...OPTIONS, images: 2 };
    const sampler = await Sampler.create(engine, MODEL, options);
    const expected = {
      name: "RangeError",
      message: "Cannot sample: expected 2 classes and indices, got 3 and 3",
    };
    await assert.rejects(sampler.sample(request(3)), expected);
    const indices = Uint32Array.of(0);
    await assert.rejects(
      sampler.sample({ ...request(2), indices }),
      /got 2 and 1$/,
    );
    sampler.dispose();
  },

  "Sampler names a weight that the model lacks": async (engine) => {
    const { "norm.weight": _, ...weights } = MODEL.weights;
    const options = { ...OPTIONS, images: 1 };
    await assert.rejects(
      Sampler.create(engine, { config: AR, weights }, options),
      { name: "TypeError", message: /the model lacks "norm.weight"$/ },
    );
  },
});

await testOnEngines({
  "Sampler decodes to the same bytes in other batches, but for rounding":
    async (engine) => {
      const run = { engine, count: 24, steps: 8 };
      const whole = await tokensOf({ ...run, batch: 24 });
      const parts = await tokensOf({ ...run, batch: 7 });
      assertBytes(
        await bytesOf(engine, parts),
        await bytesOf(engine, whole),
        OTHER_BATCH,
      );
    },

  "Sampler decodes to the reference's bytes, but for 2 of 255": async (
    engine,
  ) => {
    const reference = createReferenceEngine();
    const run = { batch: 8, count: 8, steps: 8 };
    const found = await tokensOf({ ...run, engine });
    const expected = await tokensOf({ ...run, engine: reference });
    assertBytes(
      await bytesOf(engine, found),
      await bytesOf(reference, expected),
      { limit: 2, share: 0.01 },
    );
  },
}, { reference: false });

Deno.test("Sampler is tested on tokens that decode to images", async () => {
  const engine = createReferenceEngine();
  const tokens = noise([8, TOKENS, D], { name: "tokens" });
  const bytes = await bytesOf(engine, tokens);
  const inside = bytes.filter((byte) => byte > 0 && byte < 255).length;
  assert.ok(inside > bytes.length / 2, `${inside} of ${bytes.length} bytes`);
});
