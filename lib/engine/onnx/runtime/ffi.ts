import { onceReleased } from "./once_released.ts";
import { sizeOf } from "../../../tensor/mod.ts";
import { elementBytes, ONNX_TYPE_CODE } from "../model.ts";
import { cPath, cString, openApi, type OrtApi, PointerSlot } from "./api.ts";
import {
  type BackendOptions,
  type BackendSession,
  type BackendTensor,
  externalDataRoot,
  type OrtBackend,
  type SessionEnds,
} from "./backend.ts";
import { MappedFiles } from "./mapped_files.ts";

/** Errors come back as statuses: nothing need be printed. */
const LOG_FATAL = 4;
const OPTIMIZE_ALL = 99;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

/** Option of sessions: the folder where paths of external data begin. */
const EXTERNAL_DATA_FOLDER =
  "session.model_external_initializers_file_folder_path";

class FfiTensor implements BackendTensor {
  readonly type;
  readonly shape;
  readonly bytes;
  readonly value: bigint;
  constructor(
    { type, shape, bytes }: BackendTensor,
    { api, memory }: { api: OrtApi; memory: Deno.PointerValue },
  ) {
    this.type = type;
    this.shape = shape;
    this.bytes = bytes;
    const slot = new PointerSlot();
    api.call.CreateTensorWithDataAsOrtValue(
      memory,
      bytes as Uint8Array<ArrayBuffer>,
      BigInt(bytesOf(this)),
      BigInt64Array.from(shape, BigInt),
      BigInt(shape.length),
      ONNX_TYPE_CODE[type],
      slot.slot,
    );
    this.value = slot.slot[0]!;
  }
}

function bytesOf(
  { type, shape }: Pick<BackendTensor, "type" | "shape">,
): number {
  return sizeOf(shape) * elementBytes(type);
}

/** Strings and the array of pointers to them, both held while native code may look. */
class NameArray {
  readonly #names: readonly Uint8Array<ArrayBuffer>[];
  readonly pointers: BigUint64Array<ArrayBuffer>;
  constructor(names: readonly string[]) {
    this.#names = names.map(cString);
    this.pointers = BigUint64Array.from(
      this.#names,
      (name) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(name)),
    );
  }
  get length(): bigint {
    return BigInt(this.#names.length);
  }
}

class FfiSession implements BackendSession {
  readonly #api: OrtApi;
  readonly #session: Deno.PointerValue;
  readonly #inputNames: NameArray;
  readonly #outputNames: NameArray;
  readonly #inputs: BigUint64Array<ArrayBuffer>;
  readonly #outputs: BigUint64Array<ArrayBuffer>;
  /** Held: an array model may be read for as long as the session lives. */
  readonly model: unknown;
  readonly #constants: readonly SharedConstant[];

  constructor(
    { api, session, model, constants }: {
      api: OrtApi;
      session: Deno.PointerValue;
      model: unknown;
      constants: readonly SharedConstant[];
    },
    { inputs, outputs }: SessionEnds,
  ) {
    this.#api = api;
    this.#session = session;
    this.model = model;
    this.#constants = constants;
    this.#inputNames = new NameArray(inputs);
    this.#outputNames = new NameArray(outputs);
    this.#inputs = new BigUint64Array(inputs.length);
    this.#outputs = new BigUint64Array(outputs.length);
  }

  run(
    inputs: readonly BackendTensor[],
    outputs: readonly BackendTensor[],
  ): void {
    for (let i = 0; i < inputs.length; i++) {
      this.#inputs[i] = (inputs[i] as FfiTensor).value;
    }
    for (let i = 0; i < outputs.length; i++) {
      this.#outputs[i] = (outputs[i] as FfiTensor).value;
    }
    this.#api.call.Run(
      this.#session,
      null,
      this.#inputNames.pointers,
      this.#inputs,
      this.#inputNames.length,
      this.#outputNames.pointers,
      this.#outputNames.length,
      this.#outputs,
    );
  }

  release(): void {
    this.#api.release.ReleaseSession(this.#session);
    for (const { tensor } of this.#constants) releaseValue(this.#api, tensor);
  }
}

/**
 * onnxruntime's C API, bound directly: tensors are used in place.
 *
 * @throws {Error} when the library cannot be opened
 */
