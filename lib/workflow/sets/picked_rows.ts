import type { ArtifactReader } from "../../artifact/mod.ts";
import { type HostTensor, hostTensor, zeros } from "../../tensor/mod.ts";

/** Rows that follow each other in a file. */
interface Run {
  readonly start: number;
  readonly count: number;
}

/**
 * Rows of a tensor in an order of one's own, each as often as it is named. Rows
 * that follow each other are read at once; nothing else is.
 *
 * @param options.axes first axes of the tensor that count as one
 * @returns [rows, ...]
 */
export async function readPicked(
  reader: ArtifactReader,
  tensor: string,
  { rows, axes }: { readonly rows: readonly number[]; readonly axes?: number },
): Promise<HostTensor> {
  const runs = runsOf(rows);
  const parts = await Promise.all(
    runs.map(({ start, count }) =>
      reader.readRows(tensor, { start, count, ...axes && { axes } })
    ),
  );
  const [first] = parts;
  if (parts.length === 1) return first!;
  const shape = [rows.length, ...first!.shape.slice(1)];
  const whole = zeros(first!.dtype, shape);
  let filled = 0;
  for (const { data } of parts) {
    (whole.data as Uint8Array).set(data as Uint8Array, filled);
    filled += data.length;
  }
  return hostTensor(whole.dtype, shape, whole.data as never);
}

function runsOf(rows: readonly number[]): readonly Run[] {
  const runs: { start: number; count: number }[] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last !== undefined && row === last.start + last.count) last.count++;
    else runs.push({ start: row, count: 1 });
  }
  return runs;
}
