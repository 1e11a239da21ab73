import { UserError } from "../../lib/artifact/mod.ts";

/**
 * Refuses to replace a file by what is made from it.
 *
 * @throws {UserError} where both paths lead to one file
 */
export async function refuseSameFile(
  input: string,
  output: string,
): Promise<void> {
  const [from, to] = await Promise.all(
    [input, output].map((one) => Deno.realPath(one).catch(() => undefined)),
  );
  if (from === undefined || from !== to) return;
  throw new UserError(
    `Cannot write "${output}": it is read at the same time; give another file`,
  );
}
