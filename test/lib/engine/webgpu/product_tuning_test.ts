import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import { VARIANTS } from "../../../../lib/engine/webgpu/kernels/product/variants.ts";
import { engineAvailable } from "../../../engines.ts";
import { checkCase, matrixCase, runCase } from "./product_cases.ts";

const { available } = await engineAvailable("webgpu");
const PRODUCT = matrixCase([1, 24, 40, 20]);

Deno.test({
  name: "tuning measures a class once, and what it remembers is used",
  ignore: !available,
  fn: async () => {
    const choices = new Map<string, string>();
    const tuned = await createWebGpuEngine(await requireAdapter(), {
      choices,
      tunes: true,
    });
    await checkCase(tuned, PRODUCT);
    assert.equal(choices.size, 1);
    const [[key, name]] = [...choices] as [[string, string]];
    assert.match(key, /A B 1x32x32x16$/);
    assert.ok(VARIANTS.some((variant) => variant.name === name));

    const other = VARIANTS.find((variant) => variant.name !== name)!.name;
    choices.set(key, other);
    await runCase(tuned, PRODUCT);
    assert.equal(choices.get(key), other);
    await tuned.close();
  },
});

Deno.test({
  name:
    "nothing is measured where nobody asks, and unknown choices are ignored",
  ignore: !available,
  fn: async () => {
    const asked: string[] = [];
    const choices = {
      get: (key: string) => {
        asked.push(key);
        return "a kernel of a later version";
      },
      set: () => assert.fail("nothing was measured"),
    };
    const engine = await createWebGpuEngine(await requireAdapter(), {
      choices,
    });
    await checkCase(engine, PRODUCT);
    assert.ok(asked.length > 0);
    await engine.close();
  },
});
