import type { Memory } from "./memory.ts";

/** What the main thread asks of the thread that calls MPI. */
export type Request =
  | {
    readonly kind: "open";
    /** The library's file, or a name that the system's loader knows. */
    readonly path: string;
    readonly watching: Watching;
  }
  | {
    readonly kind: "exchange";
    /** What each rank gets, and where what each sends goes, by rank. */
    readonly sends: readonly (readonly Memory[])[];
    readonly receives: readonly (readonly Memory[])[];
  }
  | {
    readonly kind: "broadcast";
    readonly data: Memory;
    readonly root: number;
  }
  | { readonly kind: "barrier" }
  | { readonly kind: "abort"; readonly status: number }
  | { readonly kind: "close" };

/** How ranks are watched. */
export interface Watching {
  /** A number that grows as long as the main thread turns. */
  readonly pulse: Int32Array<SharedArrayBuffer>;
  /** A rank that is silent for so long has been lost. */
  readonly silentSeconds: number;
  /**
   * This rank in words, where a process beside it says so when it is killed;
   * absent where the launcher does.
   */
  readonly witnessed: string | undefined;
}

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
