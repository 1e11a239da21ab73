import {
  type ArtifactReader,
  UserError,
  type WritableTensor,
} from "../../../artifact/mod.ts";
import { MAX_PICTURE_BYTES, NameColumn } from "../../../container/mod.ts";

/** Longest id in UTF-8; names in archives have at most half of it. */
const MAX_ID_BYTES = 128 * 1024;

/** What columns hold of a picture, besides its label. */
export interface PictureSpec {
  /** First byte, of a file or of all pictures; of a table, the row. */
  readonly offset: number;
  readonly length: number;
  readonly id: string;
}

/** Columns of an artifact: a million pictures take some 50 MB, and no object. */
export interface PictureColumns {
  readonly count: number;
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  id(index: number): string;
}

/**
 * The columns of pictures as tensors.
 *
 * @throws {UserError} where a picture is too large, or its id cannot be shown
 */
export function columnsOf(
  count: number,
  at: (index: number) => PictureSpec,
): Readonly<Record<string, WritableTensor>> {
  const offsets = new BigUint64Array(count);
  const lengths = new Uint32Array(count);
  const names = new NameColumn();
  for (let index = 0; index < count; index++) {
    const { offset, length, id } = at(index);
    requireUsable(id, length);
    offsets[index] = BigInt(offset);
    lengths[index] = length;
    names.push(id);
  }
  const { bytes, ends } = names.whole();
  return {
    offsets: {
      dtype: "U64",
      shape: [count],
      data: new Uint8Array(offsets.buffer),
    },
    lengths: { dtype: "u32", shape: [count], data: lengths },
    ids: { dtype: "u8", shape: [bytes.length], data: bytes },
    id_ends: { dtype: "u32", shape: [count], data: Uint32Array.from(ends) },
  };
}

function requireUsable(id: string, length: number): void {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(id)) {
    throw new UserError(
      `Cannot use a picture named ${JSON.stringify(id)}: expected no control ` +
        "characters in its name",
    );
  }
  if (length > MAX_PICTURE_BYTES) {
    throw new UserError(
      `Cannot use picture "${id}": expected at most ${MAX_PICTURE_BYTES} ` +
        `bytes, found ${length}`,
    );
  }
}

/**
 * Reads the columns of an artifact, and holds them to what they must be, but
 * for where pictures lie.
 *
 * @throws {UserError} naming file, tensor, picture and number
 */
export async function readColumns(
  reader: ArtifactReader,
): Promise<PictureColumns> {
  const offsets = wholeNumbers(await reader.readBytes("offsets"), reader);
  const lengths = (await reader.read("lengths")).data as Uint32Array;
  const ids = (await reader.read("ids")).data as Uint8Array;
  const ends = (await reader.read("id_ends")).data as Uint32Array;
  checkLengths(lengths, reader);
  checkIds({ ids, ends }, reader);
  const decoder = new TextDecoder();
  return {
    count: lengths.length,
    offsets,
    lengths,
    id: (index) =>
      decoder.decode(ids.subarray(ends[index - 1] ?? 0, ends[index])),
  };
}

/** Numbers of 64 bits as those that hosts count with. */
function wholeNumbers(
  bytes: Uint8Array<ArrayBuffer>,
  { name }: ArtifactReader,
): Float64Array {
  const count = bytes.length / 8;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const halves = new Uint32Array(aligned.buffer, aligned.byteOffset, 2 * count);
  const numbers = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const high = halves[2 * index + 1]!;
    if (high >= 2 ** 21) {
      throw new UserError(
        `Cannot use "${name}": offset of image ${index}: expected at most ` +
          "2^53, found more",
      );
    }
    numbers[index] = high * 2 ** 32 + halves[2 * index]!;
  }
  return numbers;
}

function checkLengths(lengths: Uint32Array, { name }: ArtifactReader): void {
  const large = lengths.findIndex((length) => length > MAX_PICTURE_BYTES);
  if (large < 0) return;
  throw new UserError(
    `Cannot use "${name}": expected at most ${MAX_PICTURE_BYTES} bytes of ` +
      `image ${large}, found ${lengths[large]}`,
  );
}

function checkIds(
  { ids, ends }: { readonly ids: Uint8Array; readonly ends: Uint32Array },
  { name }: ArtifactReader,
): void {
  let start = 0;
  for (const [index, end] of ends.entries()) {
    const fits = end >= start && end <= ids.length;
    if (!fits || end - start > MAX_ID_BYTES) {
      throw new UserError(
        `Cannot use "${name}": id of image ${index}: expected at most ` +
          `${MAX_ID_BYTES} of the ${ids.length} bytes, found those from ` +
          `${start} to ${end}`,
      );
    }
    start = end;
  }
  const control = ids.findIndex((byte) => byte < 0x20 || byte === 0x7f);
  if (control < 0 && start === ids.length) return;
  throw new UserError(
    `Cannot use "${name}": ids: expected ${start} bytes of text without ` +
      `control characters, found ` +
      (control < 0 ? `${ids.length} bytes` : `one at byte ${control}`),
  );
}
