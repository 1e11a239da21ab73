import assert from "node:assert/strict";
import { planProgram } from "../../../../lib/engine/webgpu/plan/plan.ts";
import {
  attention,
  cachedAttention,
  input,
  matmul,
  program,
  rmsNorm,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { LIMITS } from "./_limits.ts";

const SOFTWARE = { ...LIMITS, isSoftware: true };

/** WGSL of all kernels that compute a tensor. */
function textOf(y: Tensor, inputs: Tensor[], subgroupSize: number): string {
  const named = Object.fromEntries(
    inputs.map((x) => [(x.attributes as { name: string }).name, x] as const),
  );
  const built = program("narrow", {
    inputs: named as never,
    state: {},
    outputs: { y },
  });
  const { kernels } = planProgram(built, { ...SOFTWARE, subgroupSize });
  return kernels.map(({ wgsl }) => wgsl).join("\n");
}

const rows = ["q", "k", "v"].map((name) => input(name, [1, 2, 20, 16]));
const [q, k, v] = rows as [Tensor, Tensor, Tensor];

Deno.test("lanes of narrow subgroups pass rows of attention, as many as they are", () => {
  const y = attention([q, k, v], { causal: true, scale: 0.25 });
  for (const lanes of [4, 8]) {
    const text = textOf(y, rows, lanes);
    assert.match(text, new RegExp(`@workgroup_size\\(${lanes}\\)`));
    const places = [...text.matchAll(/subgroupShuffle\(\w+, (\d+)u\)/g)]
      .map(([, place]) => Number(place));
    assert.deepEqual([...new Set(places)], [...Array(lanes).keys()]);
  }
  assert.doesNotMatch(textOf(y, rows, 32), /subgroupShuffle/);
});

Deno.test("products of narrow subgroups share no memory", () => {
  const [x, w] = [input("x", [80, 192]), input("w", [192, 192])];
  const y = matmul(x, w, { transposeB: true });
  for (const lanes of [4, 8]) {
    const text = textOf(y, [x, w], lanes);
    assert.match(text, new RegExp(`@workgroup_size\\(${lanes}\\)`));
    assert.doesNotMatch(text, /var<workgroup>/);
  }
  assert.match(textOf(y, [x, w], 32), /var<workgroup>/);
});

Deno.test("maxima of cached attention are read once a subgroup, however narrow", () => {
  const position = input("position", [], "i32");
  const row = input("row", [1, 2, 1, 16]);
  const [key, value] = [row, input("value", [1, 2, 1, 16])];
  const y = cachedAttention({
    q: row,
    k: key,
    v: value,
    keys: k,
    values: v,
    position,
    scale: 0.25,
  });
  const steps = [4, 8, 32].map((lanes) => {
    const text = textOf(y, [row, value, k, v, position], lanes);
    return Number(/i \+= (\d+)u\) \{\n\s+most = max/.exec(text)![1]);
  });
  assert.deepEqual(steps, [4, 8, 8]);
});

Deno.test("products of few rows are like those of many where four lanes are a subgroup", () => {
  for (const rows of [1, 2, 8, 16]) {
    const [x, weight] = [input("x", [rows, 192]), input("weight", [192])];
    const matrices = ["a", "b"].map((name) => input(name, [192, 192]));
    const norm = rmsNorm(x, weight, 1e-6);
    const [a, b] = matrices.map((w) => matmul(norm, w, { transposeB: true }));
    const built = program("few", {
      inputs: Object.fromEntries(
        [x, weight, ...matrices].map((leaf) => [leaf.attributes.name, leaf]),
      ),
      state: {},
      outputs: { a: a!, b: b! },
    });
    const limits = { ...SOFTWARE, maxBindings: 24 };
    const namesAt = (subgroupSize: number) =>
      planProgram(built, { ...limits, subgroupSize }).kernels
        .map(({ name }) => name);
    assert.deepEqual(namesAt(4), ["rms_norm", "matmul", "matmul"]);
    assert.deepEqual(namesAt(8), ["matmul+matmul"]);
  }
});

Deno.test("products of bytes take whole blocks at a time, however little memory there is", () => {
  const [x, w] = [input("x", [16, 192]), input("w", [192, 192])];
  const built = program("bytes", {
    inputs: { x },
    state: { w: { value: w } },
    outputs: { y: matmul(x, w, { transposeB: true }) },
  });
  const { kernels } = planProgram(built, { ...SOFTWARE, sharedBytes: 10240 }, {
    formats: new Map([["w", "bytes"]]),
    roundsProducts: true,
  });
  const { wgsl } = kernels.at(-1)!;
  assert.match(wgsl, /dot4I8Packed/);
  assert.match(wgsl, /start \+= 128u/);
});
