import {
  type HostTensor,
  hostTensor,
  type Node,
  type Tensor,
} from "../tensor/mod.ts";
import type { ParameterShapes } from "../nn/mod.ts";
import { type VaeConfig, vaeGrid, vaeHeads } from "./config.ts";
import { REGISTERS, vaeAngles } from "./vae.ts";

/** Tables of rotary angles that the release keeps among its S-VAE's weights. */
const TABLES = ["encoder.freqs_cis", "decoder.freqs_cis"];

/**
 * Shapes of the tables that the release stores beside the S-VAE's parameters:
 * [4 + N, head width / 2, 2]. Models here compute them.
 */
export function vaeTableShapes(config: VaeConfig): ParameterShapes {
  const headWidth = config.z_channels / vaeHeads(config);
  const shape = [REGISTERS + vaeGrid(config) ** 2, headWidth / 2, 2];
  return Object.fromEntries(TABLES.map((name) => [name, shape]));
}

/** Those tables, f32: cosine and sine of each angle. */
export function vaeTables(
  config: VaeConfig,
): Readonly<Record<string, HostTensor<"f32">>> {
  const { cosine, sine } = vaeAngles(config);
  const sines = valuesOf(sine);
  const pairs = Array.from(valuesOf(cosine), (value, i) => [value, sines[i]!]);
  const data = Float32Array.from(pairs.flat());
  const tables = Object.entries(vaeTableShapes(config))
    .map(([name, shape]) => [name, hostTensor("f32", shape, data)] as const);
  return Object.fromEntries(tables);
}

/** The numbers of a constant. */
function valuesOf(constant: Tensor): ArrayLike<number> {
  return (constant as Node<"constant">).attributes.value.data;
}
