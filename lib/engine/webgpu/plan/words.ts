import {
  ELEMENT_BYTES,
  type HostTensor,
  isOp,
  type Program,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";

/** Words (4 bytes) that a tensor takes: each element has one. */
export function wordsOf({ shape }: Pick<Tensor, "shape">): number {
  return sizeOf(shape);
}

/** Writes the elements of a host tensor as words: f64 is rounded, bytes are widened. */
export function writeWords(
  { dtype, data }: HostTensor,
  target: Uint32Array<ArrayBuffer>,
): void {
  const { buffer, byteOffset, length } = target;
  if (dtype === "f64") {
    new Float32Array(buffer, byteOffset, length).set(data);
  } else if (dtype === "f16") {
    throw new TypeError("Cannot use f16 bits: expected f32");
  } else if (ELEMENT_BYTES[dtype] === 4) {
    const { buffer: from, byteOffset: start } = data;
    target.set(new Uint32Array(from, start, length));
  } else target.set(data);
}

/** Where the inputs of a program lie in the words that a run uploads. */
export interface InputLayout {
  /** First word of each input, by its name. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly words: number;
}

/** Lays the inputs of a program end to end. */
export function inputLayout({ inputs }: Program): InputLayout {
  const offsets = new Map<string, number>();
  let words = 0;
  for (const [name, node] of Object.entries(inputs)) {
    offsets.set(name, words);
    words += wordsOf(node);
  }
  return { offsets, words };
}

/** Constants of a program, end to end. */
export class ConstantPool {
  readonly #offsets = new Map<Tensor, number>();
  #words = 0;

  /** Words of all constants so far. */
  get size(): number {
    return this.#words;
  }

  /** First word of a constant, which is added where it is new. */
  offsetOf(tensor: Tensor): number {
    let offset = this.#offsets.get(tensor);
    if (offset === undefined) {
      this.#offsets.set(tensor, offset = this.#words);
      this.#words += wordsOf(tensor);
    }
    return offset;
  }

  /** All constants as words. */
  words(): Uint32Array<ArrayBuffer> {
    const words = new Uint32Array(this.#words);
    for (const [tensor, offset] of this.#offsets) {
      if (!isOp(tensor, "constant")) continue;
      const { value } = tensor.attributes;
      const length = sizeOf(tensor.shape);
      writeWords(value, words.subarray(offset, offset + length));
    }
    return words;
  }
}
