import { UserError } from "../artifact/mod.ts";
import type { RemoteFile } from "./remote_file.ts";

/** Who can say what a file's SHA-256 is, the surest first. */
export const WITNESSES = {
  table: "this program's table",
  hub: "the Hub",
  name: "the file's name",
  first: "the first one that was fetched",
} as const;

/** Who says what a file's SHA-256 is. */
export type Witness = keyof typeof WITNESSES;

/** How a file's SHA-256 begins, by who says so. */
export type Digits = Readonly<Partial<Record<Witness, string>>>;

/** PyTorch ends names of files with the first digits of their SHA-256. */
const NAMED = /-([0-9a-f]{8,64})\.[a-z]+$/;

/** What is known of a file's SHA-256 before it is here. */
export function knownDigits({ file, sha256 }: RemoteFile): Digits {
  const named = NAMED.exec(file)?.[1];
  return {
    ...sha256 !== undefined && { table: sha256 },
    ...named !== undefined && { name: named },
  };
}

/**
 * Checks a SHA-256 against all that is said of it.
 *
 * @returns the surest who says it, `undefined` where nobody does
 * @throws {UserError} with what was expected and what was found
 */
export function witnessOf(
  found: string,
  { name, digits }: { readonly name: string; readonly digits: Digits },
): Witness | undefined {
  const witnesses = Object.keys(WITNESSES) as Witness[];
  const heard = witnesses.filter((one) => digits[one] !== undefined);
  const against = heard.find((one) => !found.startsWith(digits[one]!));
  if (against === undefined) return heard[0];
  const expected = digits[against]!;
  const rest = expected.length < found.length ? "..." : "";
  const hint = against === "first" ? "; --force takes the new one" : "";
  throw new UserError(
    `Cannot use "${name}": expected SHA-256 ${expected}${rest} by ` +
      `${WITNESSES[against]}, found ${found}${hint}`,
  );
}
