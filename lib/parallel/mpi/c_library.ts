/** Where the system's own functions are. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  // Before glibc 2.34 those of the loader have a library of their own.
  linux: ["libc.so.6", "libdl.so.2"],
  darwin: ["libSystem.B.dylib"],
};

/** `RTLD_NOW | RTLD_GLOBAL`. */
const NOW_GLOBAL: Readonly<Record<string, number>> = {
  linux: 0x102,
  darwin: 0xa,
};

const SYMBOLS = {
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  dlerror: { parameters: [], result: "pointer" },
} as const;

/** A library as the system's loader holds it: its names are seen by all. */
export interface GlobalLibrary {
  /** Address of a function or variable; undefined where it has none so named. */
  address(name: string): bigint | undefined;
}

/**
 * Loads a library as `Deno.dlopen` does not: so that libraries which it loads
 * itself find its names, on which Open MPI's parts rely.
 *
 * @throws {Error} where the loader cannot, in its words
 */
export function openGlobal(path: string): GlobalLibrary {
  const { dlopen, dlsym, dlerror } = openFirst(SYMBOLS);
  const handle = dlopen(cString(path), NOW_GLOBAL[Deno.build.os] ?? 0);
  if (handle === null) {
    const text = dlerror();
    throw new Error(
      text === null
        ? `Cannot load "${path}"`
        : new Deno.UnsafePointerView(text).getCString(),
    );
  }
  return {
    address: (name) => {
      const found = dlsym(handle, cString(name));
      return found === null ? undefined : Deno.UnsafePointer.value(found);
    },
  };
}

/**
 * Ends this process in so many seconds, whatever its threads wait for by then.
 */
export function endAfter(seconds: number): void {
  const { alarm } = openFirst({
    alarm: { parameters: ["u32"], result: "u32" },
  });
  // Nobody handles the signal: the system ends the process.
  alarm(seconds);
}

function openFirst<S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] {
  for (const name of LIBRARIES[Deno.build.os] ?? []) {
    try {
      return Deno.dlopen(name, symbols).symbols;
    } catch {
      // The next one may have them.
    }
  }
  throw new Error(`Cannot load libraries on ${Deno.build.os}`);
}

/** A zero-terminated UTF-8 string. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
