import { POSTERIORS, spreadsOf } from "../../model/mod.ts";

/** What spreads the posteriors of some family. */
export interface NamedPart {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
}

/** What spreads the posteriors of any family, each name once. */
export function posteriorParts(): readonly NamedPart[] {
  const parts = Object.values(POSTERIORS).flatMap(spreadsOf)
    .map(([name, { title }]) => [name, { name, title }] as const);
  return [...new Map(parts).values()];
}
