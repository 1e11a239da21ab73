import process from "node:process";
import { libraryPath } from "./library.ts";

/** Newest version of the function table that this binding was written for. */
const API_VERSION = 22;

/**
 * Functions of `OrtApi` by their place in the table, which only ever grows.
 * Each returns a status (null: fine) but the ones in VOID and NAMES.
 */
const STATUS_FUNCTIONS = {
  Run: [
    9,
    [
      "pointer",
      "pointer",
      "buffer",
      "buffer",
      "usize",
      "buffer",
      "usize",
      "buffer",
    ],
  ],
  CreateSessionOptions: [10, ["buffer"]],
  EnableProfiling: [14, ["pointer", "buffer"]],
  DisableMemPattern: [17, ["pointer"]],
  SetSessionLogSeverityLevel: [22, ["pointer", "i32"]],
  SetSessionGraphOptimizationLevel: [23, ["pointer", "i32"]],
  SetIntraOpNumThreads: [24, ["pointer", "i32"]],
  CreateTensorWithDataAsOrtValue: [
    49,
    ["pointer", "buffer", "usize", "buffer", "usize", "i32", "buffer"],
  ],
  CreateCpuMemoryInfo: [69, ["i32", "i32", "buffer"]],
  CreateEnvWithGlobalThreadPools: [119, ["i32", "buffer", "pointer", "buffer"]],
  DisablePerSessionThreads: [120, ["pointer"]],
  CreateThreadingOptions: [121, ["buffer"]],
  AddSessionConfigEntry: [130, ["pointer", "buffer", "buffer"]],
  SetGlobalIntraOpNumThreads: [147, ["pointer", "i32"]],
  SetGlobalInterOpNumThreads: [148, ["pointer", "i32"]],
  SetGlobalSpinControl: [149, ["pointer", "i32"]],
  AddInitializer: [150, ["pointer", "buffer", "pointer"]],
  SetGlobalDenormalAsZero: [155, ["pointer"]],
  CreatePrepackedWeightsContainer: [166, ["buffer"]],
  CreateSessionFromArrayWithPrepackedWeightsContainer: [
    169,
    ["pointer", "buffer", "usize", "pointer", "pointer", "buffer"],
  ],
} as const;

const VOID_FUNCTIONS = {
  ReleaseEnv: 92,
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseSessionOptions: 100,
  ReleaseThreadingOptions: 122,
  ReleasePrepackedWeightsContainer: 167,
} as const;

const GET_ERROR_MESSAGE = 2;
const POINTER_BYTES = 8;

type StatusName = keyof typeof STATUS_FUNCTIONS;
type VoidName = keyof typeof VOID_FUNCTIONS;

type Argument = Deno.PointerValue | BufferSource | number | bigint;

/** The part of onnxruntime's C API that the engine calls. */
export interface OrtApi {
  readonly version: string;
  /**
   * Calls a function that returns a status.
   *
   * @throws {Error} with the status' message
   */
  readonly call: {
    readonly [K in StatusName]: (...args: Argument[]) => void;
  };
  readonly release: {
    readonly [K in VoidName]: (object: Deno.PointerValue) => void;
  };
  close(): void;
}

/** A zero-terminated UTF-8 string. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** A zero-terminated path in the encoding of the platform: UTF-16 on Windows. */
export function cPath(path: string): Uint8Array<ArrayBuffer> {
  if (process.platform !== "win32") return cString(path);
  const units = Uint16Array.from(`${path}\0`, (unit) => unit.charCodeAt(0));
  return new Uint8Array(units.buffer);
}

/** Room for one pointer that native code fills in. */
export class PointerSlot {
  readonly slot = new BigUint64Array(1);
  get value(): Deno.PointerValue {
    return Deno.UnsafePointer.create(this.slot[0]!);
  }
}

/**
 * Opens the library and binds its function table.
 *
 * @throws {Error} when the library is missing, does not load, or is too old
 */
export function openApi(): OrtApi {
  const library = Deno.dlopen(libraryPath(), {
    OrtGetApiBase: { parameters: [], result: "pointer" },
  });
  try {
    return bindApi(library);
  } catch (error) {
    library.close();
    throw error;
  }
}

type Library = Deno.DynamicLibrary<{
  OrtGetApiBase: { parameters: []; result: "pointer" };
}>;

function bindApi(library: Library): OrtApi {
  const base = view(library.symbols.OrtGetApiBase());
  const getApi = bind(base, 0, { parameters: ["u32"], result: "pointer" });
  const getVersion = bind(base, 1, { parameters: [], result: "pointer" });
  const table = view(getApi(API_VERSION));
  return {
    version: view(getVersion()).getCString(),
    call: bindCalls(table),
    release: bindReleases(table),
    close: () => library.close(),
  };
}

function view(pointer: Deno.PointerValue): Deno.UnsafePointerView {
  if (pointer === null) {
    throw new Error(
      `Cannot use onnxruntime: it has no API version ${API_VERSION}`,
    );
  }
  return new Deno.UnsafePointerView(pointer);
}

/** A function of which the types are known at run time only. */
interface NativeFunction extends Deno.ForeignFunction {
  readonly parameters: readonly Deno.NativeType[];
  readonly result: "pointer" | "void";
}

type BoundFunction = (...args: Argument[]) => Deno.PointerValue;

/** The function at a place of a table. */
function bind(
  table: Deno.UnsafePointerView,
  index: number,
  definition: NativeFunction,
): BoundFunction {
  const pointer = table.getPointer<NativeFunction>(index * POINTER_BYTES);
  if (pointer === null) {
    throw new Error(
      `Cannot use onnxruntime: its function table has no entry ${index}`,
    );
  }
  const native = new Deno.UnsafeFnPointer<NativeFunction>(pointer, definition);
  return native.call.bind(native) as BoundFunction;
}

function bindRelease(
  table: Deno.UnsafePointerView,
  index: number,
): (object: Deno.PointerValue) => void {
  return bind(table, index, { parameters: ["pointer"], result: "void" });
}

function bindCalls(table: Deno.UnsafePointerView): OrtApi["call"] {
  const getMessage = bind(table, GET_ERROR_MESSAGE, {
    parameters: ["pointer"],
    result: "pointer",
  });
  const releaseStatus = bindRelease(table, VOID_FUNCTIONS.ReleaseStatus);
  const bindCall = (name: StatusName) => {
    const [index, parameters] = STATUS_FUNCTIONS[name];
    const native = bind(table, index, { parameters, result: "pointer" });
    return (...args: Argument[]) => {
      const status = native(...args);
      if (status === null) return;
      const text = view(getMessage(status)).getCString();
      releaseStatus(status);
      throw new Error(`Cannot ${name} in onnxruntime: ${text}`);
    };
  };
  const names = Object.keys(STATUS_FUNCTIONS) as StatusName[];
  const bound = names.map((name) => [name, bindCall(name)] as const);
  return Object.fromEntries(bound) as OrtApi["call"];
}

function bindReleases(table: Deno.UnsafePointerView): OrtApi["release"] {
  const bound = Object.entries(VOID_FUNCTIONS)
    .map(([name, index]) => [name, bindRelease(table, index)] as const);
  return Object.fromEntries(bound) as unknown as OrtApi["release"];
}
