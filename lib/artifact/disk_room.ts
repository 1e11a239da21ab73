import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UserError } from "./user_error.ts";

/**
 * Bytes that the disk of a folder has left, which may be yet to be made; undefined
 * where nobody knows.
 */
export async function bytesLeft(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    const above = dirname(resolve(folder));
    return above === folder ? undefined : await bytesLeft(above);
  }
}

/**
 * Refuses work whose files will not fit on a disk, as far as that is known.
 *
 * @param options.needed bytes of the files
 * @param options.text says a number of bytes in words
 * @throws {UserError} naming the folder, what is needed and what is left
 */
export async function requireRoom(
  folder: string,
  { needed, text }: {
    readonly needed: number;
    readonly text: (bytes: number) => string;
  },
): Promise<void> {
  const left = await bytesLeft(folder);
  if (left === undefined || needed <= left) return;
  throw new UserError(
    `Cannot write below "${folder}": ${
      text(needed)
    } are needed, its disk has ` +
      `${text(left)} left`,
  );
}
