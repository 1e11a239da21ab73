import type { Memory } from "./memory.ts";

/** What the main thread asks of the thread that calls MPI. */
export type Request =
  | {
    readonly kind: "open";
    /** The library's file, or a name that the system's loader knows. */
    readonly path: string;
    /** A number that grows as long as the main thread turns. */
    readonly pulse: Int32Array<SharedArrayBuffer>;
  }
  | {
    readonly kind: "exchange";
    /** What each rank gets, and where what each sends goes; none is 0 bytes. */
    readonly sends: readonly Memory[];
    readonly receives: readonly Memory[];
  }
  | {
    readonly kind: "broadcast";
    readonly data: Memory;
    readonly root: number;
  }
  | { readonly kind: "barrier" }
  | { readonly kind: "abort"; readonly status: number }
  | { readonly kind: "close" };

/** What the thread found when it opened a library. */
export interface Opened {
  readonly rank: number;
  readonly size: number;
  readonly host: string;
}

/** The answer to a request, by its number. */
export type Reply =
  | { readonly call: number; readonly result?: Opened }
  | { readonly call: number; readonly error: string };
