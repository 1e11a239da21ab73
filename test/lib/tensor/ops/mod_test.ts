import assert from "node:assert/strict";
import type { ExpansionTable } from "../../../../lib/tensor/expand.ts";
import type { GradientTable } from "../../../../lib/tensor/gradients/mod.ts";
import {
  EXPANSIONS,
  FAMILIES,
  GRADIENTS,
  OP_NAMES,
  OPS,
} from "../../../../lib/tensor/mod.ts";
import type { OpTable } from "../../../../lib/tensor/ops/rule.ts";
import type { ReferenceTable } from "../../../../lib/engine/reference/ops/value.ts";
import { REFERENCE } from "../../../../lib/engine/reference/ops/mod.ts";
import { CASE_FAMILIES, CASES, type CaseTable } from "../../../cases/mod.ts";

function keyCount(families: Readonly<Record<string, object>>): number {
  return Object.values(families)
    .reduce((sum, family) => sum + Object.keys(family).length, 0);
}

Deno.test("no two families own the same op", () => {
  assert.equal(keyCount(FAMILIES), OP_NAMES.length);
  assert.equal(keyCount(CASE_FAMILIES), OP_NAMES.length);
});

Deno.test("test cases are in the file of their op's family", () => {
  assert.deepEqual(Object.keys(CASE_FAMILIES), Object.keys(FAMILIES));
  for (const [name, family] of Object.entries(FAMILIES)) {
    const cases = CASE_FAMILIES[name as keyof typeof FAMILIES];
    assert.deepEqual(Object.keys(cases).sort(), Object.keys(family).sort());
  }
});

Deno.test("every table has every op", () => {
  const names = [...OP_NAMES].sort();
  assert.deepEqual(Object.keys(GRADIENTS).sort(), names);
  assert.deepEqual(Object.keys(CASES).sort(), names);
  const composites = Object.keys(FAMILIES.composite).sort();
  assert.deepEqual(Object.keys(EXPANSIONS).sort(), composites);
  const primitives = names.filter((name) => !composites.includes(name));
  assert.deepEqual(Object.keys(REFERENCE).sort(), primitives);
});

Deno.test("every op has an equation and a trait, composites one of their own", () => {
  for (const name of OP_NAMES) {
    const { equation, traits } = OPS[name];
    assert.ok(equation.length > 0 && traits.length > 0, name);
    assert.equal(traits.includes("composite"), name in FAMILIES.composite);
  }
});

Deno.test("tables with an op missing or unknown do not compile", () => {
  const { matmul: _rule, ...rules } = OPS;
  // @ts-expect-error: matmul is missing
  const rulesTable: OpTable = rules;
  const { matmul: _gradient, ...gradients } = GRADIENTS;
  // @ts-expect-error: matmul is missing
  const gradientTable: GradientTable = gradients;
  const { silu: _expansion, ...expansions } = EXPANSIONS;
  // @ts-expect-error: silu is missing
  const expansionTable: ExpansionTable = expansions;
  const { matmul: _evaluate, ...evaluations } = REFERENCE;
  // @ts-expect-error: matmul is missing
  const referenceTable: ReferenceTable = evaluations;
  const { matmul: _case, ...cases } = CASES;
  // @ts-expect-error: matmul is missing
  const caseTable: CaseTable = cases;
  const { flops: _flops, ...workless } = OPS.matmul;
  // @ts-expect-error: a contraction must say its FLOPs
  const product: (typeof FAMILIES.contraction)["matmul"] = workless;
  // @ts-expect-error: there is no such op
  const unknown: OpTable = { ...OPS, transpose: OPS.permute };
  const tables = [rulesTable, gradientTable, caseTable, product, unknown];
  assert.ok([...tables, expansionTable, referenceTable].every(Boolean));
});
