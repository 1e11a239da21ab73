import { FreedMemory } from "../../../../../lib/engine/onnx/runtime/freed_memory.ts";

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

/** Bytes that the system gets back, as a share of what was freed. */
function shareGivenBack(): number {
  const libc = Deno.dlopen("libc.so.6", ALLOCATION);
  const { symbols } = libc;
  const size = BigInt(PIECE_BYTES);
  const pieces = Array.from({ length: PIECES }, () => symbols.malloc(size));
  for (const piece of pieces) symbols.memset(piece, 1, size);
  pieces.forEach((piece, i) => i % KEPT === 0 || symbols.free(piece));
  const freed = new FreedMemory();
  const before = Deno.memoryUsage().rss;
  freed.giveBack();
  const given = before - Deno.memoryUsage().rss;
  freed.close();
  libc.close();
  return given / (PIECES * PIECE_BYTES);
}

if (import.meta.main) console.log(shareGivenBack());
