import assert from "node:assert/strict";
import fc from "fast-check";
import {
  pickledPlain,
  plainOf,
  type PlainValue,
} from "../../../../lib/interop/pickle/plain.ts";
import { unpickle } from "../../../../lib/interop/pickle/unpickle.ts";
import {
  PickleDict,
  PickleList,
  PickleObject,
} from "../../../../lib/interop/pickle/values.ts";
import { pickle } from "../../../../lib/interop/pickle/writer.ts";

function fail(detail: string): never {
  throw new Error(detail);
}

Deno.test("plain data goes through a pickle and back", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
    const bytes = pickle(pickledPlain(value as PlainValue));
    const back = plainOf(unpickle(bytes, fail));
    assert.equal(JSON.stringify(back), JSON.stringify(value));
  }));
});

Deno.test("plainOf() takes nothing but plain data", () => {
  const list = new PickleList();
  list.items.push(1, new PickleObject("argparse.Namespace"));
  const dict = new PickleDict();
  dict.entries.set("list", list);
  assert.equal(plainOf(dict), undefined);
  assert.equal(plainOf(new PickleObject("argparse.Namespace")), undefined);
  dict.entries.set("list", 1n);
  assert.deepEqual(plainOf(dict), { list: 1 });
  dict.entries.set(5, "number as a key");
  assert.equal(plainOf(dict), undefined);
});

Deno.test("plainOf() gives up on what would grow beyond bounds", () => {
  let laughs = new PickleList();
  laughs.items.push(1);
  for (let level = 0; level < 40; level++) {
    const next = new PickleList();
    next.items.push(laughs, laughs);
    laughs = next;
  }
  assert.equal(plainOf(laughs), undefined);
  const wide = new PickleList();
  for (let i = 0; i < 100_000; i++) wide.items.push(i);
  assert.equal(plainOf(wide), undefined);
  wide.items.pop();
  assert.equal((plainOf(wide) as number[]).length, 99_999);
});
