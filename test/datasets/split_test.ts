import assert from "node:assert/strict";
import fc from "fast-check";
import { splitEntries } from "../../datasets/split.ts";

function entry(key: string, label = 0) {
  return { id: key, key, label };
}

/** Keys that are held out. */
async function held(
  entries: readonly ReturnType<typeof entry>[],
  share: number,
  contentOf?: (entry: { id: string }) => Promise<string>,
): Promise<readonly string[]> {
  const split = await splitEntries(entries, { share, contentOf });
  return split.filter(({ split }) => split === "heldout")
    .map(({ key }) => key).sort();
}

Deno.test("splitEntries() rounds the share and ignores order", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.string()),
    fc.constantFrom(0, 0.1, 0.5, 1),
    async (keys, share) => {
      const entries = keys.map((key) => entry(key));
      const found = await held(entries, share);
      assert.ok(Math.abs(found.length - keys.length * share) <= 0.5);
      assert.deepEqual(await held(entries.toReversed(), share), found);
    },
  ));
  const five = ["a", "b", "c", "d", "e"].map((key) => entry(key));
  assert.equal((await held(five, 0.5)).length, 2);
});

Deno.test("splitEntries() holds out the keys of the smallest SHA-256", async () => {
  // SHA-256 of a, b, c begin with ca9781, 3e23e8, 2e7d2c.
  const three = ["a", "b", "c"].map((key) => entry(key));
  assert.deepEqual(await held(three, 0.34), ["c"]);
  assert.deepEqual(await held(three, 0.67), ["b", "c"]);
});

Deno.test("splitEntries() keeps keys of equal pictures together, over classes too", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ label: fc.nat(2), content: fc.nat(9) }), {
      maxLength: 40,
    }),
    async (pictures) => {
      const entries = pictures.map(({ label, content }, index) => ({
        ...entry(String(index), label),
        content,
      }));
      const split = await splitEntries(entries, {
        share: 0.3,
        contentOf: ({ content }) => Promise.resolve(String(content)),
      });
      const splits = new Map<number, string>();
      for (const { content, split: side } of split) {
        assert.equal(splits.get(content) ?? side, side);
        splits.set(content, side);
      }
      const count = split.filter(({ split }) => split === "heldout").length;
      assert.ok(count <= Math.ceil(0.3 * entries.length) + 3);
    },
  ));
});

Deno.test("splitEntries() without equal pictures goes by keys alone", async () => {
  const keys = Array.from({ length: 50 }, (_, k) => entry(`${k}`, k % 3));
  const own = ({ id }: { id: string }) => Promise.resolve(id);
  assert.deepEqual(await held(keys, 0.2, own), await held(keys, 0.2));
});
