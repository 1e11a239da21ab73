import assert from "node:assert/strict";
import { DATASET, DATASETS, openEncoded } from "../../datasets/mod.ts";
import { formOf, givenKind } from "../../datasets/table.ts";

Deno.test("every kind of dataset is taken by the option as it is written", () => {
  const names = DATASETS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const kind of DATASETS) {
    const text = kind.argument === undefined ? kind.name : `${kind.name}:a:b`;
    assert.equal(DATASET.parse(text), text);
    const { kind: found, argument } = givenKind(text);
    assert.equal(found, kind);
    assert.equal(argument, kind.argument === undefined ? "" : "a:b");
  }
});

Deno.test("what is of no kind is refused, with every kind in the message", () => {
  const wrong = [
    "",
    "nothing",
    "emoji:",
    "emoji:x",
    "folder",
    "folder:",
    "x:y",
  ];
  for (const text of wrong) {
    const { error } = DATASET.safeParse(text);
    assert.throws(() => givenKind(text), { name: "UserError" });
    for (const kind of DATASETS) {
      assert.ok(error!.issues[0]!.message.includes(formOf(kind)));
    }
  }
});

Deno.test("openEncoded() refuses pictures that are cut out of others", async () => {
  await assert.rejects(openEncoded("emoji"), {
    name: "UserError",
    message: /"emoji" as files: expected one of folder:PATH/,
  });
});
