import type { VaeConfig } from "../model/mod.ts";
import type { Statement } from "./row.ts";
import type { Source } from "./source.ts";

/** Numbers, and where each one comes from. */
export interface Layered {
  /** Sections of numbers, unchecked. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The source of each number by its path: `vae.z_channels`. */
  readonly sources: ReadonlyMap<string, Source>;
}

type Tree = Record<string, unknown>;

/** Puts statements over each other: of a number, the last one holds. */
export function layered(statements: readonly Statement[]): Layered {
  const numbers: Tree = {};
  const sources = new Map<string, Source>();
  for (const { source, numbers: said } of statements) {
    for (const path of outdated(said, numbers)) {
      remove(numbers, path.split("."));
      sources.delete(path);
    }
    const all = withFollowers(said, numbers);
    for (const [path, value] of numbersIn(all)) {
      place(numbers, path, value);
      sources.set(path.join("."), source);
    }
  }
  return { numbers, sources };
}

/** Numbers of a VAE that it has with any backbone and posterior. */
export const OF_EVERY_VAE: readonly string[] = [
  "backbone",
  "posterior",
  "normalize",
  "image_size",
  "patch_size",
  "latent_dim",
];

/** Numbers that make others start anew where they change. */
export const RESTARTING: readonly string[] = ["vae.backbone", "vae.posterior"];

/** Numbers of a VAE that only its posterior has. */
export const OF_POSTERIORS: readonly string[] = ["c_sigma"];

/** The numbers of what a statement puts another backbone or posterior for. */
function outdated(
  { vae: said = {} }: Statement["numbers"],
  { vae }: Tree,
): readonly string[] {
  if (!isTree(vae)) return [];
  const changes = (name: "backbone" | "posterior") =>
    said[name] !== undefined && vae[name] !== undefined &&
    said[name] !== vae[name];
  return Object.keys(vae).filter((name) =>
    OF_POSTERIORS.includes(name)
      ? changes("posterior")
      : !OF_EVERY_VAE.includes(name) && changes("backbone")
  ).map((name) => `vae.${name}`);
}

function remove(tree: Tree, path: readonly string[]): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) delete tree[key];
  else remove(tree[key] as Tree, rest);
}

/** The numbers of a tree with their paths; a list is one number. */
export function numbersIn(
  tree: object,
  above: readonly string[] = [],
): readonly (readonly [path: readonly string[], value: unknown])[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = [...above, key];
    return isTree(value) ? numbersIn(value, path) : [[path, value] as const];
  });
}

/** Whether a value holds others by name. */
export function isTree(value: unknown): value is Readonly<Tree> {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Date);
}

/** Paths are of the schema's names, so none leads out of the tree. */
function place(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) tree[key] = value;
  else place((tree[key] ??= {}) as Tree, rest, value);
}

/** The last entry of the hybrid's `cnn_chs` is the width of what it leads to. */
function withFollowers(said: Statement["numbers"], before: Tree): object {
  const vae: Partial<VaeConfig<"hybrid">> = { ...said.vae as object };
  const width = vae.z_channels;
  const channels = isTree(before["vae"]) ? before["vae"]["cnn_chs"] : undefined;
  const follows = width !== undefined && vae.cnn_chs === undefined &&
    Array.isArray(channels);
  if (!follows) return said;
  const cnn_chs = [...channels.slice(0, -1), width];
  return { ...said, vae: { ...said.vae, cnn_chs } };
}