export function openFfiBackend(options: BackendOptions): OrtBackend {
  const api = openApi();
  const env = createEnvironment(api, options);
  const memory = new PointerSlot();
  api.call.CreateCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, memory.slot);
  // Weights that onnxruntime packs are packed once for all nodes and sessions.
  const packed = new PointerSlot();
  api.call.CreatePrepackedWeightsContainer(packed.slot);
  const tensor = (parts: BackendTensor) =>
    new FfiTensor(parts, { api, memory: memory.value });
  let mapped: MappedFiles | undefined;
  return {
    kind: "ffi",
    version: api.version,
    tensor,
    releaseTensor: (tensor) => releaseValue(api, tensor),
    load: ({ model, ends, files }) => {
      if (files.length > 0) mapped ??= MappedFiles.open();
      const constants = mapped === undefined ? [] : files.map((file) => {
        const bytes = mapped!.map(file.path, bytesOf(file));
        return { name: file.name, tensor: tensor({ ...file, bytes }) };
      });
      const make = (own: boolean) => {
        const chosen = createSessionOptions(api, { ...options, own });
        try {
          shareConstants(api, chosen, constants);
          const parts = { api, env, options: chosen, packed: packed.value };
          return createSession(parts, model);
        } finally {
          api.release.ReleaseSessionOptions(chosen);
        }
      };
      const session = inSharedPool(make, options);
      mapped?.rest(files.map(({ path }) => path));
      return new FfiSession({ api, session, model, constants }, ends);
    },
    close: () => {
      api.release.ReleasePrepackedWeightsContainer(packed.value);
      api.release.ReleaseMemoryInfo(memory.value);
      api.release.ReleaseEnv(env);
      api.close();
      mapped?.close();
    },
  };
}

function releaseValue(api: OrtApi, tensor: BackendTensor): void {
  const { value } = tensor as FfiTensor;
  api.release.ReleaseValue(Deno.UnsafePointer.create(value));
}

/** A constant that sessions share. */
interface SharedConstant {
  readonly name: string;
  readonly tensor: FfiTensor;
}

/**
 * Has sessions read constants where they are mapped. The model must refer to the
 * same files: onnxruntime folds constants from there.
 */
function shareConstants(
  api: OrtApi,
  options: Deno.PointerValue,
  constants: readonly SharedConstant[],
): void {
  for (const { name, tensor: { value } } of constants) {
    const pointer = Deno.UnsafePointer.create(value);
    api.call.AddInitializer(options, cString(name), pointer);
  }
}

/**
 * One pool of threads for all sessions that have none of their own: more pools
 * would fight over the cores. The process has one environment; later ones are it.
 */
function createEnvironment(
  api: OrtApi,
  { threads, spinning }: BackendOptions,
): Deno.PointerValue {
  const slot = new PointerSlot();
  api.call.CreateThreadingOptions(slot.slot);
  const threading = slot.value;
  api.call.SetGlobalIntraOpNumThreads(threading, threads);
  api.call.SetGlobalInterOpNumThreads(threading, 1);
  api.call.SetGlobalSpinControl(threading, spinning ? 1 : 0);
  api.call.SetGlobalDenormalAsZero(threading);
  const env = new PointerSlot();
  const name = cString("spherear");
  try {
    onceReleased(() =>
      api.call.CreateEnvWithGlobalThreadPools(
        LOG_FATAL,
        name,
        threading,
        env.slot,
      )
    );
  } finally {
    api.release.ReleaseThreadingOptions(threading);
  }
  return env.value;
}

/** What onnxruntime says where its environment has no pool to share. */
const NO_POOL = /EnvCreatedWithGlobalThreadPools\(\) was false/;

/**
 * Makes a session that shares the environment's threads, or has its own where
 * there are none to share: whoever used onnxruntime first in this process, such
 * as a stage of a user's, made its one environment.
 */
function inSharedPool<T>(
  make: (own: boolean) => T,
  { own = false }: BackendOptions,
): T {
  try {
    return make(own);
  } catch (error) {
    const alone = !own && error instanceof Error && NO_POOL.test(error.message);
    if (!alone) throw error;
    return make(true);
  }
}

function createSessionOptions(
  api: OrtApi,
  { threads, spinning, own, profile }: BackendOptions,
): Deno.PointerValue {
  const slot = new PointerSlot();
  api.call.CreateSessionOptions(slot.slot);
  const options = slot.value;
  api.call.SetSessionGraphOptimizationLevel(options, OPTIMIZE_ALL);
  api.call.SetSessionLogSeverityLevel(options, LOG_FATAL);
  if (own) api.call.SetIntraOpNumThreads(options, threads);
  else api.call.DisablePerSessionThreads(options);
  // With patterns, later runs take memory of their own beside the first one's.
  api.call.DisableMemPattern(options);
  if (profile !== undefined) api.call.EnableProfiling(options, cPath(profile));
  const entries = {
    "session.set_denormal_as_zero": "1",
    "session.intra_op.allow_spinning": spinning ? "1" : "0",
    [EXTERNAL_DATA_FOLDER]: externalDataRoot(),
  };
  for (const [key, value] of Object.entries(entries)) {
    api.call.AddSessionConfigEntry(options, cString(key), cString(value));
  }
  return options;
}

function createSession(
  { api, env, options, packed }: {
    api: OrtApi;
    env: Deno.PointerValue;
    options: Deno.PointerValue;
    packed: Deno.PointerValue;
  },
  model: Uint8Array<ArrayBuffer>,
): Deno.PointerValue {
  const slot = new PointerSlot();
  const size = BigInt(model.length);
  api.call.CreateSessionFromArrayWithPrepackedWeightsContainer(
    env,
    model,
    size,
    options,
    packed,
    slot.slot,
  );
  return slot.value;
}
