import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  type CompileOptions,
  type Engine,
  inLane,
  input,
  mul,
  program,
} from "../../../lib/tensor/mod.ts";

const x = input("x", []);
const DOUBLE = program("double", { inputs: { x }, outputs: { y: mul(x, 2) } });

Deno.test("inLane() compiles for the first lane, where there are lanes", async () => {
  const reference = createReferenceEngine();
  assert.equal(inLane(reference), reference);
  const seen: (CompileOptions | undefined)[] = [];
  const engine: Engine = Object.assign(Object.create(reference), {
    lanes: 2,
    compile(...[program, options]: Parameters<Engine["compile"]>) {
      seen.push(options);
      return reference.compile(program);
    },
  });
  await inLane(engine).compile(DOUBLE, { frozen: {} });
  assert.deepEqual(seen, [{ frozen: {}, lane: 0 }]);
});
