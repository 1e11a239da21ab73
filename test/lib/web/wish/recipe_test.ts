import assert from "node:assert/strict";
import {
  commandOf,
  fragmentOfRecipe,
  recipeIn,
  recipeOf,
  recipeText,
  wishOf,
} from "../../../../lib/web/wish/recipe.ts";
import { jobOf } from "../../../../lib/web/wish/wish.ts";
import { MODEL } from "./_model.ts";

const RECIPE = recipeOf({ label: 2, index: 6 }, {
  seed: 8,
  choice: { ...MODEL.defaults, steps: "9:3" },
  model: MODEL,
});

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
      "--cfg-schedule constant --weights-dtype f16 --grid picture.png",
  );
});

Deno.test("recipeIn() reads what recipeText() writes", () => {
  assert.deepEqual(recipeIn(recipeText(RECIPE), MODEL), RECIPE);
});

Deno.test("recipeIn() finds a class by its name where numbers moved", () => {
  const moved = { ...MODEL, classes: ["green heart", "cat"] };
  const { label, class: name } = recipeIn(recipeText(RECIPE), moved);
  assert.deepEqual({ label, name }, { label: 0, name: "green heart" });
});

Deno.test("recipeIn() refuses what it cannot use", () => {
  const text = recipeText(RECIPE);
  const other = { ...MODEL, classes: ["cat"] };
  assert.throws(() => recipeIn(text, other), /knows no "green heart"/);
  assert.throws(() => recipeIn('{"version":2}', MODEL), /another version/);
  assert.throws(() => recipeIn("{", MODEL), SyntaxError);
});
