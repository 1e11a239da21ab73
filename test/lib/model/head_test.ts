import assert from "node:assert/strict";
import {
  arShapes,
  arSpecs,
  embedTime,
  headVelocity,
} from "../../../lib/model/mod.ts";
import { initialize, type Parameters } from "../../../lib/nn/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import {
  constant,
  constantArray,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose, compareTensors } from "../../tensors.ts";
import { AR, constants, evaluate, noise, randomWeights } from "./_models.ts";

const ROWS = 3;
const WEIGHTS = randomWeights(arShapes(AR));
const X = noise([ROWS, AR.latent_dim], { name: "x" });
const CONDITION = noise([ROWS, AR.dim], { name: "condition" });

async function velocity(
  p: Parameters = constants(WEIGHTS),
  { x = X, condition = CONDITION, t = [0.2, 0.5, 0.9] }: {
    x?: HostTensor;
    condition?: HostTensor;
    t?: number[];
  } = {},
): Promise<HostTensor> {
  const v = headVelocity(p.at("head.net"), constant(x), {
    t: constantArray([ROWS], t),
    condition: constant(condition),
    config: AR,
  });
  return (await evaluate({ v })).v;
}

Deno.test("headVelocity() is zero at the start of training", async () => {
  const start = initialize(
    arSpecs(AR),
    (name) => new RandomStream({ seed: 1, stream: name }),
  );
  const v = await velocity(constants(start));
  assert.deepEqual(v.shape, [ROWS, AR.latent_dim]);
  assert.deepEqual([...v.data], new Array(ROWS * AR.latent_dim).fill(0));
});

Deno.test("headVelocity() depends on place, time and condition of its row", async () => {
  const before = await velocity();
  const nudged = (tensor: HostTensor<"f32">) => {
    const data = tensor.data.slice();
    data[0]! += 0.5;
    return hostTensor("f32", tensor.shape, data);
  };
  const changes = [
    { x: nudged(X) },
    { condition: nudged(CONDITION) },
    { t: [0.3, 0.5, 0.9] },
  ];
  for (const change of changes) {
    const after = await velocity(undefined, change);
    const moved = [...after.data].map((v, i) => v !== before.data[i]);
    const expected = moved.map((_, i) => i < AR.latent_dim);
    assert.deepEqual(moved, expected, Object.keys(change)[0]);
  }
});

Deno.test("headVelocity() uses every weight of the head", async () => {
  const before = await velocity();
  for (const [name, tensor] of Object.entries(WEIGHTS)) {
    if (!name.startsWith("head.")) continue;
    const zero = new Float32Array(tensor.data.length);
    const without = {
      ...WEIGHTS,
      [name]: hostTensor("f32", tensor.shape, zero),
    };
    const after = await velocity(constants(without));
    const { error } = compareTensors(after, before, { tolerance: 0 });
    assert.ok(error > 0, name);
  }
});

Deno.test("headVelocity() shares a modulation between blocks of a group", async () => {
  // A gate of zero shuts blocks 2 and 3 of the second group of two.
  const name = "head.net.ada_ln_blocks.1";
  const shut: Record<string, HostTensor> = { ...WEIGHTS };
  for (const part of ["weight", "bias"]) {
    const { shape, data } = WEIGHTS[`${name}.${part}`]!;
    const kept = data.slice().fill(0, data.length / 3 * 2);
    shut[`${name}.${part}`] = hostTensor("f32", shape, kept);
  }
  const before = await velocity(constants(shut));
  for (
    const [block, counts] of [[0, true], [1, true], [2, false], [3, false]]
  ) {
    const key = `head.net.res_blocks.${block}.w2.bias`;
    const { shape, data } = WEIGHTS[key]!;
    const other = hostTensor("f32", shape, data.map((x) => x + 1));
    const after = await velocity(constants({ ...shut, [key]: other }));
    const { error } = compareTensors(after, before, { tolerance: 0 });
    assert.equal(error > 0, counts, `block ${block}`);
  }
});

Deno.test("embedTime() is two layers over cosines, then sines, of 1000 t", async () => {
  const identity = new Float32Array(256 * 256);
  for (let i = 0; i < 256; i++) identity[i * 257] = 1;
  const layer = {
    weight: hostTensor("f32", [256, 256], identity),
    bias: hostTensor("f32", [256], new Float32Array(256)),
  };
  const p = constants({
    "time_embed.mlp.0.weight": layer.weight,
    "time_embed.mlp.0.bias": layer.bias,
    "time_embed.mlp.2.weight": layer.weight,
    "time_embed.mlp.2.bias": layer.bias,
  });
  const times = [0, 0.25, 0.96];
  const { e } = await evaluate({ e: embedTime(p, constantArray([3], times)) });
  const silu = (x: number) => x / (1 + Math.exp(-x));
  const expected = times.flatMap((t) =>
    Array.from({ length: 256 }, (_, i) => {
      const frequency = 10_000 ** (-(i % 128) / 128);
      const angle = 1000 * t * frequency;
      return silu(i < 128 ? Math.cos(angle) : Math.sin(angle));
    })
  );
  const wanted = hostTensor("f32", [3, 256], Float32Array.from(expected));
  // Frequencies are float32 numbers, and the angles reach 960.
  assertClose(e, wanted, { what: "features", tolerance: 2e-4 });
});
