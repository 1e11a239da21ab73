import assert from "node:assert/strict";
import { PAPER_AR } from "../../../../lib/preset/checked.ts";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import { classNames } from "../../../../lib/workflow/import/class_names.ts";

const RELEASED = {
  ...PAPER_AR.B,
  ...PAPER_LAW,
  cls_token_num: 16,
  num_classes: 1000,
  latent_dim: 16,
  grid: 16,
};
const NONE = { given: undefined, file: "b.pt" };

Deno.test("classNames() calls the classes of the release's models as ImageNet does", async () => {
  const names = await classNames(RELEASED, NONE);
  assert.equal(names.length, 1000);
  assert.equal(new Set(names).size, 1000);
  // Places that everybody knows, the first and the last among them.
  const known = {
    0: "tench",
    1: "goldfish",
    207: "golden retriever",
    250: "Siberian husky",
    281: "tabby",
    360: "otter",
    388: "giant panda",
    980: "volcano",
    999: "toilet tissue",
  };
  for (const [label, name] of Object.entries(known)) {
    assert.equal(names[Number(label)], name);
  }
});

Deno.test("classNames() takes given names, else numbers", async () => {
  const three = { ...RELEASED, num_classes: 3 };
  const named = { ...NONE, given: ["a", "b", "c"] };
  assert.deepEqual(await classNames(three, named), ["a", "b", "c"]);
  assert.deepEqual(await classNames(three, NONE), ["0", "1", "2"]);
  const other = { ...RELEASED, n_layer: 2 };
  assert.equal((await classNames(other, NONE))[207], "207");
  await assert.rejects(
    classNames(RELEASED, named),
    /"b\.pt": classes: expected 1000 names, as the model has classes, found 3$/,
  );
});
