import process from "node:process";

/** Of x86-64, and of arm64 with pages of 4 KiB. */
const HUGE_PAGE_BYTES = 2n ** 21n;

/** MADV_HUGEPAGE. */
const ADVICE = 14;

/** Asks for huge pages in a range of memory; nothing where that cannot be. */
export type AdviseHugePages = (
  start: Deno.PointerValue,
  bytes: number,
) => void;

/**
 * The system's function that asks for huge pages, which spare large arrays most
 * misses of the address cache: many systems give them to those who ask only.
 */
export function openHugePages(): AdviseHugePages {
  if (process.platform !== "linux") return () => {};
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
    });
    return (start, bytes) => {
      const address = Deno.UnsafePointer.value(start);
      const first = (address / HUGE_PAGE_BYTES + 1n) * HUGE_PAGE_BYTES;
      const length = address + BigInt(bytes) - first;
      if (length < HUGE_PAGE_BYTES) return;
      // A refusal changes nothing but speed.
      symbols.madvise(Deno.UnsafePointer.create(first), length, ADVICE);
    };
  } catch {
    return () => {};
  }
}
