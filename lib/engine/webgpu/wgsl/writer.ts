/** Writes the statements of a WGSL function: indentation, names, and values that are already there. */
export class Writer {
  readonly #lines: string[] = [];
  #depth = 1;
  #names = 0;
  /** Values by key, one map a block: a value is known in its block and inside of it. */
  readonly #known: Map<string, string>[] = [new Map()];

  /** A name that no other variable has. */
  name(prefix = "v"): string {
    return `${prefix}${this.#names++}`;
  }

  /** Writes one statement. */
  line(text: string): void {
    this.#lines.push(`${"  ".repeat(this.#depth)}${text}`);
  }

  /** Names a value. */
  value(expression: string, prefix?: string): string {
    const name = this.name(prefix);
    this.line(`let ${name} = ${expression};`);
    return name;
  }

  /** The name of a value that is computed once in this block or around it. */
  once(key: string, make: () => string): string {
    for (const known of this.#known) {
      const name = known.get(key);
      if (name !== undefined) return name;
    }
    const name = make();
    this.#known.at(-1)!.set(key, name);
    return name;
  }

  /** Writes `head { body }`. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.#depth++;
    this.#known.push(new Map());
    body();
    this.#known.pop();
    this.#depth--;
    this.line("}");
  }

  /** What has been written. */
  get text(): string {
    return this.#lines.join("\n");
  }
}

/**
 * Some conditions as one: with `&&` each would be a branch, and SwiftShader
 * compiles a loop that reads many elements by such ones for minutes, in gigabytes.
 */
export function allOf(conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(" & ");
}

/** A float literal that is read back as the same f32. */
export function floatText(value: number): string {
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return "not_a_number()";
  if (rounded === Infinity) return "infinity()";
  if (rounded === -Infinity) return "-infinity()";
  if (Object.is(rounded, -0)) return "-0.0f";
  const text = String(rounded);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}
