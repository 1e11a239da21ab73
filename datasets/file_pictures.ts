import { basename, join } from "node:path";
import { UserError } from "../lib/artifact/mod.ts";
import {
  type EncodedPictures,
  MAX_PICTURE_BYTES,
  type PicturePlace,
} from "./encoded.ts";
import { OpenFiles } from "./open_files.ts";
import type { PictureTable } from "./picture_table.ts";

/** Pictures whose bytes lie in files as they are. */
export interface PicturesInFiles extends
  Pick<
    EncodedPictures,
    "name" | "classes" | "licences" | "skipped"
  > {
  readonly table: PictureTable;
  /** Paths by the table's indices of files. */
  readonly files: readonly string[];
  /**
   * Whether these are folders, in which each picture has a file of its own that
   * is called as the last part of its id: paths of a million would take 200 MB.
   */
  readonly alone?: boolean;
}

/** Encoded pictures by a table of where they lie. */
export function filePictures(
  { table, files, alone = false, ...rest }: PicturesInFiles,
): EncodedPictures {
  const open = new OpenFiles();
  function place(index: number): PicturePlace {
    const { file, offset, length, id } = table.at(index);
    const path = files[file]!;
    return { file: alone ? join(path, basename(id)) : path, offset, length };
  }
  function title(index: number): string {
    const { file } = place(index);
    return alone ? file : `${file}: ${table.id(index)}`;
  }
  return {
    ...rest,
    count: table.count,
    label: (index) => table.label(index),
    id: (index) => table.id(index),
    title,
    place,
    async bytes(index) {
      const { file, ...range } = place(index);
      if (range.length > MAX_PICTURE_BYTES) {
        throw new UserError(
          `Cannot read "${title(index)}": expected at most ` +
            `${MAX_PICTURE_BYTES} bytes, found ${range.length}`,
        );
      }
      return await open.read(file, range);
    },
    close: () => open.close(),
  };
}
