import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError } from "./http_error.ts";

/** Who may ask, and under which name. */
export interface GuardOptions {
  /**
   * Names under which the server may be asked, where it has only these: a page
   * elsewhere whose name was pointed here is refused (DNS rebinding).
   */
  readonly names?: readonly string[] | undefined;
  /** What every request must show, where it must show something. */
  readonly token?: string | undefined;
}

/** Cookie that a browser gets for a link with the token. */
const COOKIE = "spherear-token";

/** Looks at who asks before anything else does. */
export class Guard {
  readonly #names: readonly string[] | undefined;
  readonly #digest: Uint8Array | undefined;

  constructor({ names, token }: GuardOptions) {
    this.#names = names;
    this.#digest = token === undefined ? undefined : digestOf(token);
  }

  /**
   * Requires a name of this server, and no page of another origin: such pages
   * may ask nothing here.
   *
   * @throws {HttpError} 421 or 403
   */
  checkOrigin({ headers }: Request): void {
    const host = headers.get("host");
    const name = nameOf(host ?? "");
    if (name === undefined || this.#names?.includes(name) === false) {
      const expected = this.#names?.join(", ") ?? "a name";
      throw new HttpError(
        `Cannot answer under this name: expected Host to be ${expected}`,
        { status: 421 },
      );
    }
    const origin = headers.get("origin");
    if (origin === null) return;
    if (origin === `http://${host}` || origin === `https://${host}`) return;
    throw new HttpError("Cannot answer pages of another origin", {
      status: 403,
    });
  }

  /**
   * Requires the token, from a header or a cookie.
   *
   * @throws {HttpError} 401
   */
  checkToken({ headers }: Request): void {
    if (this.#digest === undefined) return;
    const [, bearer] = /^Bearer +(\S+)$/i
      .exec(headers.get("authorization") ?? "") ?? [];
    const shown = bearer ?? cookieIn(headers.get("cookie") ?? "");
    if (shown !== undefined && this.#isToken(shown)) return;
    throw new HttpError(
      "Cannot answer without the token: expected Authorization: Bearer TOKEN",
      { status: 401, headers: { "WWW-Authenticate": "Bearer" } },
    );
  }

  /**
   * The cookie for a browser that was given a link with the token; undefined
   * where it is another one, or none is needed.
   */
  cookieFor(shown: string): string | undefined {
    if (this.#digest === undefined || !this.#isToken(shown)) return undefined;
    const value = encodeURIComponent(shown);
    return `${COOKIE}=${value}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Takes the same time whatever the text has in common with the token. */
  #isToken(shown: string): boolean {
    return timingSafeEqual(digestOf(shown), this.#digest!);
  }
}

function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(Buffer.from(token)).digest();
}

/** A Host header without its port; undefined where it is none. */
function nameOf(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::\d+)?$/i.exec(host)?.[1]
    ?.toLowerCase();
}

function cookieIn(header: string): string | undefined {
  const pair = header.split(";").map((one) => one.trim())
    .find((one) => one.startsWith(`${COOKIE}=`));
  if (pair === undefined) return undefined;
  try {
    return decodeURIComponent(pair.slice(COOKIE.length + 1));
  } catch {
    return undefined;
  }
}
