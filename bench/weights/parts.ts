import { arShapes } from "../../lib/model/mod.ts";
import { type FrozenProgram, frozenProgram } from "../../lib/nn/mod.ts";
import {
  type ArModel,
  decoderParts,
  planSampling,
  type VaeModel,
} from "../../lib/sample/mod.ts";
import { counterNoise, type DrawPosition } from "../../lib/sample/noise.ts";
import { samplingPrograms } from "../../lib/sample/programs.ts";
import {
  type Bindings,
  type HostTensor,
  hostTensor,
  type Program,
} from "../../lib/tensor/mod.ts";
import { randomTensor } from "../ours/weights.ts";

/** Parts of sampling an image, in their order. */
export const PARTS = [
  "start",
  "token",
  "modulate",
  "solve",
  "decode",
] as const;

/** One of them. */
export type PartName = typeof PARTS[number];

/** A program with all that one run of it reads. */
export interface Part extends FrozenProgram {
  readonly inputs: NonNullable<Bindings["inputs"]>;
  readonly state: Readonly<Record<string, HostTensor>>;
}

/** Both halves of a generator. */
export interface Generator {
  readonly ar: ArModel;
  readonly vae: VaeModel;
}

/** Solver steps of a token: one run of the head takes them all. */
const STEPS = 4;

const GUIDANCE = { cfg: 4.5, schedule: "linear" } as const;

/** Class, seed and place of the image. */
const [CLASS, SEED, INDEX] = [1, 1n, 0];

/**
 * What guided sampling of one image runs for its classes, its last token, that
 * token's solver steps, and its pixels. What parts hand on is drawn at random,
 * caches as well, so none needs the others.
 */
export function partsOf(
  { ar, vae }: Generator,
): Readonly<Record<PartName, () => Part>> {
  const { config } = ar;
  const plan = planSampling(config, 1, {
    solver: "euler-maruyama",
    steps: STEPS,
    guidance: GUIDANCE,
  });
  const noise = counterNoise(plan.rows);
  const request = { seed: SEED, indices: Uint32Array.of(INDEX) };
  const { start, token, modulate, solve } = samplingPrograms(plan, noise);
  const last = config.grid ** 2 - 1;
  const classes = Int32Array.of(CLASS, config.num_classes);
  const given = (position: DrawPosition, count: number) => ({
    ...noise.bind(position, count, request),
    scale: hostTensor("f32", [], Float32Array.of(GUIDANCE.cfg)),
  });
  return {
    start: () =>
      samplingPart(ar, start, {
        classes: hostTensor("i32", [2], classes),
        position: index(0),
        ...given({ token: 0, draw: 0 }, 1),
      }),
    token: () =>
      samplingPart(ar, token, {
        token: index(last),
        ...given({ token: last, draw: 0 }, 1),
      }),
    modulate: () => samplingPart(ar, modulate!, { first: index(0) }),
    solve: () =>
      samplingPart(ar, solve, {
        step: index(0),
        ahead: index(0),
        ...given({ token: last, draw: 1 }, plan.unroll),
      }),
    decode: () => {
      const parts = decoderParts(vae, 1);
      const z = randomTensor(parts.inputs["z"]!.shape, { stream: "z" });
      return { ...frozenProgram(parts), inputs: { z }, state: {} };
    },
  };
}

function index(value: number): HostTensor {
  return hostTensor("i32", [], Int32Array.of(value));
}

function samplingPart(
  { config, weights }: ArModel,
  program: Program,
  inputs: Part["inputs"],
): Part {
  const frozen: Record<string, ArModel["weights"][string]> = {};
  const state: Record<string, HostTensor> = {};
  const shapes = arShapes(config);
  for (const [name, { value: { shape } }] of Object.entries(program.state)) {
    if (name in shapes) frozen[name] = weights[name]!;
    else state[name] = randomTensor(shape, { stream: name });
  }
  return { program, frozen, inputs, state };
}
