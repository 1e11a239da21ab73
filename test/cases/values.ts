import {
  type DType,
  type HostTensor,
  hostTensor,
  type Shape,
  sizeOf,
} from "../../lib/tensor/mod.ts";

/** An f32 tensor from numbers. */
export function f32(shape: Shape, values: readonly number[]): HostTensor {
  return hostTensor("f32", shape, Float32Array.from(values));
}

/** Expected floats, unrounded. */
export function f64(shape: Shape, values: readonly number[]): HostTensor {
  return hostTensor("f64", shape, Float64Array.from(values));
}

/** An i32 tensor from numbers. */
export function i32(shape: Shape, values: readonly number[]): HostTensor {
  return hostTensor("i32", shape, Int32Array.from(values));
}

/** A u32 tensor from numbers. */
export function u32(shape: Shape, values: readonly number[]): HostTensor {
  return hostTensor("u32", shape, Uint32Array.from(values));
}

/** A u8 tensor from numbers. */
export function u8(shape: Shape, values: readonly number[]): HostTensor {
  return hostTensor("u8", shape, Uint8Array.from(values));
}

/** A bool tensor from zeros and ones. */
export function bool(shape: Shape, values: readonly number[]): HostTensor {
  return hostTensor("bool", shape, Uint8Array.from(values));
}

/** A tensor of the dtype from numbers. */
export function tensorOf(
  dtype: DType,
  shape: Shape,
  values: readonly number[],
): HostTensor {
  const make = { f32, f64, i32, u32, u8, bool, f16: f32 }[dtype];
  return make(shape, values);
}

/** Seeded draws of test values. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1) (mulberry32, Tommy Ettinger, public domain). */
  number(): number {
    this.#state = (this.#state + 0x6D2B79F5) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  }

  /** f32 values between two bounds. */
  floats(
    shape: Shape,
    { low = -2, high = 2 }: { low?: number; high?: number } = {},
  ): HostTensor {
    const draw = () => low + (high - low) * this.number();
    return f32(shape, Array.from({ length: sizeOf(shape) }, draw));
  }

  /** i32 values from `low` to below `high`. */
  integers(
    shape: Shape,
    { low = 0, high }: { low?: number; high: number },
  ): HostTensor {
    const draw = () => low + Math.floor((high - low) * this.number());
    return i32(shape, Array.from({ length: sizeOf(shape) }, draw));
  }

  /** Truth values. */
  bools(shape: Shape): HostTensor {
    const draw = () => this.number() < 0.5 ? 0 : 1;
    return bool(shape, Array.from({ length: sizeOf(shape) }, draw));
  }

  /**
   * Tensors of f32 whose values all differ, by 1/16 at least, also from 0:
   * central differences cross no tie and no kink.
   */
  apart(...shapes: Shape[]): HostTensor[] {
    const count = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
    const values = Array.from(
      { length: count },
      (_, i) => (i - Math.floor(count / 2) + 0.5) / 16,
    );
    this.shuffle(values);
    let start = 0;
    return shapes.map((shape) => {
      const stop = start + sizeOf(shape);
      const part = values.slice(start, stop);
      start = stop;
      return f32(shape, part);
    });
  }

  /** Values of a dtype that arithmetic stays in range with. */
  of(dtype: DType, shape: Shape): HostTensor {
    if (dtype === "bool") return this.bools(shape);
    if (dtype === "f32") return this.floats(shape);
    const low = dtype === "i32" ? -9 : 0;
    const { data } = this.integers(shape, { low, high: 10 });
    return tensorOf(dtype, shape, [...data]);
  }

  /** Fisher and Yates' shuffle in place. */
  shuffle(values: number[]): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = Math.floor(this.number() * (i + 1));
      [values[i], values[j]] = [values[j]!, values[i]!];
    }
  }
}
