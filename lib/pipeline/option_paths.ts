import { isAbsolute, relative, resolve } from "node:path";
import { z } from "zod";
import type { JsonRecord } from "../artifact/mod.ts";

/**
 * Options whose paths start at a folder, such as that of the file that says
 * them, as paths from the working folder. Which options have paths is in the
 * schema: the metadata `path` is a pattern whose group, at its end, is one.
 */
export function placedOptions(
  options: JsonRecord,
  { schema, base }: { readonly schema: z.ZodObject; readonly base: string },
): JsonRecord {
  const { properties = {} } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  const placed = Object.entries(options).map(([name, value]) => {
    const { path: pattern } = Object(properties[name]);
    const isPath = typeof pattern === "string" && typeof value === "string";
    return [name, isPath ? placedAt(base, { pattern, value }) : value] as const;
  });
  return Object.fromEntries(placed);
}

function placedAt(
  base: string,
  { pattern, value }: { readonly pattern: string; readonly value: string },
): string {
  const path = new RegExp(pattern).exec(value)?.[1];
  if (path === undefined) return value;
  return value.slice(0, value.length - path.length) + placedPath(path, base);
}

/** A path from a folder as one from the working folder; absolute ones stay. */
export function placedPath(path: string, base: string): string {
  if (isAbsolute(path)) return path;
  return relative(".", resolve(base, path)) || ".";
}
