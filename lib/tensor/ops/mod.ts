import type { Node, Tensor } from "../node.ts";
import type { OpName } from "../op_attributes.ts";
import { composite } from "./composite.ts";
import { contraction } from "./contraction.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { leaf } from "./leaf.ts";
import { movement } from "./movement.ts";
import { random } from "./random.ts";
import { reduce } from "./reduce.ts";
import type { OpRule, OpTable, Trait } from "./rule.ts";

export type { OpRule, OpTable, Trait } from "./rule.ts";

/** The rule of every op. */
export const OPS: OpTable = {
  ...leaf,
  ...elementwise,
  ...reduce,
  ...movement,
  ...contraction,
  ...indexing,
  ...random,
  ...composite,
};

/** The families, by file name; a test checks that no two own the same op. */
export const FAMILIES = {
  leaf,
  elementwise,
  reduce,
  movement,
  contraction,
  indexing,
  random,
  composite,
} as const;

/** Names of all ops. */
export const OP_NAMES = Object.keys(OPS) as readonly OpName[];

/** The rule of a node's op. */
export function ruleOf<K extends OpName>({ op }: Node<K>): OpRule<K> {
  return OPS[op];
}

/** Whether the op of `node` has a trait. */
export function hasTrait(node: Tensor, trait: Trait): boolean {
  return OPS[node.op].traits.includes(trait);
}
