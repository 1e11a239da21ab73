import assert from "node:assert/strict";
import {
  f64x2,
  i32,
  repeatWhile,
  v128,
  wasmModule,
  whileLoop,
} from "../../../lib/wasm/mod.ts";

/** Instantiates a module over a page of memory. */
function made(bytes: Uint8Array<ArrayBuffer>) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  const numbers = new Float64Array(memory.buffer);
  return { numbers, run: exports as Record<string, (...n: number[]) => void> };
}

Deno.test("wasmModule() exports functions that loop over the host's memory", () => {
  const { numbers, run } = made(wasmModule([{
    name: "double",
    parameters: ["at", "count"],
    variables: { i32: [], v128: ["pair"] },
    body: ({ get, set }) =>
      repeatWhile([
        ...set("pair", v128.load(get("at"), 16)),
        ...v128.store(get("at"), f64x2.add(get("pair"), get("pair")), 16),
        ...set("at", i32.add(get("at"), i32.constant(16))),
        ...set("count", i32.subtract(get("count"), i32.constant(1))),
      ], get("count")),
  }, {
    name: "none",
    parameters: ["at"],
    variables: { i32: ["i"], v128: [] },
    body: ({ get, set }) =>
      whileLoop(i32.lessThan(get("i"), i32.constant(0)), [
        ...v128.store(get("at"), v128.zero),
        ...set("i", i32.add(get("i"), i32.constant(1))),
      ]),
  }]));
  numbers.set([1, 2, 3, 4, 5, 6, 7]);
  run["double"]!(0, 2);
  assert.deepEqual([...numbers.subarray(0, 7)], [1, 2, 6, 8, 10, 12, 7]);
  run["none"]!(0);
  assert.equal(numbers[0], 1);
});

Deno.test("i32.constant() holds numbers of one byte and of more", () => {
  for (const value of [0, 63, 64, 127, 128, -1, -64, -65, 1e9, -1e9]) {
    const { numbers, run } = made(wasmModule([{
      name: "mark",
      parameters: ["least"],
      variables: { i32: ["once"], v128: [] },
      // Copies the second number to the first where the constant is not less.
      body: ({ get, set }) =>
        whileLoop(i32.lessThan(get("once"), i32.constant(1)), [
          ...set("once", i32.constant(1)),
          ...whileLoop(i32.lessThan(get("least"), i32.constant(value)), [
            ...set("least", i32.constant(value)),
            ...v128.store(i32.constant(0), v128.loadSplat64(i32.constant(16))),
          ]),
        ]),
    }]));
    numbers.set([0, 0, 5]);
    run["mark"]!(value);
    assert.equal(numbers[0], 0, `${value} is less than itself`);
    run["mark"]!(value - 1);
    assert.equal(numbers[0], 5, `${value} is no more than ${value - 1}`);
  }
});
