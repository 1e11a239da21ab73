import assert from "node:assert/strict";
import {
  lecam,
  LECAM_BUFFERS,
  lecamAverages,
} from "../../../../lib/train/adversarial/lecam.ts";
import { Parameters } from "../../../../lib/nn/mod.ts";
import { constantArray, grad, scalar } from "../../../../lib/tensor/mod.ts";
import { evaluate } from "../../model/_models.ts";

Deno.test("lecam() counts logits beyond the other side's average", async () => {
  const averages = new Parameters({ real: scalar(2), fake: scalar(-1) });
  const real = constantArray([3], [1, -3, 4]);
  const fake = constantArray([2], [-2, 3]);
  const loss = lecam({ real, fake }, averages);
  const next = lecamAverages({ real, fake }, averages);
  const [dReal, dFake] = grad(loss, [real, fake]);
  const found = await evaluate({ loss, ...next, dReal: dReal!, dFake: dFake! });
  // Above -1: 2, none, 5; below 2: 4, none.
  assert.equal(found.loss.data[0], (4 + 25) / 3 + 16 / 2);
  const slopes = [4 / 3, 0, 10 / 3];
  slopes.forEach((slope, i) =>
    assert.ok(Math.abs(found.dReal.data[i]! - slope) <= 1e-15)
  );
  assert.deepEqual([...found.dFake.data].map((slope) => slope + 0), [-4, 0]);
  const close = (actual: number, value: number) =>
    assert.ok(Math.abs(actual - value) <= 1e-15, `${actual} for ${value}`);
  close(found.real.data[0]!, 0.99 * 2 + 0.01 * 2 / 3);
  close(found.fake.data[0]!, 0.99 * -1 + 0.01 * 0.5);
});

Deno.test("LECAM_BUFFERS start at zero", () => {
  const none = { uniform: () => NaN, normal: () => NaN };
  const starts = Object.entries(LECAM_BUFFERS)
    .map(([name, { shape, start }]) => [name, ...start(shape, none).data]);
  assert.deepEqual(starts, [["real", 0], ["fake", 0]]);
});
