import assert from "node:assert/strict";
import {
  arShapes,
  embedClasses,
  teacherForcedStates,
} from "../../../lib/model/mod.ts";
import {
  constant,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import { AR, constants, evaluate, noise, randomWeights } from "./_models.ts";

const TOKENS = AR.grid ** 2;
const WEIGHTS = randomWeights(arShapes(AR));
const LATENTS = noise([2, TOKENS, AR.latent_dim], { name: "latents" });
const CLASSES = Int32Array.of(0, 2);

async function states(
  latents: HostTensor<"f32">,
  classes: Int32Array = CLASSES,
): Promise<HostTensor> {
  const rows = hostTensor("i32", [classes.length], classes);
  const h = teacherForcedStates(constants(WEIGHTS), {
    latents: constant(latents),
    classes: constant(rows),
    config: AR,
  });
  return (await evaluate({ h })).h;
}

/** Which rows [B, N] of two states differ. */
function changes(a: HostTensor, b: HostTensor): boolean[][] {
  const [batch, tokens, width] = a.shape as [number, number, number];
  return Array.from(
    { length: batch },
    (_, image) =>
      Array.from({ length: tokens }, (_, k) => {
        const start = (image * tokens + k) * width;
        return a.data.subarray(start, start + width)
          .some((value, i) => value !== b.data[start + i]);
      }),
  );
}

Deno.test("teacherForcedStates() gives one state a token", async () => {
  assert.deepEqual((await states(LATENTS)).shape, [2, TOKENS, AR.dim]);
});

for (let k = 0; k < TOKENS; k++) {
  Deno.test(`teacherForcedStates() lets latent ${k} change only states after it`, async () => {
    const changed = hostTensor("f32", LATENTS.shape, LATENTS.data.slice());
    changed.data[(TOKENS + k) * AR.latent_dim]! += 0.5;
    const found = changes(await states(LATENTS), await states(changed));
    const none = new Array<boolean>(TOKENS).fill(false);
    // The image that changed is the second one.
    assert.deepEqual(found, [none, none.map((_, state) => state > k)]);
  });
}

Deno.test("teacherForcedStates() shows every state its class", async () => {
  const before = await states(LATENTS);
  const after = await states(LATENTS, Int32Array.of(0, AR.num_classes));
  const none = new Array<boolean>(TOKENS).fill(false);
  assert.deepEqual(changes(before, after), [none, none.map(() => true)]);
});

Deno.test("teacherForcedStates() treats each image alone", async () => {
  const both = await states(LATENTS);
  const half = LATENTS.data.length / 2;
  const second = hostTensor(
    "f32",
    [1, TOKENS, AR.latent_dim],
    LATENTS.data
      .slice(half),
  );
  const alone = await states(second, CLASSES.slice(1));
  const rows = both.data.slice(both.data.length / 2) as Float64Array;
  const expected = hostTensor("f64", alone.shape, rows);
  assertClose(alone, expected, { what: "alone", tolerance: 1e-14 });
});

Deno.test("teacherForcedStates() tells places apart", async () => {
  const { data } = LATENTS;
  const same = hostTensor(
    "f32",
    LATENTS.shape,
    data.map((_, i) => data[i % AR.latent_dim]!),
  );
  const { data: h } = await states(same);
  const state = (k: number) => h.subarray(k * AR.dim, (k + 1) * AR.dim);
  for (let k = 1; k < TOKENS; k++) {
    const gap = Math.max(...state(k).map((x, i) => Math.abs(x - state(0)[i]!)));
    assert.ok(gap > 1e-3, `state ${k} differs from state 0 by ${gap}`);
  }
});

Deno.test("embedClasses() reads a row of class tokens each", async () => {
  const classes = constant(hostTensor("i32", [2], Int32Array.of(3, 1)));
  const { c } = await evaluate({
    c: embedClasses(constants(WEIGHTS), classes, AR),
  });
  const width = AR.cls_token_num * AR.dim;
  const { data } = WEIGHTS["cls_embedding.weight"]!;
  const rows = [3, 1].flatMap((
    row,
  ) => [...data.subarray(row * width, (row + 1) * width)]);
  const shape = [2, AR.cls_token_num, AR.dim];
  const expected = hostTensor("f32", shape, Float32Array.from(rows));
  assertClose(c, expected, { what: "class tokens", tolerance: 0 });
});
