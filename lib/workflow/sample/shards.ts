import {
  type ArtifactReader,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../artifact/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";

/** Shards of one folder: writing a file reads its folder for leftovers. */
const SHARDS_IN_FOLDER = 1000;

/** How the images of a run are cut, whoever samples them. */
export interface Cut {
  readonly images: number;
  /** Images of a batch; the last one may have fewer. */
  readonly batch: number;
}

/** A batch's first image and number of images. */
export interface BatchRows {
  readonly start: number;
  readonly count: number;
}

/** What a shard holds. */
export interface ShardTensors {
  /** u8 [rows, H, W, 3] */
  readonly images: HostTensor<"u8">;
  /** i32 [rows] */
  readonly labels: HostTensor<"i32">;
  /** f32 [rows, N, d] */
  readonly tokens: HostTensor;
  /** f32 [rows, 3, H, W], where a trace is asked for. */
  readonly decoded?: HostTensor;
}

/** The tensors of finished batches, one after another. */
export interface Batches {
  readonly cut: Cut;
  /** The bytes of one tensor of each batch, in order. */
  pieces(
    tensor: keyof ShardTensors,
  ): AsyncIterable<BatchRows & { readonly data: Uint8Array }>;
}

/** The batches of an artifact that holds them all. */
export function batchesIn(samples: ArtifactReader, cut: Cut): Batches {
  return {
    cut,
    async *pieces(tensor) {
      for (let batch = 0; batch < batchesOf(cut); batch++) {
        const rows = rowsOf(cut, batch);
        yield { ...rows, data: await samples.readBytes(tensor, rows) };
      }
    },
  };
}

function batchesOf({ images, batch }: Cut): number {
  return Math.ceil(images / batch);
}

function rowsOf(cut: Cut, batch: number): BatchRows {
  const start = batch * cut.batch;
  return { start, count: Math.min(cut.batch, cut.images - start) };
}

/**
 * Finished batches as files, one each, that appear whole or not at all: what a
 * run that was cut goes on from, and what ranks hand to the one that ends.
 */
export class Shards implements Batches {
  readonly cut: Cut;
  private readonly place: (name: string) => string;
  private readonly traced: boolean;

  /** @param place gives a path in the folder that all ranks share */
  constructor(
    place: (name: string) => string,
    { cut, traced }: { readonly cut: Cut; readonly traced: boolean },
  ) {
    this.place = place;
    this.cut = cut;
    this.traced = traced;
  }

  /** Number of batches, done or not. */
  get batches(): number {
    return batchesOf(this.cut);
  }

  /** Images of a batch. */
  rows(batch: number): BatchRows {
    return rowsOf(this.cut, batch);
  }

  /** How many images some batches have. */
  images(batches: readonly number[]): number {
    return batches.reduce((sum, batch) => sum + this.rows(batch).count, 0);
  }

  /** Where a batch's file is or will be. */
  path(batch: number): string {
    const folder = Math.floor(batch / SHARDS_IN_FOLDER);
    return this.place(`batches-${folder}/${batch}.safetensors`);
  }

  /** Whether a batch is there with all that is asked for. */
  async has(batch: number): Promise<boolean> {
    try {
      const reader = await this.open(batch);
      reader.close();
      const whole = reader.sizes["images"] === this.rows(batch).count;
      return whole && (!this.traced || reader.tensors.has("decoded"));
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  /** The batches that are not there, in order. */
  async missing(): Promise<number[]> {
    const found: number[] = [];
    for (let batch = 0; batch < this.batches; batch++) {
      if (!await this.has(batch)) found.push(batch);
    }
    return found;
  }

  /** Writes a finished batch. */
  async write(batch: number, tensors: ShardTensors): Promise<void> {
    await writeArtifact(this.path(batch), {
      kind: "samples",
      tensors: { ...tensors },
      config: { ...this.rows(batch) },
    });
  }

  /** Opens a finished batch; @throws {UserError} where it is not there. */
  async open(batch: number): Promise<ArtifactReader> {
    return await openArtifact(this.path(batch), "samples");
  }

  async *pieces(
    tensor: keyof ShardTensors,
  ): AsyncGenerator<BatchRows & { readonly data: Uint8Array }> {
    for (let batch = 0; batch < this.batches; batch++) {
      const reader = await this.open(batch);
      try {
        yield {
          ...this.rows(batch),
          data: await reader.readBytes(tensor),
        };
      } finally {
        reader.close();
      }
    }
  }

  /**
   * Whether this process may join the shards alone: false where another is at
   * it, or has done it and taken them away. The system frees the lock when the
   * process ends, however it does.
   */
  async claim(): Promise<Disposable | undefined> {
    const options = { read: true, write: true };
    const file = await Deno.open(this.path(0), options).catch(() => undefined);
    if (file === undefined) return undefined;
    const mine = await file.tryLock(true) &&
      (await this.missing()).length === 0;
    if (mine) return file;
    file.close();
    return undefined;
  }
}
