import { UserError } from "../artifact/mod.ts";

/**
 * Runs something that a pipeline file asks for: errors that a person can mend
 * say where it is written.
 *
 * @param where file and key; without one errors stay as they are
 */
export async function naming<T>(
  where: string | undefined,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isNamed = where === undefined || !(error instanceof UserError) ||
      error.message.startsWith(where);
    if (isNamed) throw error;
    throw new UserError(`${where}: ${error.message}`, { cause: error });
  }
}
