import assert from "node:assert/strict";
import { PRESETS } from "../../../../lib/preset/checked.ts";
import { modelCosts } from "../../../../lib/workflow/presets/model_costs.ts";

/** Requires two numbers to agree within a share of the second. */
function assertNear(found: number, wanted: number, share: number): void {
  if (!(Math.abs(found / wanted - 1) <= share)) {
    assert.fail(`${found}, expected ${wanted}`);
  }
}

Deno.test("modelCosts() counts parameters about as the paper does", () => {
  for (
    const [letter, millions] of [["b", 208], ["l", 479], ["h", 943]] as const
  ) {
    const { vae, ar } = modelCosts(PRESETS[`imagenet256-${letter}`]);
    // A thousand classes and the null class.
    const all = ar!.parameters + 1001 * ar!.parametersOfClass;
    assertNear(all, millions * 1e6, 0.02);
    assertNear(vae!.parameters, 75e6, 0.02);
  }
  for (const [name, millions] of [["cnn", 70], ["vit", 170]] as const) {
    const { vae } = modelCosts(PRESETS[`ablation-${name}`]);
    assertNear(vae!.parameters, millions * 1e6, 0.02);
  }
});

Deno.test("modelCosts() counts the head's products at every token", () => {
  const { ar } = modelCosts(PRESETS["imagenet256-b"]);
  const [W, d, hidden] = [768, 16, 1.5 * 768];
  // Input, condition, times, blocks, two groups of adaLN, the last layer.
  const weights = d * W + W * W + (256 * W + W * W) +
    6 * (W * 2 * hidden + hidden * W) + 2 * (W * 3 * W) + (W * 2 * W + W * d);
  assert.equal(ar!.headFlops, 2 * 256 * weights);
});

Deno.test("modelCosts() counts what is there", () => {
  assert.deepEqual(Object.keys(modelCosts(PRESETS["imagenet256-svae"])), [
    "vae",
  ]);
});
