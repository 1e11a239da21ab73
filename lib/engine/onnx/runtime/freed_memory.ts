import process from "node:process";

const SYMBOLS = {
  // Of glibc alone.
  malloc_trim: { parameters: ["usize"], result: "i32" },
} as const;

/**
 * Memory that was freed and that the C library keeps: glibc gives back what
 * lies at the end of its heaps, and what sessions leave lies in between.
 */
export class FreedMemory {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

  constructor() {
    if (process.platform !== "linux") return;
    try {
      this.#library = Deno.dlopen("libc.so.6", SYMBOLS);
    } catch {
      // Another C library looks after it by itself.
    }
  }

  /** Gives whole pages back to the system. */
  giveBack(): void {
    this.#library?.symbols.malloc_trim(0n);
  }

  /** Lets the library go. */
  close(): void {
    this.#library?.close();
  }
}
