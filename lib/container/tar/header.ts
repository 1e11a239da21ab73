/** What a header says of its member. */
export interface TarHeader {
  /** One character; NUL stands for a file in old archives. */
  readonly type: string;
  /** Undefined where it is not UTF-8. */
  readonly name: string | undefined;
  /** Bytes of data; undefined where the field is no size, or past 2^53. */
  readonly size: number | undefined;
}

const NAME = { start: 0, length: 100 };
const SIZE = { start: 124, length: 12 };
const CHECKSUM = { start: 148, length: 8 };
const TYPE_AT = 156;
const MAGIC_AT = 257;
const PREFIX = { start: 345, length: 155 };
/** "ustar" and NUL; GNU's archives have a space there, and no prefix. */
const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72, 0];

type Field = typeof NAME;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The header in a block of 512 bytes; undefined where its checksum is wrong. */
export function parseHeader(block: Uint8Array): TarHeader | undefined {
  if (!checksumFits(block)) return undefined;
  const name = textOf(block, NAME);
  const isUstar = USTAR.every((byte, i) => block[MAGIC_AT + i] === byte);
  const prefix = isUstar ? textOf(block, PREFIX) : "";
  return {
    type: String.fromCharCode(block[TYPE_AT]!),
    name: name === undefined || prefix === undefined || prefix === ""
      ? name
      : `${prefix}/${name}`,
    size: numberOf(block, SIZE),
  };
}

/** Whether a block is the mark that ends an archive. */
export function isEndMark(block: Uint8Array): boolean {
  // Headers begin with a name, so that the first byte tells most of them.
  return block[0] === 0 && block.every((byte) => byte === 0);
}

function checksumFits(block: Uint8Array): boolean {
  const stored = numberOf(block, CHECKSUM);
  if (stored === undefined) return false;
  // The field itself counts as eight spaces.
  let sum = CHECKSUM.length * 0x20;
  let signed = sum;
  const end = CHECKSUM.start + CHECKSUM.length;
  for (let i = 0; i < block.length; i++) {
    if (i === CHECKSUM.start) i = end;
    const byte = block[i]!;
    sum += byte;
    // Some old programs took bytes for signed.
    signed += byte < 128 ? byte : byte - 256;
  }
  return stored === sum || stored === signed;
}

/** Text up to NUL or the end of its field; undefined where not UTF-8. */
export function textOf(
  block: Uint8Array,
  { start, length }: Field,
): string | undefined {
  let end = start;
  while (end < start + length && block[end] !== 0) end++;
  try {
    return decoder.decode(block.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** An octal number in ASCII, or GNU's base 256 where the highest bit is set. */
function numberOf(
  block: Uint8Array,
  { start, length }: Field,
): number | undefined {
  const first = block[start]!;
  let value = 0;
  if (first >= 0x80) {
    // Negative and huge ones have further bits in the first byte.
    if (first !== 0x80) return undefined;
    for (let i = start + 1; i < start + length; i++) {
      value = value * 256 + block[i]!;
    }
    return Number.isSafeInteger(value) ? value : undefined;
  }
  let i = start;
  const end = start + length;
  while (i < end && block[i] === 0x20) i++;
  for (; i < end && block[i] !== 0x20 && block[i] !== 0; i++) {
    const digit = block[i]! - 0x30;
    if (!(digit >= 0 && digit < 8)) return undefined;
    value = value * 8 + digit;
  }
  return value;
}
