import type { Collective } from "./collective.ts";

/** A value of the root, as JSON, to all ranks. */
export async function broadcastJson<T>(
  collective: Collective,
  value: T | undefined,
  root = 0,
): Promise<T> {
  const isRoot = collective.rank === root;
  const own = new TextEncoder().encode(isRoot ? JSON.stringify(value) : "");
  const length = Uint32Array.of(own.length);
  await collective.broadcast(new Uint8Array(length.buffer), root);
  const bytes = isRoot ? own : new Uint8Array(length[0]!);
  await collective.broadcast(bytes, root);
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

/** Every rank's value, as JSON, to all: by rank. */
export async function gatherJson<T>(
  collective: Collective,
  value: T,
): Promise<readonly T[]> {
  const own = new TextEncoder().encode(JSON.stringify(value));
  const lengths = new Uint32Array(collective.size);
  await collective.gather(
    new Uint8Array(Uint32Array.of(own.length).buffer),
    Array.from(lengths, (_, q) => new Uint8Array(lengths.buffer, 4 * q, 4)),
  );
  const texts = Array.from(lengths, (length) => new Uint8Array(length));
  await collective.gather(own, texts);
  return texts.map((text) => JSON.parse(new TextDecoder().decode(text)) as T);
}

/** Whether it is so on any rank: all get the same answer. */
export async function onAnyRank(
  collective: Collective,
  here: boolean,
): Promise<boolean> {
  if (collective.size === 1) return here;
  const all = new Uint8Array(collective.size);
  await collective.gather(
    Uint8Array.of(here ? 1 : 0),
    Array.from(all, (_, rank) => all.subarray(rank, rank + 1)),
  );
  return all.includes(1);
}

/** Work is stopped on all ranks, since one of them was asked to stop. */
export class StopError extends Error {
  override readonly name = "StopError";

  constructor() {
    super("Stopped, as one of the ranks was asked to");
  }
}
