import { UserError } from "../artifact/mod.ts";

/**
 * Runs something that a pipeline file asks for: errors that a person can mend
 * say where it is written, and name the file once.
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
    const file = where.slice(0, where.indexOf(": ") + 2);
    const { message } = error;
    const rest = message.startsWith(file)
      ? message.slice(file.length)
      : message;
    throw new UserError(`${where}: ${rest}`, { cause: error });
  }
}
