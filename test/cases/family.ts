import type { Engine, OpName } from "../../lib/tensor/mod.ts";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { ENGINE_NAMES, openEngine } from "../engines.ts";
import {
  checkEngine,
  checkExamples,
  checkGradient,
  checkNotDifferentiable,
  checkSecondGradient,
  checkSecondOnEngine,
} from "./check.ts";
import { CASE_FAMILIES } from "./mod.ts";

/** Declares the tests of every op of a family, on every engine. */
export async function testFamily(
  family: keyof typeof CASE_FAMILIES,
): Promise<void> {
  const ops = Object.keys(CASE_FAMILIES[family]) as OpName[];
  const reference = createReferenceEngine();
  for (const op of ops) testReference(op, reference);
  for (const name of ENGINE_NAMES) {
    const { engine, reason } = await openEngine(name);
    for (const op of ops) {
      Deno.test({
        name: `${op} on ${name} equals the reference${because(reason)}`,
        ignore: engine === undefined,
        fn: () => checkEngine({ engine: engine!, reference }, op),
      });
      Deno.test({
        name: `the gradient of ${op} on ${name} has the reference's gradient` +
          because(reason),
        ignore: engine === undefined,
        fn: () => checkSecondOnEngine({ engine: engine!, reference }, op),
      });
    }
    Deno.test.afterAll(() => engine?.close());
  }
}

function because(reason: string): string {
  return reason === "" ? "" : ` (ignored: ${reason})`;
}

function testReference(op: OpName, reference: Engine): void {
  Deno.test(`${op} on reference gives values worked out by hand`, () =>
    checkExamples(reference, op));
  Deno.test(`${op} on reference has the gradient of differences`, () =>
    checkGradient(reference, op));
  Deno.test(`${op} on reference has the gradient of its gradient's differences`, () =>
    checkSecondGradient(reference, op));
  Deno.test(`${op} says why where it has no gradient`, () =>
    checkNotDifferentiable(op));
}
