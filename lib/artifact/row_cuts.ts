import { sizeOf } from "../tensor/host_tensor.ts";
import { FILE_DTYPES } from "./dtype.ts";
import type { RowRange } from "./safetensors_reader.ts";
import type { CutTensor } from "./shard_index.ts";

/** Rows of one shard. */
export interface RowRun extends RowRange {
  readonly shard: number;
}

/** Where the rows of a cut tensor lie. */
export class RowCuts {
  private readonly cut: CutTensor;
  /** Entries of the first axis before the end of each shard. */
  private readonly ends: readonly number[];

  constructor(cut: CutTensor) {
    this.cut = cut;
    let end = 0;
    this.ends = cut.rows.map((count) => end += count);
  }

  /** Bytes of a row where the first axes are taken as one. */
  rowBytes(axes = 1): number {
    const { dtype, shape } = this.cut;
    return sizeOf(shape.slice(axes - 1)) * FILE_DTYPES[dtype];
  }

  /** The rows of a range that lie inside, shard by shard. */
  runs({ start, count, axes = 1 }: RowRange): RowRun[] {
    const { rows, shape } = this.cut;
    const inner = sizeOf(shape.slice(0, axes - 1));
    const end = start + count;
    const runs: RowRun[] = [];
    for (
      let shard = this.shardOf(Math.floor(start / inner));
      shard < rows.length;
      shard++
    ) {
      const last = this.ends[shard]! * inner;
      const first = last - rows[shard]! * inner;
      if (first >= end) break;
      const from = Math.max(start, first);
      const to = Math.min(end, last);
      if (from === to) continue;
      runs.push({ shard, start: from - first, count: to - from, axes });
    }
    return runs;
  }

  /** The first shard that ends behind an entry of the first axis. */
  private shardOf(entry: number): number {
    let [low, high] = [0, this.ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! > entry) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
