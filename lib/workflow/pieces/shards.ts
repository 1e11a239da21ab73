import {
  type ArtifactKind,
  type ArtifactReader,
  openArtifact,
  UserError,
  type WritableTensor,
  writeArtifact,
} from "../../artifact/mod.ts";
import type { Share } from "../../pipeline/mod.ts";
import {
  type Batches,
  batchesOf,
  type BatchRows,
  type Cut,
  rowsOf,
} from "./cut.ts";

/** Shards of one folder: writing a file reads its folder for leftovers. */
const SHARDS_IN_FOLDER = 1000;

/** What batches are cut to, and what their files hold. */
export interface ShardOptions {
  readonly cut: Cut;
  readonly kind: ArtifactKind;
  /** Tensors that the kind may lack, and these may not. */
  readonly needs?: readonly string[];
}

/** A process's share of the batches. */
export interface Owed {
  /** Batches that are not there, in order. */
  readonly missing: readonly number[];
  /** Images of all its batches. */
  readonly images: number;
  /** Images of those that are there. */
  readonly done: number;
}

/**
 * Finished batches as files, one each, that appear whole or not at all: what a
 * run that was cut goes on from, and what ranks hand to the one that ends.
 */
export class Shards implements Batches {
  readonly cut: Cut;
  private readonly place: (name: string) => string;
  private readonly kind: ArtifactKind;
  private readonly needs: readonly string[];

  /** @param place gives a path in the folder that all ranks share */
  constructor(
    place: (name: string) => string,
    { cut, kind, needs = [] }: ShardOptions,
  ) {
    this.place = place;
    this.cut = cut;
    this.kind = kind;
    this.needs = needs;
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
  private images(batches: readonly number[]): number {
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
      const { start, count } = this.rows(batch);
      const { config } = reader;
      const whole = config["start"] === start && config["count"] === count;
      return whole && this.needs.every((name) => reader.tensors.has(name));
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

  /** What of the batches one process does: those that are not there, and images. */
  async shareOf({ rank, world }: Share): Promise<Owed> {
    const mine = (batch: number) => batch % world === rank;
    const missing = (await this.missing()).filter(mine);
    const all = Array.from({ length: this.batches }, (_, i) => i).filter(mine);
    const images = this.images(all);
    return { missing, images, done: images - this.images(missing) };
  }

  /** Writes a finished batch. */
  async write(
    batch: number,
    tensors: Readonly<Record<string, WritableTensor>>,
  ): Promise<void> {
    await writeArtifact(this.path(batch), {
      kind: this.kind,
      tensors,
      config: { ...this.rows(batch) },
    });
  }

  /** Opens a finished batch; @throws {UserError} where it is not there. */
  async open(batch: number): Promise<ArtifactReader> {
    return await openArtifact(this.path(batch), this.kind);
  }

  async *pieces(
    tensor: string,
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
   * Takes one of the batches away, which whoever has joined them under a claim
   * does before it lets go: no other rank then finds all of them.
   */
  async spend(): Promise<void> {
    await Deno.remove(this.path(0));
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
