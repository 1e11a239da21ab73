import process from "node:process";
import { cString } from "./api.ts";

/** The C library of systems where files are mapped as POSIX says. */
const LIBRARIES: Readonly<Record<string, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};

const READ_ONLY = 0;
const PROTECTION_READ = 1;
const MAP_SHARED = 1;
const FAILED = -1n;
const ADVICE_DONT_NEED = 4;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "pointer",
  },
  madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
} as const;

/**
 * Files in memory, each once however many sessions read it: as the sessions map
 * them, each would count again in what a process is said to use.
 */
export class MappedFiles {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #mapped = new Map<
    string,
    { pointer: Deno.PointerValue; bytes: Uint8Array<ArrayBuffer> }
  >();

  private constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.#library = library;
  }

  /** Undefined where this system cannot. */
  static open(): MappedFiles | undefined {
    const name = LIBRARIES[process.platform];
    if (name === undefined) return undefined;
    try {
      return new MappedFiles(Deno.dlopen(name, SYMBOLS));
    } catch {
      return undefined;
    }
  }

  /**
   * The first bytes of a file; nobody may write to them.
   *
   * @throws {Error} where the file cannot be mapped
   */
  map(path: string, length: number): Uint8Array<ArrayBuffer> {
    const known = this.#mapped.get(path);
    if (known !== undefined) return known.bytes;
    const { open, mmap, close } = this.#library.symbols;
    const file = open(cString(path), READ_ONLY);
    if (file < 0) throw new Error(`Cannot open "${path}"`);
    const size = BigInt(length);
    const at = mmap(null, size, PROTECTION_READ, MAP_SHARED, file, 0n);
    close(file);
    const address = Deno.UnsafePointer.value(at);
    if (at === null || BigInt.asIntN(64, BigInt(address)) === FAILED) {
      throw new Error(`Cannot map "${path}"`);
    }
    const buffer = Deno.UnsafePointerView.getArrayBuffer(at, length);
    const bytes = new Uint8Array(buffer);
    this.#mapped.set(path, { pointer: at, bytes });
    return bytes;
  }

  /**
   * Gives pages of files back to the system, which has them at hand where they
   * are read again: what sessions have packed is not.
   */
  rest(paths: readonly string[]): void {
    for (const path of paths) {
      const file = this.#mapped.get(path);
      if (file === undefined) continue;
      const { pointer, bytes } = file;
      const size = BigInt(bytes.length);
      this.#library.symbols.madvise(pointer, size, ADVICE_DONT_NEED);
    }
  }

  /** Lets all files go; no session may read them. */
  close(): void {
    for (const { pointer, bytes } of this.#mapped.values()) {
      this.#library.symbols.munmap(pointer, BigInt(bytes.length));
    }
    this.#mapped.clear();
    this.#library.close();
  }
}
