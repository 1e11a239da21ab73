import type { z } from "zod";
import { PRESET_SCHEMA } from "./schema/preset.ts";

/** A schema of zod, of which only the parts that paths follow are known. */
type AnySchema = z.core.$ZodType;

/** The paths of all numbers that a preset may have, with what they are. */
export const NUMBERS: ReadonlyMap<string, string> = new Map(
  pathsOf(PRESET_SCHEMA, []),
);

/** The paths of all sections, and of the sections in them. */
export const SECTIONS: ReadonlySet<string> = new Set(
  [...NUMBERS.keys()].flatMap((path) => {
    const keys = path.split(".");
    return keys.slice(1).map((_, i) => keys.slice(0, i + 1).join("."));
  }),
);

/** Sections of trainings: their length is said in steps or in epochs. */
export const TRAININGS: readonly string[] = [...NUMBERS.keys()]
  .flatMap((path) => /^(.*)\.epochs$/.exec(path)?.[1] ?? []);

function pathsOf(
  schema: AnySchema,
  path: readonly string[],
): [string, string][] {
  const bare = unwrapped(schema);
  if (bare._zod.def.type !== "object") {
    return [[path.join("."), descriptionOf(schema)]];
  }
  const { shape } = bare as z.ZodObject;
  return Object.entries(shape).flatMap(([key, field]) =>
    pathsOf(field, [...path, key])
  );
}

/** The schema of a value itself, without whether it may be left out. */
function unwrapped(schema: AnySchema): AnySchema {
  const { def } = schema._zod;
  if ("in" in def) return unwrapped(def.in as AnySchema);
  return "innerType" in def && def.type !== "default"
    ? unwrapped(def.innerType as AnySchema)
    : schema;
}

/** The help of a value: its own, or that of what may be left out. */
function descriptionOf(schema: AnySchema): string {
  const own = (schema as z.ZodType).description;
  if (own !== undefined) return own;
  const { def } = schema._zod;
  return "innerType" in def ? descriptionOf(def.innerType as AnySchema) : "";
}

/** Most names that a message proposes. */
const PROPOSED = 3;

/**
 * The known paths that are most like one, the likest first: whole ones, or by
 * their last name where only that is given.
 */
export function nearestPaths(
  path: string,
  known: Iterable<string> = NUMBERS.keys(),
): readonly string[] {
  const ranked = [...known].map((one) => ({ one, edits: likeness(path, one) }));
  ranked.sort((a, b) => a.edits - b.edits);
  return ranked.slice(0, PROPOSED).map(({ one }) => one);
}

function likeness(given: string, known: string): number {
  const [text, wanted] = [given.toLowerCase(), known.toLowerCase()];
  const name = wanted.slice(wanted.lastIndexOf(".") + 1);
  const last = text.slice(text.lastIndexOf(".") + 1);
  // A name in another section is less like than one that stands where it is said.
  return Math.min(editsBetween(text, wanted), editsBetween(last, name) + 0.5);
}

/** Longest text that is compared with names. */
const COMPARED = 80;

/** Characters to insert, delete or replace to make one text another. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, character] of [...from.slice(0, COMPARED)].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = row[j]! + (character === to[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
