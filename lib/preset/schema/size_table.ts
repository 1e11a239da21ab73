import { z } from "zod";
import type { SizeKind, SizesOf, SizeTable } from "../../model/mod.ts";

/** Schemas of the sizes of a table, by their names. */
export function shapeOf<T extends SizeTable>(
  sizes: T,
): { readonly [K in keyof T]: z.ZodType<SizesOf<T>[K]> } {
  const entries = Object.entries(sizes)
    .map(([name, kind]) => [name, sizeSchema(kind)] as const);
  return Object.fromEntries(entries) as never;
}

/** The schema of one size, with its help. */
export function sizeSchema<K extends SizeKind>(kind: K): z.ZodType<
  K extends { type: "list" } ? readonly number[] : number
>;
export function sizeSchema(kind: SizeKind): z.ZodType {
  return bare(kind).describe(kind.help);
}

function bare(kind: SizeKind): z.ZodType {
  if (kind.type === "list") {
    return z.array(bare(kind.of)).min(kind.least).max(kind.most);
  }
  const number = kind.type === "integer" ? z.int() : z.number();
  return number.min(kind.min).max(kind.max);
}
