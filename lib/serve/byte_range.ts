/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range that a Range header asks of a file (RFC 9110, 14.1.2): undefined
 * where it is to be sent whole, `"none"` where it has no such bytes. Several
 * ranges, other units and broken headers ask for the whole.
 */
export function byteRange(
  header: string | null,
  size: number,
): ByteRange | "none" | undefined {
  const [whole, from, to] = /^bytes=(\d*)-(\d*)$/i
    .exec((header ?? "").trim()) ?? [];
  if (whole === undefined || from === "" && to === "") return undefined;
  if (from === "") {
    const count = Math.min(Number(to), size);
    return count === 0 ? "none" : { first: size - count, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return undefined;
  return first >= size ? "none" : { first, last };
}
