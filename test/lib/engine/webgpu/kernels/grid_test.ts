import assert from "node:assert/strict";
import {
  gridPieces,
  piecesOf,
  workOf,
} from "../../../../../lib/engine/webgpu/kernels/grid.ts";

const SOFTWARE = { isSoftware: true };
const HARDWARE = { isSoftware: false };

Deno.test("workOf() counts a start, arithmetic and memory", () => {
  assert.equal(workOf({ flops: 0, bytes: 0 }), 1);
  assert.equal(workOf({ flops: 3e7, bytes: 2e6 }), 6);
});

Deno.test("gridPieces() cuts what takes long, and leaves each piece busy", () => {
  const small = { flops: 0, bytes: 4e5, workgroups: 1000 };
  assert.equal(gridPieces(small, SOFTWARE), 1);
  const large = { flops: 8e7, bytes: 0, workgroups: 1000 };
  // Nine units of work, 1.5 each.
  assert.equal(gridPieces(large, SOFTWARE), 6);
  assert.equal(gridPieces(large, HARDWARE), 1);
  // Four workgroups keep software busy.
  assert.equal(gridPieces({ ...large, workgroups: 11 }, SOFTWARE), 2);
  assert.equal(gridPieces({ ...large, workgroups: 7 }, SOFTWARE), 1);
  const huge = { flops: 1e11, bytes: 0, workgroups: 10_000 };
  assert.equal(gridPieces(huge, HARDWARE), 11);
});

Deno.test("gridPieces() leaves no piece that needs two axes", () => {
  const wide = { flops: 8e7, bytes: 0, workgroups: 10 * 65535 + 1 };
  assert.equal(gridPieces(wide, SOFTWARE), 11);
  const most = piecesOf({ workgroups: wide.workgroups, pieces: 11 })
    .map(({ workgroups }) => workgroups);
  assert.ok(Math.max(...most) <= 65535);
});

Deno.test("piecesOf() covers the grid once, in order", () => {
  assert.deepEqual(piecesOf({ workgroups: 7 }), [{ first: 0, workgroups: 7 }]);
  assert.deepEqual(piecesOf({ workgroups: 7, pieces: 3 }), [
    { first: 0, workgroups: 2 },
    { first: 2, workgroups: 2 },
    { first: 4, workgroups: 3 },
  ]);
});
