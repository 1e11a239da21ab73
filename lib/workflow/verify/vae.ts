import { z } from "zod";
import { checkVaeConfig, type VaeConfig, vaeShapes } from "../../model/mod.ts";
import { Parameters } from "../../nn/mod.ts";
import { sampleFromDraws } from "../../sphere/mod.ts";
import {
  type Engine,
  grad,
  type HostTensor,
  mul,
  type Tensor,
} from "../../tensor/mod.ts";
import { Objective, vaeForward, vaeTerms } from "../../train/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import { HYBRID_CONFIG } from "./config.ts";
import type { Recording } from "../recording/mod.ts";
import { runOnce } from "./run.ts";

const CONFIG = z.object({ kl_weight: z.number() });

/**
 * Gradients that flow through kappa: torch's own derivative of a Beta draw is
 * off by up to 1.3e-3 from the exact table.
 */
const KAPPA_TOLERANCE = 2e-3;
const KAPPA_PATH = /^(encoder|quant_proj)\./;

/**
 * How far the recorded KL itself may be off, relative to the largest: the
 * release adds terms of this size in float32, and they cancel.
 */
function klRounding(
  { kappa, kl, d }: { kappa: HostTensor; kl: HostTensor; d: number },
): number {
  let terms = 0;
  for (const k of kappa.data) {
    const total = k + d - 1;
    const logGamma = total * Math.log(total) - total;
    terms = Math.max(terms, (k + d) * Math.LN2 + Math.abs(logGamma));
  }
  let largest = 0;
  for (const value of kl.data) largest = Math.max(largest, Math.abs(value));
  return 4 * 2 ** -23 * terms / largest;
}

/** S-VAE forward with given draws, its losses and all gradients. */
export async function* vaeCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const { kl_weight: klWeight } = recording.config(CONFIG);
  const config = recording.config(HYBRID_CONFIG);
  checkVaeConfig(config);
  const values = await runOnce(engine, {
    name: "vae",
    inputs: await readInputs(recording, config),
    parameters: await recording.weights(vaeShapes(config), "weights/"),
    build: (inputs, parameters) =>
      vaeOutputs({ inputs, parameters, config, klWeight }),
  });
  const kappa = values["out/kappa"]!;
  const base = floatTolerance(engine);
  for (const [tensor, actual] of Object.entries(values)) {
    const expected = await recording.read(tensor);
    const tolerance = KAPPA_PATH.test(tensor.slice("grad/".length))
      ? KAPPA_TOLERANCE
      : tensor === "out/kl"
      ? base + klRounding({ kappa, kl: expected, d: config.latent_dim })
      : base;
    yield { tensor, actual, expected, tolerance };
  }
}

async function readInputs(
  recording: Recording,
  { image_size, patch_size, latent_dim: d }: VaeConfig,
): Promise<Record<string, HostTensor>> {
  const tokens = (image_size / patch_size) ** 2;
  const images = await recording.read("in/images");
  const batch = images.shape[0]!;
  const normal = [batch, tokens, d - 1];
  return {
    images,
    betaDraw: await recording.read("in/beta_draw", [batch, tokens]),
    tangentNormal: await recording.read("in/tangent_normal", normal),
  };
}

interface VaeGraph {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly config: VaeConfig;
  readonly klWeight: number;
}

/** Every recorded value as a graph, by the recording's names. */
function vaeOutputs(
  { inputs, parameters, config, klWeight }: VaeGraph,
): Record<string, Tensor> {
  const { images, betaDraw, tangentNormal } = inputs;
  const forward = vaeForward(new Parameters(parameters), images!, {
    config,
    draw: ({ mu, kappa }) =>
      mul(
        sampleFromDraws({
          mu,
          kappa: kappa!,
          betaDraw: betaDraw!,
          tangentNormal: tangentNormal!,
        }),
        Math.sqrt(config.latent_dim),
      ),
  });
  const { loss, reported } = new Objective(vaeTerms({ klWeight })).of(forward);
  const { l1, l2 } = reported;
  const { posterior, kl, z, reconstruction: recon } = forward;
  const values = { ...posterior, kl, z, recon, l1: l1!, l2: l2!, loss };
  const names = Object.keys(parameters);
  const gradients = grad(loss, Object.values(parameters));
  return {
    ...Object.fromEntries(
      names.map((name, i) => [`grad/${name}`, gradients[i]!]),
    ),
    ...Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`out/${key}`, value]),
    ),
  };
}
