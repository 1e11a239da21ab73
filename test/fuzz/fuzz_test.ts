import assert from "node:assert/strict";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { fuzz } from "./fuzz.ts";
import { faultOf } from "./invocations.ts";
import { TARGETS } from "./targets/mod.ts";

const COUNT = 25;

for (const target of TARGETS) {
  Deno.test(`${target.name}: spoiled files are refused in one line, or taken`, () =>
    inFolder(async (folder) => {
      const options = { folder, seed: 1, count: COUNT };
      const { cases, refused, faults } = await fuzz(target, options);
      assert.deepEqual(faults, []);
      assert.equal(cases, COUNT);
      assert.ok(refused > 0, "nothing was refused");
    }));
}

Deno.test("faultOf() tells clean endings from others", () => {
  const sound = { status: 2, said: 'Cannot read "x": no', ms: 3, memory: 9 };
  const names = "x";
  assert.equal(faultOf(sound, { names }), undefined);
  assert.equal(
    faultOf({ ...sound, status: 0, said: "" }, { names }),
    undefined,
  );
  const faulty = [
    [{ status: undefined }, /died or hung/],
    [{ status: 1 }, /^status 1/],
    [{ status: 130 }, /^status 130/],
    [{ said: "one line\nand another" }, /not one line/],
    [{ said: "" }, /not one line/],
    [{ said: "a cursor\x1b[2J moves" }, /control characters/],
    [{ said: "Cannot read undefined" }, /words of the program/],
    [{ said: "Cannot read it at all" }, /"x" is not named/],
    [{ ms: 1e6 }, /it took/],
    [{ memory: 2 ** 40 }, /bytes after it/],
  ] as const;
  for (const [change, fault] of faulty) {
    assert.match(faultOf({ ...sound, ...change }, { names }) ?? "", fault);
  }
});
