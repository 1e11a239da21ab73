import { readTextFile, UserError } from "../../artifact/mod.ts";

/** What the command line says of who may ask. */
export interface AddressOptions {
  readonly host: string;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** Who may ask, settled. */
export interface Address {
  readonly hostname: string;
  /** Names under which the server may be asked, where it has only these. */
  readonly names: readonly string[] | undefined;
  readonly token: string | undefined;
}

/** Addresses that no other machine reaches. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
/** Long enough to be no word, and nothing that headers and shells would change. */
const TOKEN = /^[\w.~+/=-]{16,200}$/;

/**
 * Where the server listens, and what it asks for: other machines must show a
 * token.
 *
 * @throws {UserError} where other machines could ask without one
 */
export async function settledAddress(
  { host, token: given, tokenFile }: AddressOptions,
): Promise<Address> {
  if (given !== undefined && tokenFile !== undefined) {
    throw new UserError("Cannot take --token with --token-file: expected one");
  }
  const read = tokenFile === undefined
    ? given
    : (await readTextFile(tokenFile)).trim();
  const token = read === "" ? undefined : read;
  if (token !== undefined && !TOKEN.test(token)) {
    throw new UserError(
      "Cannot use this token: expected 16 to 200 letters, digits and signs " +
        "of . _ ~ + / = -",
    );
  }
  const isLoopback = LOOPBACK.test(host);
  if (!isLoopback && token === undefined) {
    throw new UserError(
      `Cannot serve on ${host}, where other machines ask, without a token: ` +
        "give --token-file",
    );
  }
  const own = host.includes(":") ? `[${host}]` : host;
  const names = ["localhost", "127.0.0.1", "[::1]", own];
  return {
    hostname: host,
    names: isLoopback ? [...new Set(names)] : undefined,
    token,
  };
}
