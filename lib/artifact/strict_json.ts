/** A JSON value; objects are maps, so no key can reach a prototype. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | JsonMap;

/** A JSON object, in the order of its keys. */
export type JsonMap = ReadonlyMap<string, JsonValue>;

/** Why a text is not strict JSON, and at which character. */
export class JsonError extends SyntaxError {
  override readonly name = "JsonError";
  /** The key that occurs twice, where that is the defect. */
  readonly duplicate: string | undefined;

  constructor(message: string, duplicate?: string) {
    super(message);
    this.duplicate = duplicate;
  }
}

/** Deepest nesting of JSON that files may hold. */
export const MAX_DEPTH = 16;
const MAX_TOKEN = 400;
const SPACES = " \t\n\r";
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/;
const WORD = /^(?:true|false|null)/;

/**
 * Parses JSON as RFC 8259 has it, refusing what JSON.parse lets pass.
 *
 * A key that occurs twice and nesting deeper than 16 are errors.
 *
 * @throws {JsonError} with the position
 */
export function parseStrictJson(text: string): JsonValue {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.skipSpace();
  if (parser.at < text.length) throw parser.error("the end");
  return value;
}

/**
 * Parses JSON as {@linkcode parseStrictJson} does, into plain values. A key
 * such as "__proto__" is a key like others.
 *
 * @throws {JsonError} with the position
 */
export function parseJson(text: string): unknown {
  return plain(parseStrictJson(text));
}

function plain(value: JsonValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!(value instanceof Map)) return (value as JsonValue[]).map(plain);
  const entries = [...value].map(([key, item]) => [key, plain(item)] as const);
  return Object.fromEntries(entries);
}

class Parser {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) {
      throw new JsonError(`Nested deeper than ${MAX_DEPTH} at ${this.at}`);
    }
    this.skipSpace();
    const next = this.text[this.at];
    if (next === "{") return this.object(depth);
    if (next === "[") return this.array(depth);
    if (next === '"') return this.string();
    const word = this.match(WORD);
    if (word !== undefined) return JSON.parse(word) as boolean | null;
    const number = this.match(NUMBER);
    if (number !== undefined) return this.number(number);
    throw this.error("a value");
  }

  private number(text: string): number {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw new JsonError(`Number ${text} is out of range`);
  }

  private object(depth: number): JsonMap {
    const map = new Map<string, JsonValue>();
    this.list("}", () => {
      const key = this.string();
      if (map.has(key)) {
        throw new JsonError(`Key ${JSON.stringify(key)} occurs twice`, key);
      }
      this.skipSpace();
      this.expect(":");
      map.set(key, this.value(depth + 1));
    });
    return map;
  }

  private array(depth: number): JsonValue[] {
    const values: JsonValue[] = [];
    this.list("]", () => values.push(this.value(depth + 1)));
    return values;
  }

  /** An opening bracket, items between commas, and the closing bracket. */
  private list(close: string, item: () => void): void {
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    while (true) {
      this.skipSpace();
      item();
      this.skipSpace();
      if (this.text[this.at] === close) break;
      this.expect(",");
    }
    this.at++;
  }

  // Searched by hand: a pattern over a hostile string of 100 MB overflows.
  private string(): string {
    if (this.text[this.at] !== '"') throw this.error("a string");
    let end = this.at;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw new JsonError(`Open string at character ${this.at}`);
    } while (this.escaped(end));
    const source = this.text.slice(this.at, end + 1);
    try {
      const value = JSON.parse(source) as string;
      this.at = end + 1;
      return value;
    } catch {
      throw new JsonError(`Bad string at character ${this.at}`);
    }
  }

  /** Whether an odd number of backslashes stands before a character. */
  private escaped(at: number): boolean {
    let slashes = 0;
    while (this.text[at - 1 - slashes] === "\\") slashes++;
    return slashes % 2 === 1;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw this.error(`"${character}"`);
    this.at++;
  }

  skipSpace(): void {
    while (this.at < this.text.length && SPACES.includes(this.text[this.at]!)) {
      this.at++;
    }
  }

  private match(pattern: RegExp): string | undefined {
    const window = this.text.slice(this.at, this.at + MAX_TOKEN);
    const found = pattern.exec(window)?.[0];
    if (found?.length === MAX_TOKEN) throw this.error("a shorter number");
    this.at += found?.length ?? 0;
    return found;
  }

  error(expected: string): JsonError {
    const found = this.at < this.text.length
      ? JSON.stringify(this.text[this.at])
      : "the end";
    return new JsonError(
      `Expected ${expected} at character ${this.at}, found ${found}`,
    );
  }
}
