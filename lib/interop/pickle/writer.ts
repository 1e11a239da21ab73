import type { FileDType } from "../../artifact/mod.ts";
import {
  kindOf,
  PickleDict,
  PickleList,
  PickleTuple,
  type PickleValue,
  TensorReference,
} from "./values.ts";

/** The storage class of each element type. */
const STORAGE_CLASSES: Readonly<Partial<Record<FileDType, string>>> = {
  F64: "DoubleStorage",
  F32: "FloatStorage",
  F16: "HalfStorage",
  BF16: "BFloat16Storage",
  I64: "LongStorage",
  I32: "IntStorage",
  I16: "ShortStorage",
  I8: "CharStorage",
  U8: "ByteStorage",
  BOOL: "BoolStorage",
};

/**
 * Plain data and tensors as a pickle of protocol 2, as `torch.save` writes it.
 *
 * @throws {TypeError} for values that a checkpoint does not need
 */
export function pickle(value: PickleValue): Uint8Array<ArrayBuffer> {
  const writer = new PickleWriter();
  writer.bytes(0x80, 2);
  writer.value(value);
  writer.bytes(0x2e);
  return Uint8Array.from(writer.out);
}

class PickleWriter {
  readonly out: number[] = [];

  bytes(...bytes: readonly number[]): void {
    this.out.push(...bytes);
  }

  value(value: PickleValue): void {
    if (value === null) this.bytes(0x4e);
    else if (typeof value === "boolean") this.bytes(value ? 0x88 : 0x89);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.text(value);
    else if (value instanceof PickleTuple) this.tuple(value.items);
    else if (value instanceof PickleList) this.list(value.items);
    else if (value instanceof PickleDict) this.dict(value);
    else if (value instanceof TensorReference) this.tensor(value);
    else throw new TypeError(`Cannot write ${kindOf(value)} to a pickle`);
  }

  private number(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    if (value === (value | 0) && !Object.is(value, -0)) {
      view.setInt32(0, value, true);
      this.bytes(0x4a, ...new Uint8Array(view.buffer, 0, 4));
    } else if (Number.isSafeInteger(value)) {
      view.setBigInt64(0, BigInt(value), true);
      this.bytes(0x8a, 8, ...new Uint8Array(view.buffer));
    } else {
      view.setFloat64(0, value, false);
      this.bytes(0x47, ...new Uint8Array(view.buffer));
    }
  }

  private text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, bytes.length, true);
    this.bytes(0x58, ...new Uint8Array(view.buffer));
    for (const byte of bytes) this.out.push(byte);
  }

  private tuple(items: readonly PickleValue[]): void {
    this.bytes(0x28);
    for (const item of items) this.value(item);
    this.bytes(0x74);
  }

  private list(items: readonly PickleValue[]): void {
    this.bytes(0x5d, 0x28);
    for (const item of items) this.value(item);
    this.bytes(0x65);
  }

  private dict({ entries }: PickleDict): void {
    this.bytes(0x7d, 0x28);
    for (const [key, value] of entries) {
      this.value(key);
      this.value(value);
    }
    this.bytes(0x75);
  }

  /** A name: module and name on a line each. */
  private global(module: string, name: string): void {
    this.bytes(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }

  private tensor({ storage, shape, strides, offset }: TensorReference): void {
    const type = STORAGE_CLASSES[storage.dtype];
    if (type === undefined) {
      throw new TypeError(`Cannot write ${storage.dtype} to a checkpoint`);
    }
    this.global("torch._utils", "_rebuild_tensor_v2");
    this.bytes(0x28);
    this.bytes(0x28);
    this.text("storage");
    this.global("torch", type);
    this.text(storage.key);
    this.text("cpu");
    this.number(storage.elements);
    this.bytes(0x74, 0x51);
    this.number(offset);
    this.tuple(shape);
    this.tuple(strides);
    this.bytes(0x89);
    this.global("collections", "OrderedDict");
    this.bytes(0x29, 0x52, 0x74, 0x52);
  }
}
