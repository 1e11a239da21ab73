/** Numbers by name, and trees of them. */
export type Tree = Record<string, unknown>;

/** What stands at a path; nothing where the path ends before. */
export function valueAt(tree: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => isTree(inner) ? inner[key] : undefined,
    tree,
  );
}

/** Takes out what stands at a path. */
export function remove(tree: Tree, path: readonly string[]): void {
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

/**
 * Puts a value at a path. Paths are of the schema's names, so none leads out of
 * the tree.
 */
export function place(
  tree: Tree,
  path: readonly string[],
  value: unknown,
): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) tree[key] = value;
  else place((tree[key] ??= {}) as Tree, rest, value);
}
