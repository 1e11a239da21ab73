/** How many names are told of those that were left out for one reason. */
const TOLD = 3;

/** What was left out of an archive: counted by reason, some of it by name. */
export class SkipLog {
  private readonly reasons = new Map<
    string,
    { count: number; readonly names: string[] }
  >();

  /** Notes that something was left out. */
  add(name: string, reason: string): void {
    const known = this.reasons.get(reason) ?? { count: 0, names: [] };
    known.count++;
    if (known.names.length < TOLD) known.names.push(name);
    this.reasons.set(reason, known);
  }

  /** All of it in words; undefined for nothing. */
  text(): string | undefined {
    const parts = [...this.reasons].map(([reason, { count, names }]) => {
      const more = count > names.length ? ", …" : "";
      const listed = names.map((name) => JSON.stringify(name)).join(", ");
      return `${count} x ${reason} (${listed}${more})`;
    });
    return parts.length === 0 ? undefined : parts.join("; ");
  }
}
