import { InvalidArgumentError } from "commander";

/**
 * Reads a whole number above 0 as a flag's value.
 *
 * @throws {InvalidArgumentError} for anything else
 */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Expected a whole number above 0");
}
