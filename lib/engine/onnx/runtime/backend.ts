import { tmpdir } from "node:os";
import { parse } from "node:path";
import type { OnnxType } from "../model.ts";

/** Where the paths of external data begin: at the root of the file system. */
export function externalDataRoot(): string {
  return parse(tmpdir()).root;
}

/** How sessions compute. */
export interface BackendOptions {
  /** Threads that share the work of one operator. */
  readonly threads: number;
  /** Whether idle threads wait in a loop: faster, but not beside other jobs. */
  readonly spinning: boolean;
  /**
   * Whether sessions have threads of their own, false unless given; or else all
   * sessions of the process share one pool.
   */
  readonly own?: boolean;
  /** Start of the names of trace files, one a session, written when it ends. */
  readonly profile?: string;
}

/** A tensor over shared memory, known to a backend. */
export interface BackendTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Ends of a session, in the order in which runs bind them. */
export interface SessionEnds {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A constant of a model that fills a file. */
export interface FileConstant {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly path: string;
}

/** What a session is loaded from. */
export interface StoredModel {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly ends: SessionEnds;
  /** Constants that the model refers to as external data. */
  readonly files: readonly FileConstant[];
}

/** A loaded model. */
export interface BackendSession {
  /**
   * Runs the model over tensors of this backend, one an end.
   *
   * @throws {Error} with onnxruntime's message
   */
  run(
    inputs: readonly BackendTensor[],
    outputs: readonly BackendTensor[],
  ): void | Promise<void>;
  release(): void | Promise<void>;
}

/** One way of calling onnxruntime. */
export interface OrtBackend {
  /** "ffi": the library bound directly; "js": the package's own binding. */
  readonly kind: "ffi" | "js";
  /** Version of the library in use. */
  readonly version: string;
  /** Wraps memory, which is used in place and held until `releaseTensor`. */
  tensor(parts: BackendTensor): BackendTensor;
  releaseTensor(tensor: BackendTensor): void;
  /**
   * Loads a model. External data is mapped from files, whose paths begin at
   * `externalDataRoot`.
   *
   * @throws {Error} with onnxruntime's message
   */
  load(stored: StoredModel): BackendSession | Promise<BackendSession>;
  /** Frees everything; no session may be in use. */
  close(): void;
}
