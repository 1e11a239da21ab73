import {
  type ContainedPicture,
  type Container,
  Containers,
  type PicturePlace,
} from "../lib/container/mod.ts";
import type { DatasetClass } from "./dataset.ts";
import type { PictureTable } from "./picture_table.ts";

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
  /** What pictures lie in. */
  readonly containers: readonly Container[];
  /** Index of the class of a picture. */
  label(index: number): number;
  /** Name of a picture: unique in the dataset, the same on every machine. */
  id(index: number): string;
  /** Which container a picture lies in, by its index, and where there. */
  at(index: number): ContainedPicture & { readonly container: number };
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

/** Encoded pictures by a table of where they lie. */
export function encodedPictures(
  { table, containers, ...rest }:
    & Pick<
      EncodedPictures,
      "name" | "classes" | "licences" | "skipped" | "containers"
    >
    & { readonly table: PictureTable },
): EncodedPictures {
  const opened = new Containers(containers);
  return {
    ...rest,
    containers,
    count: table.count,
    label: (index) => table.label(index),
    id: (index) => table.id(index),
    at: (index) => table.at(index),
    title(index) {
      const { container, ...picture } = table.at(index);
      return opened.title(container, picture);
    },
    place(index) {
      const { container, ...picture } = table.at(index);
      return opened.place(container, picture);
    },
    async bytes(index) {
      const { container, ...picture } = table.at(index);
      return await opened.bytes(container, picture);
    },
    close: () => opened.close(),
  };
}
