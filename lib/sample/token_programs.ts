import {
  add,
  input,
  type Node,
  type Program,
  program,
  reshape,
  scoped,
  slice,
  sliceAt,
  type StateSlot,
  sub,
  type Tensor,
  updateSlice,
} from "../tensor/mod.ts";
import {
  embedClasses,
  embedCondition,
  embedLatents,
  toSphere,
} from "../model/mod.ts";
import { cachedBlocks } from "./cached_blocks.ts";
import {
  type Build,
  coupled,
  scaleInputs,
  type Slots,
  withParameters,
} from "./program_parts.ts";

/** The blocks over the caches of the plan, which are states. */
function blocksOverStates(
  x: Tensor,
  position: Tensor,
  { plan: { config }, leaves, p }: Build,
): { states: Tensor; slots: Slots } {
  const read: Record<string, Node<"input">> = {};
  const { states, caches } = cachedBlocks(p, x, {
    config,
    position,
    cache: (kind, layer) =>
      read[`${kind}.${layer}`] = leaves.cache(kind, layer),
  });
  const slots = Object.entries(caches)
    .map(([name, next]) => [name, { value: read[name]!, next }] as const);
  return { states, slots: Object.fromEntries(slots) };
}

/** What the head reads of the state [R, 1, D] that predicts token `index`. */
function conditionSlot(
  state: Tensor,
  index: Tensor,
  { plan: { config, rows: { rows } }, leaves, p }: Build,
): StateSlot {
  const row = { axis: 0, size: 1 };
  const place = sliceAt(p.get("pos_for_diff.weight"), index, row);
  const placed = add(reshape(state, [rows, config.dim]), place);
  const next = embedCondition(p.at("head.net"), placed);
  return { value: leaves.condition(), next };
}

/** Reads the classes, fills the caches, starts token 0. */
export function startProgram(build: Build): Program {
  const { plan: { config, rows }, leaves, p, noise } = build;
  return scoped("start", () => {
    const classes = input("classes", [rows.rows], "i32");
    const zero = input("position", [], "i32");
    const port = noise.port(1);
    const scale = scaleInputs(build);
    const c = embedClasses(p, classes, config);
    const { states, slots } = blocksOverStates(c, zero, build);
    const last = slice(states, 1, { start: config.cls_token_num - 1 });
    const state: Slots = {
      ...slots,
      condition: conditionSlot(last, zero, build),
      x: { value: leaves.x(), next: coupled(port.draw(0), scale.scale) },
    };
    const inputs = { classes, position: zero, ...port.inputs, ...scale };
    return withParameters("start", build, { inputs, state, outputs: {} });
  });
}

/**
 * The finished token of solver state x, stored: projected once, after the last
 * step (Section 3.2), where the plan says so.
 */
function storeToken(
  x: Tensor,
  index: Tensor,
  { leaves, plan: { projects } }: Build,
): { z: Tensor; slot: StateSlot } {
  const z = projects ? toSphere(x) : x;
  const row = reshape(z, [z.shape[0]!, 1, z.shape[1]!]);
  const tokens = leaves.tokens();
  const next = updateSlice(tokens, row, { start: index, axis: 1 });
  return { z: row, slot: { value: tokens, next } };
}

/** Reads the token just finished and starts the next one. */
export function tokenProgram(build: Build): Program {
  const { plan: { config }, leaves, p, noise } = build;
  return scoped("token", () => {
    const index = input("token", [], "i32");
    const previous = sub(index, 1);
    const port = noise.port(1);
    const scale = scaleInputs(build);
    const x = leaves.x();
    const { z, slot } = storeToken(x, previous, build);
    const position = add(previous, config.cls_token_num);
    const embedded = embedLatents(p, z);
    const { states, slots } = blocksOverStates(embedded, position, build);
    const state: Slots = {
      ...slots,
      condition: conditionSlot(states, index, build),
      x: { value: x, next: coupled(port.draw(0), scale.scale) },
      tokens: slot,
    };
    const inputs = { token: index, ...port.inputs, ...scale };
    return withParameters("token", build, { inputs, state, outputs: {} });
  });
}

/** Stores the last token; its output `tokens` is [R, N, d]. */
export function finishProgram(build: Build): Program {
  const { leaves } = build;
  const x = leaves.x();
  const last = input("token", [], "i32");
  const { slot } = storeToken(x, last, build);
  return program("finish", {
    inputs: { token: last },
    state: { x: { value: x }, tokens: { value: slot.value } },
    outputs: { tokens: slot.next! },
  });
}
