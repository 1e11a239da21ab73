import {
  type FrozenTensor,
  quantizedBlocks,
  type QuantizedTensor,
  type StoredTensor,
} from "./compact.ts";
import type { DType, HostTensor, Shape } from "./host_tensor.ts";
import type { Program } from "./program.ts";
import { sameShape } from "./shape.ts";

/**
 * What the hardware of an engine or its driver cannot do; the message is one
 * line that says what was asked of it and what would help.
 */
export class EngineError extends Error {
  /** Name that logs show. */
  override readonly name: string = "EngineError";
}

/**
 * The device of an engine went away: its driver was reset, it was unplugged, or
 * another program needed it. The engine is of no more use, and whoever holds the
 * model can make another one.
 */
export class EngineLostError extends EngineError {
  /** Name that logs show. */
  override readonly name: string = "EngineLostError";
}

/** A tensor in an engine's memory. State passed to `run` is updated in place. */
export interface DeviceTensor {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A compiled program. */
export interface Executable {
  readonly program: Program;
}

/** Values of frozen states by name. */
export type FrozenStates = Readonly<
  Record<string, FrozenTensor | StoredTensor>
>;

/** What a program may be compiled with. */
export interface CompileOptions {
  /**
   * Values of states that no run changes, by name: an engine may pack them once.
   * They are not bound at runs. Those of f32 leaves may have fewer bits, which
   * an engine may keep: it then may round the other side of a product too.
   */
  readonly frozen?: FrozenStates;
  /**
   * Which of the engine's {@linkcode Engine.workers} runs the program, with its
   * part of the hardware; all of it unless given.
   */
  readonly worker?: number;
  /**
   * Which of the engine's {@linkcode Engine.lanes} runs the program; all of the
   * hardware where it has none.
   */
  readonly lane?: number;
}

/** What one run reads, by the program's names. */
export interface Bindings {
  readonly inputs?: Readonly<Record<string, HostTensor | DeviceTensor>>;
  readonly state?: Readonly<Record<string, DeviceTensor>>;
}

/** What is done with numbers of tensors while the host has them. */
export type TensorsUse = (numbers: readonly HostTensor[]) => Promise<void>;

/** The most that some hardware reaches, as measured. */
export interface HardwarePeak {
  /** In multiply-adds, of which each counts twice. */
  readonly flopsPerSecond: number;
  /** Read and written in copies far larger than any cache. */
  readonly bytesPerSecond: number;
}

/** Time that an engine spent in one kernel of a program. */
export interface KernelTimes {
  readonly program: string;
  /** What the kernel computes, and where in the model. */
  readonly kernel: string;
  readonly calls: number;
  /** Of all calls. */
  readonly seconds: number;
  /** Of all calls; multiply-adds count twice, elementwise work not at all. */
  readonly flops: number;
  /** Of all calls, if every element is moved once. */
  readonly bytes: number;
}

/** One call of a kernel. */
export interface KernelCall extends Omit<KernelTimes, "calls"> {
  /** Since the first call. */
  readonly startSeconds: number;
}

/** A program that ran, and what each run of it must do. */
export interface ProgramRuns {
  /** The program's name. */
  readonly name: string;
  /** How often it ran. */
  readonly runs: number;
  /** Of one run: multiplications and additions of products and convolutions. */
  readonly flops: number;
  /** Of one run: read and written at least. */
  readonly bytes: number;
}

/** What an engine noted of its kernels. */
export interface EngineProfile {
  /** The longest first. */
  readonly kernels: readonly KernelTimes[];
  /** Calls in their order; of a long run only the first ones. */
  readonly calls: readonly KernelCall[];
  /** What all times are multiples of; browsers have a coarse clock. */
  readonly clockSeconds?: number;
  readonly peak: HardwarePeak;
}

/**
 * Runs programs on some hardware.
 *
 * Calls may overlap; runs happen in the order of the calls, those of each worker
 * by themselves: who reads what a run of another worker writes awaits that run
 * first. Float values are computed in the engine's precision (f32; the
 * reference: f64).
 */
export interface Engine {
  /** "reference", "onnx" or "webgpu". */
  readonly name: string;
  /** One line about the hardware and library, for logs and reports. */
  readonly description: string;
  /** What floats are kept in where that is less than f32, such as f16. */
  readonly precision?: string;
  /** Programs that may run side by side; absent where they cannot. */
  readonly workers?: number;
  /**
   * Whether programs that are handed over together are ready sooner than one
   * after another: see `compileAll`.
   */
  readonly compilesTogether?: boolean;
  /**
   * Programs that may run side by side in lanes of one size, so that what they
   * compute does not depend on how large the machine is; absent where that never
   * depends on it. A program in a lane is as one of a worker of its own.
   */
  readonly lanes?: number;

  /** Prepares a program for runs. */
  compile(program: Program, options?: CompileOptions): Promise<Executable>;

