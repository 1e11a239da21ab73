/** One import: both are paths. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * Circles of imports, each as the files along it, its first one again at the
 * end: at least one of every set of files that import each other.
 */
export function circlesOf(edges: readonly Edge[]): string[][] {
  const imports = Map.groupBy(edges, ({ from }) => from);
  const circles: string[][] = [];
  const path: string[] = [];
  const done = new Set<string>();
  function visit(file: string): void {
    if (done.has(file)) return;
    const start = path.indexOf(file);
    if (start >= 0) {
      circles.push([...path.slice(start), file]);
      return;
    }
    path.push(file);
    for (const { to } of imports.get(file) ?? []) visit(to);
    path.pop();
    done.add(file);
  }
  for (const file of imports.keys()) visit(file);
  return circles;
}
