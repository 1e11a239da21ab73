import type { z } from "zod";
import { UserError } from "../artifact/mod.ts";

/** Flag spelling of an option: `learningRate` and `learning_rate` give `learning-rate`. */
export function flagName(key: string): string {
  const dashed = key.replace(/([a-z0-9])([A-Z])/g, "$1-$2");
  return dashed.replaceAll("_", "-").toLowerCase();
}

/**
 * Checks options by a stage's schema and fills in defaults.
 *
 * Keys may be spelled as in the schema or as flags; unknown ones are refused.
 *
 * @param where names the place for messages, such as `"p.toml": stages.sample`
 * @throws {UserError} naming the option, what was expected and what was found
 */
export function checkOptions<S extends z.ZodObject>(
  schema: S,
  { given, where }: {
    given: Readonly<Record<string, unknown>>;
    where: string;
  },
): z.infer<S> {
  const keys = new Map(Object.keys(schema.shape).map((key) => [key, key]));
  for (const key of Object.keys(schema.shape)) keys.set(flagName(key), key);
  const values: Record<string, unknown> = {};
  for (const [spelling, value] of Object.entries(given)) {
    const key = keys.get(spelling);
    if (key === undefined) throw unknownOption(spelling, { schema, where });
    values[key] = value;
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new UserError(`${where}: ${issueLine(result.error, values)}`);
}

function unknownOption(
  spelling: string,
  { schema, where }: { schema: z.ZodObject; where: string },
): UserError {
  const known = Object.keys(schema.shape).map(flagName).join(", ");
  const list = known === "" ? "it has no options" : `expected one of ${known}`;
  return new UserError(`${where}: unknown option "${spelling}": ${list}`);
}

/** Most characters of a value in a message. */
const SHOWN = 80;

/**
 * The first issue of a failed check as one line: key, what is wrong, what was
 * found.
 *
 * @param options.under keys above the input; all keys are then spelled as they
 *   are, not as flags
 */
export function issueLine(
  error: z.ZodError,
  input: unknown,
  { under }: { readonly under?: readonly string[] } = {},
): string {
  const issue = error.issues[0]!;
  const path = issue.path.map(String);
  const keys = under ? [...under, ...path] : path.map(flagName);
  const where = keys.length === 0 ? "" : `${keys.join(".")}: `;
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    input,
  );
  const words = issue.message.replace(/^Invalid input: /, "")
    .replace(/, received .*$/, "");
  const end = issue.code === "unrecognized_keys"
    ? ""
    : `, found ${show(found)}`;
  const text = `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  return `${where}${text}${end}`;
}

/** A value of a file, in few characters. */
function show(value: unknown): string {
  // JSON has no NaN.
  const text = value === undefined
    ? "nothing"
    : typeof value === "number"
    ? String(value)
    : JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}
