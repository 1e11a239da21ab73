import assert from "node:assert/strict";
import { decode, encode, vaeShapes } from "../../../lib/model/mod.ts";
import {
  constant,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose, compareTensors } from "../../tensors.ts";
import { constants, evaluate, noise, randomWeights, VAE } from "./_models.ts";

const { image_size: SIZE, latent_dim: D } = VAE;
const TOKENS = (SIZE / VAE.patch_size) ** 2;
const WEIGHTS = randomWeights(vaeShapes(VAE));
const IMAGES = noise([2, 3, SIZE, SIZE], { name: "images", deviation: 0.5 });
const LATENTS = noise([2, TOKENS, D], { name: "latents" });

/** The second of two rows. */
function second(pair: HostTensor): HostTensor {
  const { dtype, shape, data } = pair;
  const rows = data.slice(data.length / 2);
  return hostTensor(dtype, [1, ...shape.slice(1)], rows as never);
}

async function posterior(
  images: HostTensor,
  weights: Readonly<Record<string, HostTensor>> = WEIGHTS,
): Promise<{ mu: HostTensor; kappa: HostTensor }> {
  const { mu, kappa } = encode(constants(weights), constant(images), VAE);
  return await evaluate({ mu, kappa: kappa! });
}

async function decoded(z: HostTensor): Promise<HostTensor> {
  return (await evaluate({ x: decode(constants(WEIGHTS), constant(z), VAE) }))
    .x;
}

for (const scale of [0.001, 1, 300]) {
  Deno.test(`encode() gives unit directions and kappa from 1, with weights x ${scale}`, async () => {
    const name = "quant_proj.weight";
    const { shape, data } = WEIGHTS[name]!;
    const scaled = hostTensor("f32", shape, data.map((x) => scale * x));
    const found = await posterior(IMAGES, { ...WEIGHTS, [name]: scaled });
    assert.deepEqual(found.mu.shape, [2, TOKENS, D]);
    assert.deepEqual(found.kappa.shape, [2, TOKENS]);
    for (let token = 0; token < 2 * TOKENS; token++) {
      const mu = found.mu.data.subarray(token * D, (token + 1) * D);
      const norm = Math.hypot(...mu);
      if (!(Math.abs(norm - 1) <= 1e-12)) assert.fail(`norm ${norm}`);
      const kappa = found.kappa.data[token]!;
      if (!(kappa >= 1 && kappa < Infinity)) assert.fail(`kappa ${kappa}`);
    }
  });
}

Deno.test("encode() reads kappa after the direction", async () => {
  const bias = hostTensor("f32", [D + 1], Float32Array.of(3, 0, 0, 0, 2));
  const weight = WEIGHTS["quant_proj.weight"]!;
  const zero = new Float32Array(weight.data.length);
  const found = await posterior(IMAGES, {
    ...WEIGHTS,
    "quant_proj.weight": hostTensor("f32", weight.shape, zero),
    "quant_proj.bias": bias,
  });
  assert.deepEqual([...found.mu.data.subarray(0, D)], [1, 0, 0, 0]);
  const expected = 1 + Math.log(1 + Math.exp(2));
  const kappa = found.kappa.data[0]!;
  if (!(Math.abs(kappa - expected) <= 1e-12)) assert.fail(`kappa ${kappa}`);
});

Deno.test("encode() and decode() treat each image alone", async () => {
  const options = { tolerance: 1e-13 };
  const both = await posterior(IMAGES);
  const alone = await posterior(second(IMAGES));
  assertClose(alone.mu, second(both.mu), { what: "mu", ...options });
  assertClose(alone.kappa, second(both.kappa), { what: "kappa", ...options });
  const images = await decoded(LATENTS);
  assert.deepEqual(images.shape, [2, 3, SIZE, SIZE]);
  const image = await decoded(second(LATENTS));
  assertClose(image, second(images), { what: "image", ...options });
});

Deno.test("encode() and decode() use every weight", async () => {
  const whole = { ...await posterior(IMAGES), x: await decoded(LATENTS) };
  for (const [name, { shape, data }] of Object.entries(WEIGHTS)) {
    const zero = hostTensor("f32", shape, new Float32Array(data.length));
    const p = constants({ ...WEIGHTS, [name]: zero });
    const encoder = /^(encoder|quant_proj)\./.test(name);
    const found = encoder
      ? await evaluate({ ...encode(p, constant(IMAGES), VAE) })
      : await evaluate({ x: decode(p, constant(LATENTS), VAE) });
    const moved = Object.entries(found).some(([key, tensor]) => {
      const before = whole[key as keyof typeof whole];
      return compareTensors(tensor, before, { tolerance: 0 }).error > 0;
    });
    assert.ok(moved, name);
  }
});

Deno.test("decode() keeps a token's place in the image", async () => {
  const changed = hostTensor("f32", LATENTS.shape, LATENTS.data.slice());
  // Token 1 is the right half of the upper row.
  changed.data[D]! += 1;
  const [before, after] = [await decoded(LATENTS), await decoded(changed)];
  const change = [0, 0, 0, 0];
  for (let i = 0; i < SIZE * SIZE; i++) {
    const quarter = 2 * Number(i >= SIZE * SIZE / 2) +
      Number(i % SIZE >= SIZE / 2);
    change[quarter]! += Math.abs(after.data[i]! - before.data[i]!);
  }
  assert.equal(change.indexOf(Math.max(...change)), 1, `${change}`);
});

Deno.test("encode() and decode() drop the registers, not patches", async () => {
  // Without mixing, registers and patches never meet.
  const apart = Object.entries(WEIGHTS).map(([name, { shape, data }]) => {
    const mixes = /attention\.wo|feed_forward\.w2/.test(name);
    const values = mixes ? new Float32Array(data.length) : data;
    return [name, hostTensor("f32", shape, values)] as const;
  });
  const weights = Object.fromEntries(apart);
  const others: Record<string, HostTensor> = { ...weights };
  for (const half of ["encoder", "decoder"]) {
    const name = `${half}.register_token.weight`;
    others[name] = noise(weights[name]!.shape, { name: "other registers" });
  }
  const run = async (values: Readonly<Record<string, HostTensor>>) => {
    const x = decode(constants(values), constant(LATENTS), VAE);
    return { ...await posterior(IMAGES, values), ...await evaluate({ x }) };
  };
  const [before, after] = [await run(weights), await run(others)];
  for (const name of ["mu", "kappa", "x"] as const) {
    assertClose(after[name], before[name], { what: name, tolerance: 0 });
  }
});
