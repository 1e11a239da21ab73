import assert from "node:assert/strict";
import { circlesOf, type Edge } from "./circles.ts";

function edges(text: string): Edge[] {
  return text.split(" ").map((edge) => {
    const [from, to] = edge.split(">") as [string, string];
    return { from, to };
  });
}

Deno.test("circlesOf() finds none where a file is only reached twice", () => {
  assert.deepEqual(circlesOf(edges("a>b a>c b>d c>d")), []);
});

Deno.test("circlesOf() names the files along a circle, without what leads there", () => {
  assert.deepEqual(circlesOf(edges("a>b b>c c>d d>b")), [["b", "c", "d", "b"]]);
});

Deno.test("circlesOf() finds every circle that shares no file with another", () => {
  const found = circlesOf(edges("a>b b>a a>c c>c"));
  assert.deepEqual(found, [["a", "b", "a"], ["c", "c"]]);
});
