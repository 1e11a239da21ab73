import assert from "node:assert/strict";
import { Kept } from "../../../lib/container/kept.ts";

Deno.test("Kept makes a value once, and again when it was let go", async () => {
  const kept = new Kept<string>(2);
  const made: string[] = [];
  const of = (key: string) =>
    kept.of(key, () => {
      made.push(key);
      return Promise.resolve(key.toUpperCase());
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) {
    assert.equal(await of(key), key.toUpperCase());
  }
  // "b" went when "c" came, since "a" had been used after it.
  assert.deepEqual(made, ["a", "b", "c", "b"]);
  kept.clear();
  await of("a");
  assert.deepEqual(made, ["a", "b", "c", "b", "a"]);
});

Deno.test("Kept makes a value again that could not be made", async () => {
  const kept = new Kept<number>(2);
  const fails = kept.of("a", () => Promise.reject(new Error("No disk")));
  await assert.rejects(fails, /No disk/);
  assert.equal(await kept.of("a", () => Promise.resolve(1)), 1);
});
