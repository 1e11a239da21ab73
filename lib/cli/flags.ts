import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { flagName } from "../pipeline/mod.ts";

/** What a JSON schema says of one option, as far as flags need it. */
interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  /** Values to propose where others are allowed too. */
  readonly choices?: readonly string[];
  /** True for a list whose flag stands once for every entry. */
  readonly repeat?: boolean;
  /** What the flag's value is called. */
  readonly value?: string;
  /** Variable of the environment that may give the value instead. */
  readonly environment?: string;
}

/** Adds one flag per option of a schema, with its default and choices in the help. */
export function addFlags(command: Command, schema: z.ZodObject): void {
  for (const [key, field] of Object.entries(fieldsOf(schema))) {
    command.addOption(flagOf(flagName(key), field));
  }
}

/** Where values come from that somebody gave. */
const GIVEN = ["cli", "env"];

/** The options that were given on the command line, or by the environment, by their schema's keys. */
export function givenOptions(
  command: Command,
  schema: z.ZodObject,
): Record<string, unknown> {
  const values = command.opts<Record<string, unknown>>();
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    const attribute = new Option(`--${flagName(key)}`).attributeName();
    const source = command.getOptionValueSource(attribute);
    if (source === undefined || !GIVEN.includes(source)) continue;
    given[key] = values[attribute];
  }
  return given;
}

function fieldsOf(schema: z.ZodObject): Readonly<Record<string, FieldSchema>> {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return (json.properties ?? {}) as Readonly<Record<string, FieldSchema>>;
}

function flagOf(flag: string, field: FieldSchema): Option {
  const { description = "", default: initial } = field;
  if (field.type === "boolean") {
    const spelling = initial === true ? `--no-${flag}` : `--${flag}`;
    return new Option(spelling, description);
  }
  const spelling = flag === "output"
    // As stages have it for their main output.
    ? "-o, --output <file>"
    : `--${flag} <${valueName(field)}>`;
  const option = new Option(spelling, description);
  if (field.environment !== undefined) option.env(field.environment);
  if (initial !== undefined) {
    option.default(initial, shown(initial));
  }
  if (field.enum !== undefined) return option.choices(field.enum.map(String));
  if (field.choices !== undefined) option.argChoices = [...field.choices];
  if (field.repeat) {
    return option.argParser((
      text: string,
      earlier?: readonly string[],
    ) => [...earlier ?? [], text]);
  }
  return option.argParser((text: string) => parseValue(text, field));
}

function valueName(field: FieldSchema): string {
  if (field.value !== undefined) return field.value;
  if (field.enum !== undefined) return "choice";
  const names: Readonly<Record<string, string>> = {
    number: "number",
    integer: "count",
    array: "list",
  };
  return names[field.type ?? ""] ?? "value";
}

/** How a value is written on the command line. */
function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function parseValue(text: string, field: FieldSchema): unknown {
  const { type, items, anyOf } = field;
  if (type === "number" || type === "integer") return parseNumber(text);
  if (type === "array") {
    const parts = text === "" ? [] : text.split(",");
    return parts.map((part) => parseValue(part.trim(), items ?? {}));
  }
  const numeric = anyOf?.some((one) =>
    one.type === "number" || one.type === "integer"
  );
  const number = Number(text);
  return numeric && text.trim() !== "" && !Number.isNaN(number) ? number : text;
}

/**
 * Reads a number as a flag's value.
 *
 * @throws {InvalidArgumentError} for anything else
 */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a number");
  }
  return value;
}
