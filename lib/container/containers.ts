import { basename, join } from "node:path";
import { UserError } from "../artifact/mod.ts";
import { OpenFiles } from "./open_files.ts";
import { ColumnPages } from "./parquet/column_pages.ts";

/** Largest file of a picture, far above any that is worth training on. */
export const MAX_PICTURE_BYTES = 256 * 1024 * 1024;

/** Where the bytes of a picture lie as they are. */
export interface PicturePlace {
  /** Path of the file that holds them. */
  readonly file: string;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** One picture of a container. */
export interface ContainedPicture {
  /** First byte; of a table, the row. */
  readonly offset: number;
  /** Number of bytes; of a table 0, since they are compressed with others. */
  readonly length: number;
  /** Its name, unique in the dataset. */
  readonly id: string;
}

/** A file or folder that pictures lie in. */
export interface Container {
  readonly form: ContainerForm;
  readonly path: string;
  /** Of a table, the column of the pictures: names joined by dots. */
  readonly column?: string | undefined;
}

/** What is read of containers, kept open. */
interface Opened {
  readonly files: OpenFiles;
  readonly pages: ColumnPages;
}

/** What a container and a picture in it are. */
type Place = Container & ContainedPicture;

interface ContainerRule {
  /** What it is, in a word or two. */
  readonly title: string;
  /** Whether it is one file, whose bytes tell whether it has changed. */
  readonly isFile: boolean;
  /** What people know a picture by. */
  titleOf(place: Place): string;
  /** Where its bytes lie as they are. */
  bytesAt?(place: Place): PicturePlace;
  /** Its bytes, of which a place says how many, if any. */
  read(place: Place, opened: Opened): Promise<Uint8Array<ArrayBuffer>>;
}

/** What containers there are: the only place that lists them. */
export const CONTAINERS = {
  file: {
    title: "file",
    isFile: true,
    titleOf: ({ path, id }) => `${path}: ${id}`,
    bytesAt: ({ path: file, offset, length }) => ({ file, offset, length }),
    read: ({ path, offset, length }, { files }) =>
      files.read(path, { offset, length }),
  },
  // Each picture is called as the last part of its id: paths of a million
  // would take 200 MB.
  folder: {
    title: "folder of pictures",
    isFile: false,
    titleOf: pathInFolder,
    bytesAt: (place) => ({
      file: pathInFolder(place),
      offset: 0,
      length: place.length,
    }),
    read: (place, { files }) => {
      const { length } = place;
      return files.read(pathInFolder(place), {
        offset: 0,
        length,
        size: length,
      });
    },
  },
  table: {
    title: "parquet file",
    isFile: true,
    titleOf: ({ path, offset }) => `${path}: row ${offset}`,
    read: readRow,
  },
} as const satisfies Readonly<Record<string, ContainerRule>>;

/** One of them. */
export type ContainerForm = keyof typeof CONTAINERS;

/** Pictures of containers, which are opened when they are read. */
export class Containers {
  /** What pictures lie in. */
  readonly list: readonly Container[];
  private readonly opened: Opened;

  /** Containers, of which none is opened yet. */
  constructor(list: readonly Container[]) {
    this.list = list;
    const files = new OpenFiles();
    this.opened = { files, pages: new ColumnPages(files) };
  }

  /** What people know a picture of a container by. */
  title(container: number, picture: ContainedPicture): string {
    const { rule, place } = this.at(container, picture);
    return rule.titleOf(place);
  }

  /** Where its bytes lie as they are; undefined where they lie nowhere so. */
  place(
    container: number,
    picture: ContainedPicture,
  ): PicturePlace | undefined {
    const { rule, place } = this.at(container, picture);
    return rule.bytesAt?.(place);
  }

  /**
   * The bytes of a picture.
   *
   * @throws {UserError} naming it when they cannot be read or are too many
   */
  async bytes(
    container: number,
    picture: ContainedPicture,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { rule, place } = this.at(container, picture);
    requireLength(place.length, rule.titleOf(place));
    return await rule.read(place, this.opened);
  }

  /**
   * The first bytes of a picture; all of them where they lie nowhere as they are.
   *
   * @throws {UserError} as {@linkcode bytes}
   */
  async start(
    container: number,
    picture: ContainedPicture,
    most: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const place = this.place(container, picture);
    if (place === undefined) return await this.bytes(container, picture);
    const { file, offset, length } = place;
    const range = { offset, length: Math.min(length, most) };
    return await this.opened.files.read(file, range);
  }

  /** Lets the files go. */
  close(): void {
    this.opened.files.close();
    this.opened.pages.close();
  }

  private at(
    container: number,
    picture: ContainedPicture,
  ): { readonly rule: ContainerRule; readonly place: Place } {
    const found = this.list[container]!;
    return { rule: CONTAINERS[found.form], place: { ...found, ...picture } };
  }
}

function pathInFolder({ path, id }: Place): string {
  return join(path, basename(id));
}

async function readRow(
  { path, column = "", offset: row }: Place,
  { pages }: Opened,
): Promise<Uint8Array<ArrayBuffer>> {
  const value = await pages.value({ path, column }, row);
  if (!(value instanceof Uint8Array)) {
    throw new UserError(
      `Cannot read "${path}: row ${row}": expected a picture, found none`,
    );
  }
  requireLength(value.length, `${path}: row ${row}`);
  // A copy: its page may be let go.
  return new Uint8Array(value);
}

function requireLength(length: number, title: string): void {
  if (length <= MAX_PICTURE_BYTES) return;
  throw new UserError(
    `Cannot read "${title}": expected at most ${MAX_PICTURE_BYTES} bytes, ` +
      `found ${length}`,
  );
}
