import type { OnnxNode } from "./model.ts";

/**
 * Bytes that the values between the ends of a graph take at once, where its
 * operators run in order and none works in place: about what a session needs.
 *
 * @param sizes bytes of the values that take memory of the session, by name
 */
export function workspaceBytes(
  nodes: readonly OnnxNode[],
  sizes: ReadonlyMap<string, number>,
): number {
  const lastUse = new Map<string, number>();
  nodes.forEach(({ inputs, outputs }, at) => {
    for (const name of outputs) lastUse.set(name, at);
    for (const name of inputs) lastUse.set(name, at);
  });
  let [live, most] = [0, 0];
  nodes.forEach(({ inputs, outputs }, at) => {
    for (const name of outputs) live += sizes.get(name) ?? 0;
    most = Math.max(most, live);
    for (const name of new Set([...inputs, ...outputs])) {
      if (lastUse.get(name) === at) live -= sizes.get(name) ?? 0;
    }
  });
  return most;
}
