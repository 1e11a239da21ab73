import { createHash } from "node:crypto";
import { createAtomic, openFile, UserError } from "../artifact/mod.ts";
import type { TransferTools } from "./download.ts";

/** Bytes that are copied at once. */
const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * Copies a file, unless its digest is refused.
 *
 * @param options.bytes its size, where that is known
 * @param options.check throws for the SHA-256 of another file
 * @returns the SHA-256
 * @throws {UserError} where it cannot be read or written, or has another size
 */
export async function copyChecked(
  from: string,
  { to, bytes, check, progress, signal }:
    & Pick<TransferTools, "progress" | "signal">
    & {
      readonly to: string;
      readonly bytes: number | undefined;
      check(sha256: string): void;
    },
): Promise<string> {
  const source = await openFile(from);
  const { size } = source;
  const task = progress.start({ label: from, total: size, unit: "byte" });
  try {
    if (size !== (bytes ?? size)) {
      throw new UserError(
        `Cannot copy "${from}": expected ${bytes} bytes, found ${size}`,
      );
    }
    const target = await createAtomic(to);
    try {
      const hash = createHash("sha256");
      for (let at = 0; at < size; at += PIECE_BYTES) {
        signal.throwIfAborted();
        const piece = new Uint8Array(Math.min(PIECE_BYTES, size - at));
        await source.readInto(piece, at);
        hash.update(piece);
        await target.write(piece);
        task.advance(piece.length);
      }
      const sha256 = hash.digest("hex");
      check(sha256);
      await target.commit();
      return sha256;
    } finally {
      await target.abort();
    }
  } finally {
    task.finish();
    source.close();
  }
}
