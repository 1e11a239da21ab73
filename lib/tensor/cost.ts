import { QUANTIZED_BLOCK } from "./compact.ts";
import type { FrozenStates } from "./engine.ts";
import { expandComposites, topologicalOrder } from "./graph.ts";
import { ELEMENT_BYTES, sizeOf } from "./host_tensor.ts";
import type { Tensor, TensorType } from "./node.ts";
import { hasTrait, ruleOf } from "./ops/mod.ts";
import { type Program, roots } from "./program.ts";

/** What a run of a program must do, whatever the engine. */
export interface Cost {
  /** Multiplications and additions of matrix products and convolutions. */
  readonly flops: number;
  /**
   * Bytes of inputs and states read once, outputs and next states written once.
   * States that no cache holds are read in each round.
   */
  readonly bytes: number;
}

/** Bytes of states that the cache of some machine may keep from round to round. */
const CACHED_BYTES = 64 * 2 ** 20;

/**
 * Counts one run of a program from its graph. Elementwise arithmetic does not
 * count, nor do values that live only inside a run.
 *
 * @param frozen states that are read in the type in which they are given
 */
export function programCost(
  program: Program,
  frozen: FrozenStates = {},
): Cost {
  const ends = roots(program);
  const expanded = topologicalOrder(expandComposites(ends, expandAll));
  const flops = expanded.reduce(
    (sum, node) => sum + (ruleOf(node).flops?.(node) ?? 0),
    0,
  );
  return { flops, bytes: bytesRead(program, frozen) + bytesWritten(program) };
}

/** Nothing is kept: products inside composites count, shared ones once. */
function expandAll(): boolean {
  return false;
}

function bytesOf({ shape, dtype }: TensorType): number {
  return sizeOf(shape) * ELEMENT_BYTES[dtype];
}

/** Bytes of an element as a frozen state holds it; 8-bit ones share scales. */
const HELD_BYTES: Readonly<Record<FrozenStates[string]["dtype"], number>> = {
  ...ELEMENT_BYTES,
  f64: ELEMENT_BYTES.f32,
  q8: 1 + ELEMENT_BYTES.f32 / QUANTIZED_BLOCK,
};

/** Bytes that are read of a state, of those that its leaf has. */
function heldShare(
  leaf: Tensor,
  held: FrozenStates[string] | undefined,
): number {
  if (held === undefined) return 1;
  return HELD_BYTES[held.dtype] / ELEMENT_BYTES[leaf.dtype];
}

function bytesRead(program: Program, frozen: FrozenStates): number {
  const { inputs, state, rounds = 1 } = program;
  const users = new Map<Tensor, Tensor[]>();
  for (const node of topologicalOrder(roots(program))) {
    for (const input of new Set(node.inputs)) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [node]);
      else known.push(node);
    }
  }
  const read = (leaf: Tensor) => leafBytes(leaf, users.get(leaf) ?? []);
  let [bytes, kept] = [0, 0];
  for (const leaf of Object.values(inputs)) bytes += read(leaf);
  for (const [key, { value, next }] of Object.entries(state)) {
    const all = read(value);
    const held = all * heldShare(value, frozen[key]);
    bytes += held;
    // Rows that are picked were already counted for each round that picks some.
    if (next === undefined && all === bytesOf(value)) kept += held;
  }
  return bytes + (kept > CACHED_BYTES ? kept * (rounds - 1) : 0);
}

/** What the users of a leaf read of it; rows that are replaced are not read. */
function leafBytes(leaf: Tensor, users: readonly Tensor[]): number {
  const whole = bytesOf(leaf);
  let picked = 0;
  for (const user of users) {
    if (user.inputs[0] === leaf && hasTrait(user, "replaces")) continue;
    const picks = user.inputs[0] === leaf && hasTrait(user, "picks");
    if (!picks) return whole;
    picked += bytesOf(user);
  }
  return Math.min(whole, picked);
}

function bytesWritten({ outputs, state }: Program): number {
  const written = new Map<Tensor, number>();
  for (const node of Object.values(outputs)) written.set(node, bytesOf(node));
  for (const { value, next } of Object.values(state)) {
    if (next === undefined || next === value) continue;
    const inPlace = hasTrait(next, "replaces") && next.inputs[0] === value;
    written.set(next, bytesOf(inPlace ? next.inputs[1]! : next));
  }
  return [...written.values()].reduce((sum, bytes) => sum + bytes, 0);
}
