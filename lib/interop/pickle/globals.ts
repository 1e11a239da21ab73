import type { FileDType } from "../../artifact/mod.ts";
import type { Fail } from "../checkpoint_error.ts";
import {
  kindOf,
  PickleDict,
  PickleGlobal,
  type PickleKey,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
  StorageReference,
  TensorReference,
} from "./values.ts";

/** Most axes of a tensor. */
const MAX_RANK = 16;

/** What a call of a name on the list may use. */
export interface CallContext {
  readonly fail: Fail;
  /** Counts values and bytes that a call makes; throws past the limit. */
  spend(count: number): void;
}

/** What a name on the list stands for. */
interface AllowedGlobal {
  /** What calling it makes; absent where it cannot be called. */
  readonly call?: (
    args: readonly PickleValue[],
    context: CallContext,
  ) => PickleValue;
  /** Whether `cls.__new__(cls)` is the same as calling it. */
  readonly isClass?: boolean;
  /** Element type of a storage class. */
  readonly storage?: FileDType;
}

const STORAGES: Readonly<Record<string, FileDType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** Element types, which arguments of a training may name. */
const TORCH_DTYPES = [
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
];

const SET: AllowedGlobal = {
  call: (args, context) => {
    const set = new PickleSet();
    // Not spread: a hostile list has more items than a call has arguments.
    for (const item of itemsOf(args, context)) set.items.push(item);
    return set;
  },
};

const DICT: AllowedGlobal = { call: makeDict, isClass: true };

/**
 * Every name that a checkpoint may ask for. What they make is data of this
 * program; nothing is imported and nothing of Python runs.
 */
const ALLOWED: Readonly<Record<string, AllowedGlobal>> = {
  // Of PyTorch before 0.4, whose tensors say no more than where they lie.
  "torch._utils._rebuild_tensor": { call: rebuildTensor },
  "torch._utils._rebuild_tensor_v2": { call: rebuildTensor },
  "torch._utils._rebuild_parameter": { call: rebuildParameter },
  "torch.Size": { call: makeSize },
  "torch.device": { call: (args) => new PickleTuple(args.slice(0, 2)) },
  ...Object.fromEntries(
    Object.entries(STORAGES)
      .map(([name, storage]) => [`torch.${name}`, { storage }]),
  ),
  ...Object.fromEntries(TORCH_DTYPES.map((name) => [`torch.${name}`, {}])),
  "collections.OrderedDict": DICT,
  "argparse.Namespace": {
    call: () => new PickleObject("argparse.Namespace"),
    isClass: true,
  },
  "builtins.dict": DICT,
  "builtins.set": SET,
  "builtins.frozenset": SET,
  "__builtin__.set": SET,
  "__builtin__.frozenset": SET,
  "_codecs.encode": { call: encode },
};

/**
 * The value that stands for a name.
 *
 * @throws {CheckpointError} naming it where it is not on the list
 */
export function globalOf(
  { module, name }: { readonly module: string; readonly name: string },
  fail: Fail,
): PickleGlobal {
  const full = `${module}.${name}`;
  if (Object.hasOwn(ALLOWED, full)) return new PickleGlobal(full);
  const text = JSON.stringify(full.slice(0, 120));
  throw fail(
    `it asks for ${text}, which is none of the names that weights need; ` +
      "nothing was run",
  );
}

/**
 * Makes what calling a name makes.
 *
 * @throws {CheckpointError} where it cannot be called, or not with this
 */
export function callGlobal(
  callee: PickleValue | undefined,
  args: PickleValue | undefined,
  { made = false, ...context }: CallContext & { readonly made?: boolean },
): PickleValue {
  const { fail } = context;
  if (!(args instanceof PickleTuple)) {
    throw fail(`it calls with ${kindOf(args)}, expected a tuple`);
  }
  const allowed = callee instanceof PickleGlobal
    ? ALLOWED[callee.name]
    : undefined;
  const call = made && !allowed?.isClass ? undefined : allowed?.call;
  if (call === undefined) {
    throw fail(`it calls ${kindOf(callee)}, which cannot be called`);
  }
  return call(args.items, context);
}

/**
 * The storage of a persistent id: ("storage", class, key, place, elements); the
 * format before PyTorch 1.6 adds None, or which part of another one it is.
 *
 * @throws {CheckpointError} where it is anything else
 */
