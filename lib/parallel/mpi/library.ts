import { type AbiName, MPI_ABIS, type MpiAbi } from "./abis.ts";
import { type GlobalLibrary, openGlobal } from "./c_library.ts";
import type { Memory } from "./memory.ts";
import { readText } from "./texts.ts";

/**
 * The functions that are called. Handles are passed as `usize`: a library whose
 * handles are `int` reads the lower half of the register.
 */
const SYMBOLS = {
  MPI_Init_thread: {
    parameters: ["pointer", "pointer", "i32", "buffer"],
    result: "i32",
  },
  MPI_Finalize: { parameters: [], result: "i32" },
  MPI_Abort: { parameters: ["usize", "i32"], result: "i32" },
  MPI_Comm_rank: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_size: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_set_errhandler: { parameters: ["usize", "usize"], result: "i32" },
  MPI_Error_string: {
    parameters: ["i32", "buffer", "buffer"],
    result: "i32",
  },
  MPI_Get_processor_name: { parameters: ["buffer", "buffer"], result: "i32" },
  MPI_Isend: {
    parameters: ["usize", "i32", "usize", "i32", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Irecv: {
    parameters: ["usize", "i32", "usize", "i32", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Ibcast: {
    parameters: ["usize", "i32", "usize", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Ibarrier: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Testall: {
    parameters: ["i32", "buffer", "buffer", "usize"],
    result: "i32",
  },
} as const;

type Name = keyof typeof SYMBOLS;

/** The other end of a message. */
export interface Peer {
  readonly rank: number;
  /** Messages of one tag arrive in the order in which they were sent. */
  readonly tag: number;
}

/** One MPI library, loaded into this process. */
export class MpiLibrary {
  readonly #constants: MpiAbi;
  readonly #call: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #world: bigint;
  readonly #byte: bigint;
  readonly #errorsReturn: bigint;

  /**
   * Loads a library; it starts nothing.
   *
   * @throws {Error} where it does not load or is no MPI library
   */
  constructor(path: string) {
    const library = openGlobal(path);
    this.#constants = MPI_ABIS[abiOf(path, library)];
    this.#call = Deno.dlopen(path, SYMBOLS).symbols;
    const value = (handle: bigint | string) =>
      typeof handle === "bigint" ? handle : library.address(handle)!;
    this.#world = value(this.#constants.world);
    this.#byte = value(this.#constants.byte);
    this.#errorsReturn = value(this.#constants.errorsReturn);
  }

  /** Starts MPI, from the one thread that will call it. */
  initialize(): { readonly rank: number; readonly size: number } {
    const { threadFunneled } = this.#constants;
    const given = new Int32Array(1);
    this.#check(
      "MPI_Init_thread",
      this.#call.MPI_Init_thread(null, null, threadFunneled, given),
    );
    this.#check(
      "MPI_Comm_set_errhandler",
      this.#call.MPI_Comm_set_errhandler(this.#world, this.#errorsReturn),
    );
    return {
      rank: this.#number("MPI_Comm_rank"),
      size: this.#number("MPI_Comm_size"),
    };
  }

  /** The name of this machine. */
  host(): string {
    return readText(this.#call.MPI_Get_processor_name);
  }

  /** Room for the handles of so many requests. */
  requests(count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(count * this.#constants.handleBytes);
  }

  send(what: Memory, to: Peer, request: Slot): void {
    this.#check(
      "MPI_Isend",
      this.#call.MPI_Isend(...this.#message(what, to), this.#slot(request)),
    );
  }

  receive(what: Memory, from: Peer, request: Slot): void {
    this.#check(
      "MPI_Irecv",
      this.#call.MPI_Irecv(...this.#message(what, from), this.#slot(request)),
    );
  }

  broadcast({ address, bytes }: Memory, root: number, request: Slot): void {
    const slot = this.#slot(request);
    const [byte, world] = [this.#byte, this.#world];
    this.#check(
      "MPI_Ibcast",
      this.#call.MPI_Ibcast(address, bytes, byte, root, world, slot),
    );
  }

  barrier(request: Slot): void {
    const slot = this.#slot(request);
    this.#check("MPI_Ibarrier", this.#call.MPI_Ibarrier(this.#world, slot));
  }

  /** Lets messages move; true where all of these requests are done. */
  areDone(requests: Uint8Array<ArrayBuffer>): boolean {
    const { handleBytes, ignoreStatuses } = this.#constants;
    const count = requests.length / handleBytes;
    const flag = new Int32Array(1);
    this.#check(
      "MPI_Testall",
      this.#call.MPI_Testall(count, requests, flag, ignoreStatuses),
    );
    return flag[0] !== 0;
  }

  /** Ends all ranks with a status; returns where the library lets it. */
  abort(status: number): void {
    this.#call.MPI_Abort(this.#world, status);
  }

  finalize(): void {
    this.#check("MPI_Finalize", this.#call.MPI_Finalize());
  }

  /** What sending and receiving begin with. */
  #message({ address, bytes }: Memory, { rank, tag }: Peer) {
    return [address, bytes, this.#byte, rank, tag, this.#world] as const;
  }

  #slot({ requests, index }: Slot): Uint8Array<ArrayBuffer> {
    const { handleBytes } = this.#constants;
    return requests.subarray(index * handleBytes, (index + 1) * handleBytes);
  }

  #number(name: "MPI_Comm_rank" | "MPI_Comm_size"): number {
    const value = new Int32Array(1);
    this.#check(name, this.#call[name](this.#world, value));
    return value[0]!;
  }

  #check(name: Name, code: number): void {
    if (code === 0) return;
    const reason = readText((text, length) =>
      this.#call.MPI_Error_string(code, text, length)
    );
    throw new Error(`MPI failed in ${name}: ${reason}`);
  }
}

/** A place for one request among others. */
export interface Slot {
  readonly requests: Uint8Array<ArrayBuffer>;
  readonly index: number;
}

/** Open MPI's handles are variables; the standard's library has its own name. */
function abiOf(path: string, library: GlobalLibrary): AbiName {
  if (library.address("MPI_Init_thread") === undefined) {
    throw new Error(`Cannot use "${path}": it is no MPI library`);
  }
  const isOpenMpi = library.address(MPI_ABIS.openMpi.world) !== undefined;
  if (/libmpi_abi[^/]*$/.test(path)) return "standard";
  return isOpenMpi ? "openMpi" : "mpich";
}
