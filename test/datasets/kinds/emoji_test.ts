import assert from "node:assert/strict";
import { type Dataset, openDataset } from "../../../datasets/mod.ts";
import { UserError } from "../../../lib/artifact/mod.ts";

const NAMED = { heldout: 0.1, splitBy: "names" } as const;

const COUNTS = {
  face: 220,
  person: 344,
  hand: 86,
  heart: 50,
  animal: 70,
  fruit: 40,
  car: 36,
  clock: 58,
  flag: 540,
  sign: 144,
};

Deno.test("openDataset() of emoji has the ten classes and the split", async () => {
  const dataset = await openDataset("emoji", NAMED);
  const { entries, classes } = dataset;
  const counts = classes.map(({ name }, label) => [
    name,
    entries.filter((entry) => entry.label === label).length,
  ]);
  assert.deepEqual(Object.fromEntries(counts), COUNTS);
  const held = entries.filter(({ split }) => split === "heldout");
  assert.equal(held.length, 158);
  assert.equal(entries.length - held.length, 1430);
  assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length);
  const heldOf = (name: string) =>
    held.filter(({ label }) => classes[label]!.name === name).length;
  assert.deepEqual(["car", "fruit", "heart"].map(heldOf), [4, 4, 4]);
});

Deno.test("both vendors' pictures of an emoji are in one split", async () => {
  const { entries } = await openDataset("emoji", NAMED);
  const splits = new Map<string, string>();
  for (const { id, split } of entries) {
    const codepoints = id.split("/")[1]!;
    assert.equal(splits.get(codepoints) ?? split, split, id);
    splits.set(codepoints, split);
  }
});

Deno.test("emoji pictures are square, on white, and not blank", async () => {
  const dataset = await openDataset("emoji", NAMED);
  let corners = 0;
  for (const { id, picture } of await loadAll(dataset, 32)) {
    assert.equal(picture.data.length, 32 * 32 * 3);
    assert.ok(picture.data.some((value) => value < 200), `${id} is blank`);
    if (picture.data[0] === 255) corners++;
  }
  // Flags and signs fill their corner; nothing else does.
  assert.ok(corners > 100, `${corners}`);
  const [small] = await loadAll(dataset, 16);
  assert.equal(small!.picture.width, 16);
  await assert.rejects(loadAll(dataset, 64), /emoji64/);
});

Deno.test("splitting emoji by content parts no equal pictures", async () => {
  const pairs = async (splitBy: "names" | "content") => {
    const dataset = await openDataset("emoji", { heldout: 0.1, splitBy });
    const load = async (split: "train" | "heldout") => {
      const items = await Array.fromAsync(dataset.load({ split, size: 32 }));
      return items.map(({ picture }) => picture.data.join());
    };
    const train = new Set(await load("train"));
    const heldout = await load("heldout");
    return {
      heldout: heldout.length,
      equal: heldout.filter((one) => train.has(one)).length,
    };
  };
  assert.deepEqual(await pairs("names"), { heldout: 158, equal: 3 });
  assert.deepEqual(await pairs("content"), { heldout: 158, equal: 0 });
});

async function loadAll(dataset: Dataset, size: number) {
  return await Array.fromAsync(dataset.load({ split: "heldout", size }));
}

Deno.test("openDataset() refuses unknown names", async () => {
  await assert.rejects(openDataset("emojis", NAMED), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /"emojis".*emoji, emoji64, folder:PATH/);
    return true;
  });
});
