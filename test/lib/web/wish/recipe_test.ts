import assert from "node:assert/strict";
import {
  commandOf,
  fragmentOfRecipe,
  type Recipe,
  recipeIn,
  recipeText,
  wishOf,
} from "../../../../lib/web/wish/recipe.ts";
import { recipeOf as serveRecipe } from "../../../../lib/workflow/serve/recipe.ts";
import { jobOf } from "../../../../lib/web/wish/wish.ts";
import { MODEL } from "./_model.ts";

const RECIPE: Recipe = {
  seed: 8,
  index: 6,
  label: 2,
  choice: { ...MODEL.defaults, steps: "9:3" },
};

Deno.test("a recipe asks for the one picture that it is of", () => {
  const { seed, images } = jobOf(wishOf(RECIPE), MODEL);
  assert.deepEqual({ seed, images }, {
    seed: 8,
    images: [{ label: 2, index: 6 }],
  });
  assert.equal(
    fragmentOfRecipe(RECIPE, MODEL),
    "classes=green+heart&seed=8&first=6&count=1&steps=9%3A3",
  );
});

Deno.test("commandOf() quotes words for shells", () => {
  assert.equal(
    commandOf(RECIPE, MODEL),
    "spherear sample --model 'my model.safetensors' --classes 'green heart' " +
      "--seed 8 --seeds 6 --solver euler --steps 9:3 --cfg 3 " +
      "--cfg-schedule constant --weights-dtype f16 --png samples",
  );
});

Deno.test("recipeIn() reads what recipeText() writes", () => {
  const found = recipeIn(recipeText(RECIPE, MODEL), MODEL);
  assert.deepEqual(found, { recipe: RECIPE, isOfModel: true });
});

Deno.test("recipeIn() finds a class by its name in another model", () => {
  const other = {
    ...MODEL,
    classes: ["green heart", "cat"],
    files: { model: { name: "other", sha256: "00" } },
  };
  const { recipe, isOfModel } = recipeIn(recipeText(RECIPE, MODEL), other);
  assert.equal(recipe.label, 0);
  assert.equal(isOfModel, false);
});

Deno.test("recipeIn() reads what serve writes", () => {
  const written = serveRecipe(
    {
      sampling: { ...RECIPE.choice, perClass: 1 },
      seed: 8,
      classes: Int32Array.of(0, 2),
      indices: Uint32Array.of(5, 6),
      grid: false,
      tokens: false,
      previews: 0,
    },
    1,
    {
      model: { model: "cd34" },
      files: { model: "b.safetensors" },
      names: MODEL.classes,
      engine: "webgpu",
      device: "gpu",
      batch: 4,
      weightsDtype: "f16",
    },
  );
  assert.deepEqual(recipeIn(JSON.stringify(written), MODEL), {
    recipe: RECIPE,
    isOfModel: true,
  });
});

Deno.test("recipeIn() refuses what it cannot use", () => {
  const text = recipeText(RECIPE, MODEL);
  const other = { ...MODEL, classes: ["cat"] };
  assert.throws(() => recipeIn(text, other), /knows no "green heart"/);
  assert.throws(() => recipeIn("null", MODEL), /names no class/);
  assert.throws(() => recipeIn("{", MODEL), SyntaxError);
});
