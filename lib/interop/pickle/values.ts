import type { FileDType } from "../../artifact/mod.ts";

/** What a pickle can hold here: plain data, and references to tensors. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleSet
  | PickleDict
  | PickleObject
  | PickleGlobal
  | StorageReference
  | TensorReference;

/** A key of a dictionary. */
export type PickleKey = null | boolean | number | bigint | string;

/** A list. */
export class PickleList {
  /** Its items in order. */
  readonly items: PickleValue[] = [];
}

/** A tuple. */
export class PickleTuple {
  /** Its items in order. */
  readonly items: readonly PickleValue[];

  /** Holds the items as they are. */
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A set, mutable or not; equal items are not merged. */
export class PickleSet {
  /** Its items as they came. */
  readonly items: PickleValue[] = [];
}

/** A dictionary, ordered or not. */
export class PickleDict {
  /** Values by key, in order. */
  readonly entries = new Map<PickleKey, PickleValue>();
}

/** An object of a class that holds attributes and nothing else. */
export class PickleObject {
  /** Name of the class, such as `argparse.Namespace`. */
  readonly type: string;
  /** Its attributes. */
  state = new PickleDict();

  /** An object without attributes. */
  constructor(type: string) {
    this.type = type;
  }
}

/** A name from the allow-list; a name is never looked up, let alone called. */
export class PickleGlobal {
  /** Module and name, such as `torch.FloatStorage`. */
  readonly name: string;

  /** Stands for a name. */
  constructor(name: string) {
    this.name = name;
  }
}

/** Bytes in another entry of the archive. */
export class StorageReference {
  /** Type of its elements. */
  readonly dtype: FileDType;
  /** Name of its entry below `data/`. */
  readonly key: string;
  /** Number of elements. */
  readonly elements: number;

  /** Refers to an entry that is yet to be looked for. */
  constructor(
    { dtype, key, elements }: {
      readonly dtype: FileDType;
      readonly key: string;
      readonly elements: number;
    },
  ) {
    this.dtype = dtype;
    this.key = key;
    this.elements = elements;
  }
}

/** A view of a storage: element [i, j, ...] is at offset + i s0 + j s1 + ... */
export class TensorReference {
  /** Where its elements are. */
  readonly storage: StorageReference;
  /** Sizes, outermost axis first. */
  readonly shape: readonly number[];
  /** Elements from one entry of each axis to the next. */
  readonly strides: readonly number[];
  /** Element of the storage that is its first. */
  readonly offset: number;

  /** Refers to elements that are yet to be checked against the storage. */
  constructor(
    { storage, shape, strides, offset }: {
      readonly storage: StorageReference;
      readonly shape: readonly number[];
      readonly strides: readonly number[];
      readonly offset: number;
    },
  ) {
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }
}

/** What a value is, for messages. */
export function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (value instanceof PickleGlobal) return value.name;
  if (value instanceof PickleObject) return value.type;
  if (typeof value !== "object") return `a ${typeof value}`;
  const names: readonly [unknown, string][] = [
    [PickleList, "a list"],
    [PickleTuple, "a tuple"],
    [PickleSet, "a set"],
    [PickleDict, "a dictionary"],
    [StorageReference, "a storage"],
    [TensorReference, "a tensor"],
  ];
  const found = names.find(([type]) => value.constructor === type);
  return found?.[1] ?? "bytes";
}
