import assert from "node:assert/strict";
import fc from "fast-check";
import type { ParameterShapes } from "../../../lib/nn/mod.ts";
import { StateLayout } from "../../../lib/train/mod.ts";
import { type HostTensor, program } from "../../../lib/tensor/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { assertClose } from "../../tensors.ts";
import { noise } from "../model/_models.ts";

const SHAPES: fc.Arbitrary<ParameterShapes> = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,6}\.(weight|bias)$/),
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  { maxKeys: 8, noNullPrototype: true },
);

function valuesOf(shapes: ParameterShapes): Record<string, HostTensor<"f32">> {
  const entries = Object.entries(shapes)
    .map(([name, shape]) => [name, noise(shape, { name })] as const);
  return Object.fromEntries(entries);
}

Deno.test("StateLayout.unpack() gives back what pack() took", () => {
  fc.assert(fc.property(SHAPES, (shapes) => {
    const layout = new StateLayout(shapes);
    const values = valuesOf(shapes);
    const packed = layout.pack(values);
    assert.deepEqual(Object.keys(packed), Object.keys(layout.shapes));
    for (const [name, { shape }] of Object.entries(packed)) {
      assert.deepEqual(shape, layout.shapes[name]);
    }
    const back = layout.unpack(packed);
    assert.deepEqual(Object.keys(back).sort(), Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) {
      assertClose(back[name]!, value, { what: name, tolerance: 0 });
    }
  }));
});

Deno.test("StateLayout holds matrices alone and vectors end to end", () => {
  const shapes = { a: [2], m: [2, 3], b: [], c: [3], n: [1, 1, 2] };
  const layout = new StateLayout(shapes);
  assert.deepEqual(layout.shapes, { m: [2, 3], n: [1, 1, 2], vectors: [6] });
  const values = valuesOf(shapes);
  const { vectors } = layout.pack(values);
  const expected = ["a", "b", "c"].flatMap((name) => [
    ...values[name]!.data,
  ]);
  assert.deepEqual([...vectors!.data], expected);
});

Deno.test("StateLayout.leaves() gives each parameter its part of the state", async () => {
  const shapes = { a: [2], m: [2, 3], b: [], c: [3] };
  const values = valuesOf(shapes);
  const layout = new StateLayout(shapes);
  const { leaves, parameters } = layout.leaves((name) => `state ${name}`);
  const engine = createReferenceEngine();
  const executable = await engine.compile(
    program("parameters", { inputs: leaves, outputs: parameters }),
  );
  const found = await engine.run(executable, { inputs: layout.pack(values) });
  assert.deepEqual(Object.keys(found).sort(), Object.keys(shapes).sort());
  for (const [name, value] of Object.entries(values)) {
    const tensor = await engine.download(found[name]!);
    assertClose(tensor, value, { what: name, tolerance: 0 });
  }
});

Deno.test("StateLayout has no vectors where there are none", () => {
  assert.deepEqual(new StateLayout({ m: [2, 3] }).shapes, { m: [2, 3] });
  assert.deepEqual(new StateLayout({}).shapes, {});
});