export function storageOf(
  id: PickleValue | undefined,
  fail: Fail,
): StorageReference {
  const items = id instanceof PickleTuple ? id.items : [];
  const [tag, type, key, , elements, part = null] = items;
  const dtype = type instanceof PickleGlobal
    ? ALLOWED[type.name]?.storage
    : undefined;
  const good = (items.length === 5 || items.length === 6) && part === null &&
    tag === "storage" && typeof key === "string" && isCount(elements);
  if (good && dtype !== undefined) {
    return new StorageReference({ dtype, key, elements });
  }
  throw fail(
    "a storage is not given as (storage, class, key, place, elements) with " +
      "a known class and a whole number of elements",
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function rebuildTensor(
  args: readonly PickleValue[],
  { fail }: CallContext,
): PickleValue {
  const [storage, offset, shape, strides] = args;
  if (!(storage instanceof StorageReference) || args.length < 4) {
    throw fail("a tensor is not made of storage, offset, sizes and strides");
  }
  const sizes = countsOf(shape, { what: "sizes", fail });
  const steps = countsOf(strides, { what: "strides", fail });
  const [start] = countsOf(new PickleTuple([offset ?? null]), {
    what: "an offset",
    fail,
  });
  if (sizes.length !== steps.length) {
    throw fail(
      `a tensor has ${sizes.length} sizes and ${steps.length} strides`,
    );
  }
  return new TensorReference({
    storage,
    shape: sizes,
    strides: steps,
    offset: start!,
  });
}

function countsOf(
  value: PickleValue | undefined,
  { what, fail }: { readonly what: string; readonly fail: Fail },
): readonly number[] {
  const items = value instanceof PickleTuple ? value.items : undefined;
  if (items === undefined || items.length > MAX_RANK) {
    throw fail(`a tensor has no ${what} of at most ${MAX_RANK} axes`);
  }
  const bad = items.find((item) => !isCount(item));
  if (bad === undefined) return items as readonly number[];
  const found = typeof bad === "object" ? kindOf(bad) : String(bad);
  throw fail(
    `a tensor has ${what} with ${found}, expected whole numbers from 0`,
  );
}

function rebuildParameter(
  [data]: readonly PickleValue[],
  { fail }: CallContext,
): PickleValue {
  if (data instanceof TensorReference) return data;
  throw fail(`a parameter is made of ${kindOf(data)}, expected a tensor`);
}

function makeSize(
  [sizes]: readonly PickleValue[],
  { fail }: CallContext,
): PickleValue {
  if (sizes instanceof PickleTuple) return sizes;
  throw fail(`torch.Size is made of ${kindOf(sizes)}, expected a tuple`);
}

/** The items of the only argument, if there is one; they count as made. */
function itemsOf(
  args: readonly PickleValue[],
  { fail, spend }: CallContext,
): readonly PickleValue[] {
  const [first] = args;
  if (args.length === 0) return [];
  if (first instanceof PickleList || first instanceof PickleTuple) {
    spend(first.items.length);
    return first.items;
  }
  throw fail(`a collection is made of ${kindOf(first)}, expected a list`);
}

function makeDict(
  args: readonly PickleValue[],
  context: CallContext,
): PickleValue {
  const dict = new PickleDict();
  for (const pair of itemsOf(args, context)) {
    const items = pair instanceof PickleTuple || pair instanceof PickleList
      ? pair.items
      : [];
    if (items.length !== 2) {
      throw context.fail(`a dictionary is made of ${kindOf(pair)}`);
    }
    const [key, value] = items as readonly [PickleValue, PickleValue];
    setItem(dict, { key, value, fail: context.fail });
  }
  return dict;
}

/** Puts an item into a dictionary; keys are plain values. */
export function setItem(
  dict: PickleDict,
  { key, value, fail }: {
    readonly key: PickleValue;
    readonly value: PickleValue;
    readonly fail: Fail;
  },
): void {
  if (typeof key === "object" && key !== null) {
    throw fail(`a dictionary has ${kindOf(key)} as a key`);
  }
  dict.entries.set(key as PickleKey, value);
}

/** `_codecs.encode(text, "latin1")`: how protocol 2 spells bytes. */
function encode(
  [text, encoding]: readonly PickleValue[],
  { fail, spend }: CallContext,
): PickleValue {
  if (typeof text !== "string" || encoding !== "latin1") {
    throw fail("bytes are not spelled as text in latin1");
  }
  spend(text.length);
  const codes = Array.from(text, (letter) => letter.codePointAt(0)!);
  if (codes.every((code) => code < 256)) return Uint8Array.from(codes);
  throw fail("bytes are not spelled as text in latin1");
}
