import assert from "node:assert/strict";
import { FreedMemory } from "../../../../../lib/engine/onnx/runtime/freed_memory.ts";

const LIBC = "libc.so.6";
const ALLOCATION = {
  malloc: { parameters: ["usize"], result: "pointer" },
  memset: { parameters: ["pointer", "i32", "usize"], result: "pointer" },
  free: { parameters: ["pointer"], result: "void" },
} as const;

/** Smaller than what glibc maps on its own. */
const PIECE_BYTES = 2 ** 16;
const PIECES = 2048;

/** One piece of so many stays, so that no end of a heap is free. */
const KEPT = 64;

const isGlibc = Deno.build.os === "linux" && Deno.build.target.endsWith("gnu");

Deno.test({
  name: "FreedMemory gives back what lies between pieces that are in use",
  ignore: !isGlibc,
  fn() {
    const libc = Deno.dlopen(LIBC, ALLOCATION);
    const { symbols } = libc;
    const size = BigInt(PIECE_BYTES);
    const pieces = Array.from({ length: PIECES }, () => symbols.malloc(size));
    for (const piece of pieces) symbols.memset(piece, 1, size);
    const isKept = (i: number) => i % KEPT === KEPT - 1;
    pieces.forEach((piece, i) => isKept(i) || symbols.free(piece));
    const freed = new FreedMemory();
    const before = Deno.memoryUsage().rss;
    freed.giveBack();
    const given = before - Deno.memoryUsage().rss;
    pieces.forEach((piece, i) => isKept(i) && symbols.free(piece));
    freed.close();
    libc.close();
    // Tests that run beside this one change it, too.
    assert.ok(given > PIECES * PIECE_BYTES / 2, `${given} bytes`);
  },
});
