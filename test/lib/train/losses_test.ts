import assert from "node:assert/strict";
import {
  arShapes,
  headVelocity,
  teacherForcedStates,
  vaeShapes,
} from "../../../lib/model/mod.ts";
import { klToUniform } from "../../../lib/sphere/mod.ts";
import {
  arForward,
  Objective,
  vaeForward,
  vaeTerms,
} from "../../../lib/train/mod.ts";
import {
  add,
  constant,
  constantArray,
  type HostTensor,
  hostTensor,
  less,
  mean,
  mul,
  reshape,
} from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import {
  AR,
  constants,
  evaluate,
  noise,
  randomWeights,
  VAE,
} from "../model/_models.ts";

const BATCH = 2;
const COPIES = 3;
const TOKENS = AR.grid ** 2;
const D = AR.latent_dim;
const ROWS = BATCH * TOKENS;
const ALL = COPIES * ROWS;
const P = constants(randomWeights(arShapes(AR)));
const LATENTS = noise([BATCH, TOKENS, D], { name: "latents" });
const NOISE = noise([ALL, D], { name: "noise" });
const TIMES = Array.from({ length: ALL }, (_, i) => (i + 0.5) / ALL);

/** Second differs from first only by its labels. */
function classesOf(...labels: number[]): HostTensor<"i32"> {
  return hostTensor("i32", [BATCH], Int32Array.from(labels));
}

function forward(labels: HostTensor<"i32">, dropped: readonly number[]) {
  return arForward(P, {
    latents: constant(LATENTS),
    classes: constant(labels),
    dropped: less(0.5, constantArray([BATCH], dropped)),
    t: constantArray([ALL], TIMES),
    noise: constant(NOISE),
  }, AR);
}

/** The loss from Equations 7 and 8, one row at a time on the host. */
async function plainLoss(labels: HostTensor<"i32">): Promise<number> {
  const states = teacherForcedStates(P, {
    latents: constant(LATENTS),
    classes: constant(labels),
    config: AR,
  });
  const placed = add(states, P.get("pos_for_diff.weight"));
  const { h } = await evaluate({ h: reshape(placed, [ROWS, AR.dim]) });
  const condition: number[] = [];
  const x: number[] = [];
  const target: number[] = [];
  // Copy-major: row r of copy c is token r of the batch again.
  for (let row = 0; row < ALL; row++) {
    const token = row % ROWS;
    const t = TIMES[row]!;
    const start = token * AR.dim;
    condition.push(...h.data.subarray(start, start + AR.dim));
    for (let i = 0; i < D; i++) {
      const z = LATENTS.data[token * D + i]!;
      const e = NOISE.data[row * D + i]!;
      x.push((1 - t) * e + t * z);
      target.push(z - e);
    }
  }
  const v = headVelocity(P.at("head.net"), constantArray([ALL, D], x), {
    t: constantArray([ALL], TIMES),
    condition: constantArray([ALL, AR.dim], condition),
    config: AR,
  });
  const { data } = (await evaluate({ v })).v;
  const squares = target.map((value, i) => (data[i]! - value) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / squares.length;
}

function assertNear(found: number, expected: number): void {
  if (!(Math.abs(found - expected) <= 1e-6 * Math.abs(expected))) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}

Deno.test("arForward() is the rectified flow's error over tokens and their copies", async () => {
  const { loss } = await evaluate({
    loss: forward(classesOf(0, 2), [0, 0]).loss,
  });
  assertNear(loss.data[0]!, await plainLoss(classesOf(0, 2)));
});

Deno.test("arForward() drops the labels that it is told to", async () => {
  const { loss } = await evaluate({
    loss: forward(classesOf(0, 2), [0, 1]).loss,
  });
  assertNear(loss.data[0]!, await plainLoss(classesOf(0, AR.num_classes)));
});

Deno.test("vaeForward() decodes the draws and weighs the divergence", async () => {
  const images = noise([BATCH, 3, 8, 8], { name: "images", deviation: 0.5 });
  const p = constants(randomWeights(vaeShapes(VAE)));
  const radius = Math.sqrt(VAE.latent_dim);
  const found = vaeForward(p, constant(images), {
    config: VAE,
    draw: ({ mu }) => mul(mu, radius),
  });
  const { posterior, kl, z, reconstruction } = found;
  const { mu, kappa } = posterior;
  const { loss, reported } = new Objective(vaeTerms({ klWeight: 0.5 }))
    .of(found);
  const values = await evaluate({
    mu,
    z,
    l1: reported.l1!,
    l2: reported.l2!,
    reportedKl: reported.kl!,
    loss,
    reconstruction,
    kl,
    divergence: klToUniform(kappa!, VAE.latent_dim),
    meanKl: mean(kl),
  });
  const drawn = Float64Array.from(values.mu.data, (x) => radius * x);
  assertClose(values.z, hostTensor("f64", z.shape, drawn), {
    what: "z",
    tolerance: 1e-7,
  });
  assertClose(values.kl, values.divergence, { what: "kl", tolerance: 0 });
  const errors = [...values.reconstruction.data]
    .map((x, i) => x - images.data[i]!);
  const average = (of: (error: number) => number) =>
    errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
  assertNear(values.l1.data[0]!, average(Math.abs));
  assertNear(values.l2.data[0]!, average((error) => error * error));
  assertNear(values.reportedKl.data[0]!, values.meanKl.data[0]!);
  const total = values.l1.data[0]! + 0.5 * values.meanKl.data[0]!;
  assertNear(values.loss.data[0]!, total);
});
