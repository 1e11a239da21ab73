import type { FrozenModelParts } from "../../lib/nn/mod.ts";
import {
  type ArConfig,
  arShapes,
  halfShapes,
  type VaeConfig,
} from "../../lib/model/mod.ts";
import { decoderParts, headParts, tokenParts } from "../../lib/sample/mod.ts";
import {
  type HostTensor,
  hostTensor,
  type Program,
} from "../../lib/tensor/mod.ts";
import { randomTensor, randomWeights } from "../ours/weights.ts";
import type { BrowserWork } from "./works.ts";

/** Configurations of the models, which the page is told: presets are read from files. */
export interface BrowserModels {
  readonly tiny: ArConfig;
  readonly vae: VaeConfig;
  readonly B: ArConfig;
}

/** A part for any number of rows. */
export type PartsOf = (rows: number) => FrozenModelParts;

const PARTS: {
  readonly [W in BrowserWork]: (models: BrowserModels) => PartsOf;
} = {
  "tiny token": ({ tiny: config }) => {
    const weights = randomWeights(arShapes(config));
    return (rows) => tokenParts({ config, weights }, rows);
  },
  "tiny head": ({ tiny }) => headOf(tiny),
  "tiny decoder": ({ vae }) => {
    const weights = randomWeights(halfShapes(vae).decoder);
    return (rows) => decoderParts({ config: vae, weights }, rows);
  },
  "B head": ({ B }) => headOf(B),
};

function headOf(config: ArConfig): PartsOf {
  const shapes = Object.entries(arShapes(config))
    .filter(([name]) => name.startsWith("head."));
  const weights = randomWeights(Object.fromEntries(shapes));
  return (rows) => headParts({ config, weights }, rows);
}

/** A part with random weights. */
export function partsOf(work: BrowserWork, models: BrowserModels): PartsOf {
  return PARTS[work](models);
}

/** A token that every model has. */
const TOKEN = 3;

/** Inputs of a part, the same for all libraries. */
export function inputsOf({ inputs }: Program): Record<string, HostTensor> {
  const entries = Object.entries(inputs).map(([name, { dtype, shape }]) => {
    const value = dtype === "f32"
      ? randomTensor(shape, { stream: name })
      : hostTensor("i32", shape, Int32Array.of(TOKEN));
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}
