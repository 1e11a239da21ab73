/** A record with every value changed. */
export function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, name: string) => U,
): Record<string, U> {
  const entries = Object.entries(record)
    .map(([name, value]) => [name, change(value, name)] as const);
  return Object.fromEntries(entries);
}

/** A record with every name changed. */
export function mapKeys<T>(
  record: Readonly<Record<string, T>>,
  rename: (name: string) => string,
): Record<string, T> {
  const entries = Object.entries(record)
    .map(([name, value]) => [rename(name), value] as const);
  return Object.fromEntries(entries);
}
