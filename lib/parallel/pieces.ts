/** Bytes that are sent or received together, wherever each of them lies. */
export type Pieces = readonly Uint8Array[];

/**
 * Copies what a rank sends to where another expects it.
 *
 * @throws {RangeError} where the pieces are not as long
 */
export function copyPieces(
  sent: Pieces,
  into: Pieces,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const [found, expected] = [sent, into].map(lengthsOf);
  if (found !== expected) {
    throw new RangeError(
      `internal: rank ${from} sends ${found} bytes to rank ${to}, ` +
        `which expects ${expected}`,
    );
  }
  for (const [i, piece] of sent.entries()) {
    if (!isSame(piece, into[i]!)) into[i]!.set(piece);
  }
}

/** What an error says of pieces. */
function lengthsOf(pieces: Pieces): string {
  return pieces.map(({ length }) => length).join(" + ") || "no";
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset;
}
