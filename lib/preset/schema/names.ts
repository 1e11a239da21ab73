import { z } from "zod";

/** The choice of a row of a table. */
export function namesOf<K extends string>(
  table: Readonly<Record<K, unknown>>,
): z.ZodEnum<{ [N in K]: N }> {
  return z.enum(Object.keys(table) as [K, ...K[]]) as z.ZodEnum<
    { [N in K]: N }
  >;
}
