import { type Collective, WaitClock } from "../../parallel/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  zeros,
} from "../../tensor/mod.ts";

/** Numbers as engines download them. */
export type FloatType = "f32" | "f64";

/** A vector of numbers of each rank. */
export type Vectors = readonly HostTensor[];

/** Tensors that ranks send each other, by rank. */
export type TensorsOfRanks = readonly (readonly HostTensor[])[];

/** How the numbers of a step travel between ranks, and how long they take. */
export class Wire {
  readonly #collective: Collective;
  readonly #floats: FloatType;
  readonly #clock = new WaitClock();

  private constructor(collective: Collective, floats: FloatType) {
    this.#collective = collective;
    this.#floats = floats;
  }

  /** For numbers as an engine hands them over: the reference in more bits. */
  static async open(collective: Collective, engine: Engine): Promise<Wire> {
    const tensor = await engine.upload(zeros("f32", [1]));
    const { dtype } = await engine.download(tensor);
    engine.dispose(tensor);
    return new Wire(collective, dtype === "f64" ? "f64" : "f32");
  }

  get rank(): number {
    return this.#collective.rank;
  }

  /** How many ranks there are. */
  get size(): number {
    return this.#collective.size;
  }

  /** Time in which something travelled, in ms. */
  get waitedMs(): number {
    return this.#clock.totalMs;
  }

  /** Zeros. */
  vector(size: number): HostTensor {
    const Kind = this.#floats === "f64" ? Float64Array : Float32Array;
    return hostTensor(this.#floats, [size], new Kind(size) as never);
  }

  /** Sends each rank its own tensors; what comes is in `into` when it ends. */
  exchange(parts: TensorsOfRanks, into: TensorsOfRanks): Promise<void> {
    return this.#clock.during(
      this.#collective.exchange(parts.map(piecesOf), into.map(piecesOf)),
    );
  }

  /** Sends all ranks the same numbers; what comes is in `into` when it ends. */
  gather(own: HostTensor, into: Vectors): Promise<void> {
    return this.#clock.during(
      this.#collective.gather(bytesOf(own), into.map(bytesOf)),
    );
  }
}

function piecesOf(tensors: readonly HostTensor[]): readonly Uint8Array[] {
  return tensors.map(bytesOf);
}

/** The bytes of a tensor, without a copy. */
function bytesOf({ data }: HostTensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = data;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
