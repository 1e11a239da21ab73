import type { DatasetClass } from "./dataset.ts";

/** Where the bytes of a picture lie as they are. */
export interface PicturePlace {
  /** Path of the file that holds them. */
  readonly file: string;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/**
 * Pictures as their files hold them: named, labelled and counted, but neither
 * read nor decoded. What is known of a picture lies in columns, so that a
 * million of them take some 60 MB, and its bytes are read when they are asked
 * for. Indices run from 0 to `count - 1`, in the same order on every machine.
 */
export interface EncodedPictures {
  /** What the dataset is called, such as `imagenet`. */
  readonly name: string;
  /** Classes in the order of the labels. */
  readonly classes: readonly DatasetClass[];
  /** Whose the pictures are, and under which licence; a line each. */
  readonly licences: readonly string[];
  /** Number of pictures. */
  readonly count: number;
  /** What was found but is no picture, in words; undefined for nothing. */
  readonly skipped?: string | undefined;
  /** Index of the class of a picture. */
  label(index: number): number;
  /** Name of a picture: unique in the dataset, the same on every machine. */
  id(index: number): string;
  /** What people know a picture by: its path, or its archive and name. */
  title(index: number): string;
  /**
   * Where its bytes lie as they are, to be read without the dataset; undefined
   * where they are compressed with others, as in parquet files.
   */
  place(index: number): PicturePlace | undefined;
  /**
   * The bytes of a picture, of any format.
   *
   * @throws {UserError} naming the picture when they cannot be read or are too
   *   many
   */
  bytes(index: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Lets the files go. */
  close(): void;
}

/** Largest file of a picture, far above any that is worth training on. */
export const MAX_PICTURE_BYTES = 256 * 1024 * 1024;
