import {
  PickleDict,
  PickleList,
  PickleTuple,
  type PickleValue,
} from "./values.ts";

/** Plain data as JSON has it. */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Plain data as a pickle holds it. */
export function pickledPlain(value: PlainValue): PickleValue {
  if (Array.isArray(value)) {
    const list = new PickleList();
    list.items.push(...value.map(pickledPlain));
    return list;
  }
  if (typeof value !== "object" || value === null) return value as PickleValue;
  const dict = new PickleDict();
  for (const [key, item] of Object.entries(value)) {
    dict.entries.set(key, pickledPlain(item));
  }
  return dict;
}

/** Bounds of plain data: a pickle may hold one list in many places. */
const MOST = { depth: 16, values: 100_000 } as const;

/**
 * What a pickle holds, where it is plain data of a sensible size; undefined for
 * anything else.
 */
export function plainOf(value: PickleValue): PlainValue | undefined {
  return new PlainReader().read(value, 0);
}

class PlainReader {
  #values = 0;

  read(value: PickleValue, depth: number): PlainValue | undefined {
    if (depth > MOST.depth || ++this.#values > MOST.values) return undefined;
    if (value instanceof PickleDict) return this.#dict(value, depth);
    if (value instanceof PickleList || value instanceof PickleTuple) {
      return this.#list(value.items, depth);
    }
    if (typeof value === "bigint") return Number(value);
    return typeof value === "object" && value !== null ? undefined : value;
  }

  #list(
    items: readonly PickleValue[],
    depth: number,
  ): PlainValue | undefined {
    const plain: PlainValue[] = [];
    for (const item of items) {
      const value = this.read(item, depth + 1);
      if (value === undefined) return undefined;
      plain.push(value);
    }
    return plain;
  }

  #dict({ entries }: PickleDict, depth: number): PlainValue | undefined {
    const plain: [string, PlainValue][] = [];
    for (const [key, item] of entries) {
      const value = this.read(item, depth + 1);
      if (typeof key !== "string" || value === undefined) return undefined;
      plain.push([key, value]);
    }
    // Own keys whatever they are called, "__proto__" too.
    return Object.fromEntries(plain);
  }
}
