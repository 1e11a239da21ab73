/** One size of a model, as data: schemas, checks and help are made of it. */
export type SizeKind =
  | {
    readonly type: "integer" | "number";
    readonly min: number;
    readonly max: number;
    readonly help: string;
  }
  | {
    readonly type: "list";
    /** What its entries are. */
    readonly of: SizeKind;
    readonly least: number;
    readonly most: number;
    readonly help: string;
  };

/** Sizes by name. */
export type SizeTable = Readonly<Record<string, SizeKind>>;

/** What a configuration holds for sizes of a table. */
export type SizesOf<T extends SizeTable> = {
  readonly [K in keyof T]: T[K] extends { type: "list" } ? readonly number[]
    : number;
};

// Sizes come from files: they are bounded, so that a hostile one cannot ask for
// much.

/** A width, or a count of which there is one at least. */
export function width(help: string) {
  return { type: "integer", min: 1, max: 65_536, help } as const;
}

/** A count of layers, which may be none. */
export function depth(help: string) {
  return { type: "integer", min: 0, max: 1_000, help } as const;
}

/** A positive factor. */
export function factor(help: string) {
  return { type: "number", min: Number.MIN_VALUE, max: 1e6, help } as const;
}

/** Several of one kind. */
export function listOf<K extends SizeKind>(
  of: K,
  { least, most = 16, help }: { least: number; most?: number; help: string },
) {
  return { type: "list", of, least, most, help } as const;
}

/** A relation of sizes: which one is at fault where it does not hold. */
export type SizeRule = readonly [
  name: string,
  holds: boolean,
  expected: string,
];

/**
 * Checks relations of sizes.
 *
 * @throws {RangeError} for the first one that does not hold, naming the size,
 *   what was found and what was expected
 */
export function expectSizes(
  config: object,
  rules: readonly SizeRule[],
): void {
  const broken = rules.find(([, holds]) => !holds);
  if (broken === undefined) return;
  const [name, , expected] = broken;
  const found = JSON.stringify((config as Record<string, unknown>)[name]);
  throw new RangeError(
    `Cannot use the model sizes: ${name} is ${found ?? "missing"}, ` +
      `expected ${expected}`,
  );
}