  /** Copies a host tensor into the engine's memory. */
  upload(tensor: HostTensor): Promise<DeviceTensor>;

  /**
   * Copies a tensor back. Floats come as f32 (the reference: f64).
   *
   * @throws {TypeError} when the tensor is of another engine or disposed
   */
  download(tensor: DeviceTensor): Promise<HostTensor>;

  /**
   * Has `use` read the numbers of tensors, as they would be downloaded: where
   * they lie if the host sees the engine's memory, else copies. The runs that
   * write them have ended, and none begins before `use` has.
   *
   * @throws {TypeError} when a tensor is of another engine or disposed
   */
  lend(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void>;

  /**
   * The same for numbers that `use` replaces, all of them, and that no run reads
   * before it has: what it finds there is not what the tensors were.
   */
  fill(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void>;

  /**
   * Runs a program once. Outputs are valid until the executable's next run.
   * Host inputs may be changed once this returns, before the run has ended.
   *
   * @throws {TypeError} when a binding is missing, unknown or of the wrong type
   */
  run(
    executable: Executable,
    bindings: Bindings,
  ): Promise<Readonly<Record<string, DeviceTensor>>>;

  /** Frees an executable or a tensor after the runs that use it. */
  dispose(resource: Executable | DeviceTensor): void;

  /** Waits for running work and frees everything. */
  close(): Promise<void>;

  /**
   * Measures what the hardware reaches, in about a second; absent where the
   * engine is not made for speed.
   */
  measurePeak?(): Promise<HardwarePeak>;

  /** The kernels so far; absent where the engine does not time them. */
  readonly profile?: () => Promise<EngineProfile>;
}

/**
 * Checks bindings against a program.
 *
 * @throws {TypeError} naming the program, the binding, what was found and what was expected
 */
export function checkBindings(
  { name, inputs, state }: Program,
  bindings: Bindings,
  frozen: ReadonlySet<string>,
): void {
  const values = Object.entries(state)
    .filter(([key]) => !frozen.has(key))
    .map(([key, slot]) => [key, slot.value] as const);
  checkGroup(name, bindings.inputs ?? {}, Object.entries(inputs));
  checkGroup(name, bindings.state ?? {}, values);
}

/**
 * Checks frozen states against a program.
 *
 * @throws {TypeError} naming the program and the state that it lacks, writes, or
 *   holds in another type
 */
export function checkFrozen(
  { name, state }: Program,
  frozen: FrozenStates,
): void {
  for (const [key, found] of Object.entries(frozen)) {
    const slot = state[key];
    if (slot === undefined) {
      throw new TypeError(`Cannot compile "${name}": it has no state "${key}"`);
    }
    if (slot.next !== undefined) {
      throw new TypeError(
        `Cannot compile "${name}": state "${key}" is frozen, but runs change it`,
      );
    }
    if (!standsFor(found, slot.value)) {
      throw new TypeError(
        `Cannot compile "${name}": state "${key}" must be ` +
          `${describe(slot.value)}, got ${describe(found)}`,
      );
    }
  }
}

/** Whether a frozen value may stand for a leaf: for f32, also in fewer bits. */
function standsFor(
  found: FrozenTensor | StoredTensor,
  leaf: Typed,
): boolean {
  if (found.dtype !== "f16" && found.dtype !== "q8") return fits(found, leaf);
  return leaf.dtype === "f32" && sameShape(found.shape, leaf.shape) &&
    (!("scales" in found) || isComplete(found));
}

/** Whether a quantized tensor is a matrix with a number and a scale for all. */
function isComplete({ shape, data, scales }: QuantizedTensor): boolean {
  if (shape.length !== 2) return false;
  const [rows, width] = shape as [number, number];
  return data.length === rows * width &&
    scales.length === rows * quantizedBlocks(width);
}

interface Typed {
  readonly dtype: DType | "q8";
  readonly shape: Shape;
}

function describe({ dtype, shape }: Typed): string {
  return `${dtype} [${shape}]`;
}

/** Whether a tensor may be bound where `type` is read; f64 is rounded to f32. */
function fits(found: Typed, type: Typed): boolean {
  const rounds = found.dtype === "f64" && type.dtype === "f32";
  return (found.dtype === type.dtype || rounds) &&
    sameShape(found.shape, type.shape);
}

function checkGroup(
  program: string,
  given: Readonly<Record<string, Typed>>,
  expected: readonly (readonly [string, Typed])[],
): void {
  for (const [key, type] of expected) {
    const found = given[key];
    if (found === undefined || !fits(found, type)) {
      const what = found ? describe(found) : "nothing";
      throw new TypeError(
        `Cannot run "${program}": "${key}" must be ${
          describe(type)
        }, got ${what}`,
      );
    }
  }
  const names = new Set(expected.map(([key]) => key));
  const unknown = Object.keys(given).find((key) => !names.has(key));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot run "${program}": it has no "${unknown}"`);
  }
}
