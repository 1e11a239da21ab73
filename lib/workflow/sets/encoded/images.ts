import { type ArtifactReader, UserError } from "../../../artifact/mod.ts";
import { Containers, type PicturePlace } from "../../../container/mod.ts";
import { type Labelled, readLabelled } from "../labelled.ts";
import { type PictureColumns, readColumns } from "./columns.ts";
import { type IndexContainer, indexContainers } from "./containers.ts";

/**
 * Labelled pictures as files hold them, which are read when they are asked for.
 * What is known of them lies in columns: a million take some 50 MB.
 */
export interface EncodedImages extends Labelled {
  /** The artifact, for messages. */
  readonly name: string;
  readonly count: number;
  /** Bytes of a picture's file; 0 where it is compressed with others. */
  length(index: number): number;
  /** Name of a picture: unique in the artifact. */
  id(index: number): string;
  /** What people know a picture by. */
  title(index: number): string;
  /**
   * Where the bytes of a picture lie as they are, to be read by anyone; undefined
   * where they do not.
   */
  place(index: number): PicturePlace | undefined;
  /**
   * The bytes of a picture, of any format.
   *
   * @throws {UserError} naming the picture when they cannot be read
   */
  bytes(index: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The first bytes of a picture, at most so many; all of them where they cannot
   * be had alone.
   *
   * @throws {UserError} as {@linkcode bytes}
   */
  start(index: number, most: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Lets containers go; the artifact stays open. */
  close(): void;
}

/** How pictures of a form are found and read. */
type Access = Pick<
  EncodedImages,
  "title" | "place" | "bytes" | "start" | "close"
>;

/** Forms of artifacts whose images are encoded. */
const FORMS: Readonly<
  Record<
    string,
    (reader: ArtifactReader, columns: PictureColumns) => Promise<Access>
  >
> = { encoded: inArtifact, index: inContainers };

/** Whether the images of an artifact are encoded. */
export function areEncoded({ form }: Pick<ArtifactReader, "form">): boolean {
  return form !== undefined && Object.hasOwn(FORMS, form);
}

/**
 * Opens an images artifact whose pictures are encoded: labels and places are
 * read, pictures when they are asked for.
 *
 * @throws {UserError} when it is of another form or empty, a label has no class,
 *   a place is none, or a container has changed
 */
export async function openEncodedImages(
  reader: ArtifactReader,
): Promise<EncodedImages> {
  const open = areEncoded(reader) ? FORMS[reader.form!] : undefined;
  if (open === undefined) {
    throw new UserError(
      `Cannot use "${reader.name}": expected images of form ` +
        `${Object.keys(FORMS).join(" or ")}, found ${reader.form ?? "none"}`,
    );
  }
  const labelled = await readLabelled(reader);
  const columns = await readColumns(reader);
  if (columns.count === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
  }
  const access = await open(reader, columns);
  return {
    name: reader.name,
    count: columns.count,
    length: (index) => columns.lengths[index]!,
    id: (index) => columns.id(index),
    ...labelled,
    ...access,
  };
}

/** Pictures whose bytes are a tensor of the artifact. */
function inArtifact(
  reader: ArtifactReader,
  columns: PictureColumns,
): Promise<Access> {
  const { offsets, lengths } = columns;
  const end = reader.sizes["bytes"]!;
  checkPlaces(columns, { name: reader.name, endOf: () => end });
  const read = (index: number, count: number) =>
    reader.readBytes("bytes", { start: offsets[index]!, count });
  return Promise.resolve({
    title: (index) => `${reader.name}: ${columns.id(index)}`,
    place: () => undefined,
    bytes: (index) => read(index, lengths[index]!),
    start: (index, most) => read(index, Math.min(lengths[index]!, most)),
    close() {},
  });
}

/** Pictures whose bytes lie in archives, tables and folders. */
async function inContainers(
  reader: ArtifactReader,
  columns: PictureColumns,
): Promise<Access> {
  const { offsets, lengths } = columns;
  const which = (await reader.read("containers")).data as Uint32Array;
  const containers = await indexContainers(reader);
  const unknown = which.findIndex((place) => place >= containers.length);
  if (unknown >= 0) {
    throw new UserError(
      `Cannot use "${reader.name}": image ${unknown} lies in container ` +
        `${which[unknown]}, expected one of ${containers.length}`,
    );
  }
  const ends = containers.map(endOf);
  const endOfPicture = (index: number) => ends[which[index]!]!;
  checkPlaces(columns, { name: reader.name, endOf: endOfPicture });
  const opened = new Containers(containers);
  const at = (index: number) => ({
    offset: offsets[index]!,
    length: lengths[index]!,
    id: columns.id(index),
  });
  return {
    title: (index) => opened.title(which[index]!, at(index)),
    place: (index) => opened.place(which[index]!, at(index)),
    bytes: (index) => opened.bytes(which[index]!, at(index)),
    start: (index, most) => opened.start(which[index]!, at(index), most),
    close: () => opened.close(),
  };
}

/** Where the pictures of a container end; rows of a table are seen when read. */
function endOf(container: IndexContainer): number {
  return container.form === "file" ? container.size : Number.MAX_SAFE_INTEGER;
}

/** @throws {UserError} where a picture passes the end of what it lies in */
function checkPlaces(
  { count, offsets, lengths }: PictureColumns,
  { name, endOf }: {
    readonly name: string;
    readonly endOf: (index: number) => number;
  },
): void {
  for (let index = 0; index < count; index++) {
    const end = offsets[index]! + lengths[index]!;
    if (end <= endOf(index)) continue;
    throw new UserError(
      `Cannot use "${name}": image ${index} ends at byte ${end} of ` +
        `${endOf(index)}`,
    );
  }
}
