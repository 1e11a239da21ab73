import {
  broadcastTo,
  concat,
  reshape,
  slice,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  blockSpecs,
  DRAWN_DEVIATION,
  fullAttention,
  normalInit,
  type Parameters,
  type ParameterSpecs,
  prefixed,
  type RotaryAngles,
  rotaryAngles,
  transformerBlock,
} from "../../nn/mod.ts";

/** Learned tokens in front of the patches, dropped after the transformer (release). */
export const REGISTERS = 4;

/** Width of one attention head (the release's z_channels // 64). */
const HEAD_WIDTH = 64;

/** Attention heads of a transformer of some width. */
export function headsOf(width: number): number {
  return Math.max(1, Math.floor(width / HEAD_WIDTH));
}

/** Parameters of a transformer with registers. */
export function stackSpecs(width: number, layers: number): ParameterSpecs {
  const blocks = Array.from(
    { length: layers },
    (_, i) => prefixed(`layers.${i}`, blockSpecs(width)),
  );
  const registers = {
    shape: [REGISTERS, width],
    start: normalInit(DRAWN_DEVIATION),
  };
  return Object.assign({ "register_token.weight": registers }, ...blocks);
}

/** Rotary angles of registers and patches, [4 + N, head width / 2]. */
export function stackAngles(width: number, grid: number): RotaryAngles {
  return rotaryAngles({
    grid,
    leading: REGISTERS,
    headWidth: width / headsOf(width),
  });
}

/**
 * Bidirectional transformer over registers and patches; the registers are
 * dropped.
 *
 * @param x [B, N, W]
 */
export function runStack(p: Parameters, x: Tensor, layers: number): Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const registers = broadcastTo(
    reshape(p.get("register_token.weight"), [1, REGISTERS, width]),
    [batch, REGISTERS, width],
  );
  let h = concat([registers, x], 1);
  const options = {
    heads: headsOf(width),
    angles: stackAngles(width, Math.sqrt(tokens)),
    mix: fullAttention({ causal: false }),
  };
  for (let i = 0; i < layers; i++) {
    h = transformerBlock(p.at("layers").at(i), h, options);
  }
  return slice(h, 1, { start: REGISTERS });
}
