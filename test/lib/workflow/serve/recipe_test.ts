import assert from "node:assert/strict";
import { encodePng } from "../../../../lib/image/mod.ts";
import { pngText } from "../../../../lib/web/png/png.ts";
import {
  type RecipeBase,
  recipeOf,
  withRecipe,
} from "../../../../lib/workflow/serve/recipe.ts";

const BASE: RecipeBase = {
  model: { ar: "01", svae: "23" },
  files: { ar: "my runs/a'b.safetensors", svae: "svae.safetensors" },
  names: ["dark", "light"],
  engine: "onnx",
  device: "cpu",
  batch: 4,
  weightsDtype: "f16",
};

const WANTED = {
  sampling: {
    solver: "euler",
    steps: "50:5",
    cfg: 2.5,
    cfgSchedule: "linear",
    perClass: 16,
  },
  seed: 7,
  classes: Int32Array.of(0, 1),
  indices: Uint32Array.of(3, 17),
  grid: false,
  tokens: false,
  previews: 0,
} as const;

Deno.test("recipeOf() is all that an image depends on, and a command line", () => {
  assert.deepEqual(recipeOf(WANTED, 1, BASE), {
    seed: 7,
    index: 17,
    class: 1,
    className: "light",
    solver: "euler",
    steps: "50:5",
    cfg: 2.5,
    cfgSchedule: "linear",
    batch: 4,
    weightsDtype: "f16",
    model: { ar: "01", svae: "23" },
    engine: "onnx",
    command: "spherear sample --ar 'my runs/a'\\''b.safetensors' " +
      "--svae svae.safetensors --classes 1 --seeds 17 --seed 7 --steps 50:5 " +
      "--solver euler --cfg 2.5 --cfg-schedule linear --batch 4 " +
      "--weights-dtype f16 --device cpu --png samples",
  });
});

Deno.test("withRecipe() puts recipes into a PNG file", async () => {
  const data = new Uint8Array(3);
  const png = await encodePng({ width: 1, height: 1, channels: 3, data });
  const recipes = [recipeOf(WANTED, 0, BASE), recipeOf(WANTED, 1, BASE)];
  const one = pngText(withRecipe(png, recipes[0]!), "spherear")!;
  assert.deepEqual(JSON.parse(one), recipes[0]);
  const all = pngText(withRecipe(png, recipes), "spherear")!;
  assert.deepEqual(JSON.parse(all), recipes);
});
