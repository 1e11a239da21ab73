import { UserError } from "../artifact/mod.ts";
import { type Access, isSafe, mayFollow } from "./access.ts";
import { Interruption } from "./interruption.ts";

/** Redirects of one request; the Hub and GitHub take two. */
const MAX_REDIRECTS = 8;

const REDIRECTS = [301, 302, 303, 307, 308];

/** A server's answer, and what the Hub said of the file on the way to it. */
export interface Answer {
  readonly response: Response;
  /** The address that answered, without its query, which may hold a signature. */
  readonly place: string;
  readonly hub: HubFacts;
}

/** What the Hub says of a file that another host gives. */
export interface HubFacts {
  readonly bytes?: number;
  readonly sha256?: string;
}

/**
 * Asks for an address. Redirects lead to https alone, or on one's own machine to
 * the same host; the token goes to the Hub's own address and nowhere else.
 *
 * @throws {UserError} where a redirect leads elsewhere, or nowhere
 * @throws {Interruption} where the connection fails
 */
export async function request(
  address: string,
  { access, headers, signal }: {
    readonly access: Access;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<Answer> {
  const origin = new URL(access.endpoint).origin;
  let url = new URL(address);
  if (!isSafe(url)) throw unsafe(address, url);
  let hub: HubFacts = {};
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const isHub = url.origin === origin;
    const token = isHub && access.token !== undefined
      ? { authorization: `Bearer ${access.token}` }
      : undefined;
    const response = await ask(url, { ...headers, ...token }, signal);
    if (isHub) hub = { ...hub, ...hubFacts(response.headers) };
    const place = placeText(url);
    const location = response.headers.get("location");
    if (!REDIRECTS.includes(response.status) || location === null) {
      return { response, place, hub };
    }
    await response.body?.cancel();
    const next = URL.parse(location, url);
    if (next === null || !mayFollow(url, next)) throw unsafe(place, next);
    url = next;
  }
  throw new UserError(
    `Cannot read ${placeText(new URL(address))}: it redirects more than ` +
      `${MAX_REDIRECTS} times`,
  );
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, { headers, signal, redirect: "manual" });
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error;
    if (cause instanceof Interruption) throw cause;
    if (signal.aborted) throw cause;
    throw new Interruption(`no answer from ${url.host}`, { cause });
  }
}

function hubFacts(headers: Headers): HubFacts {
  const bytes = wholeNumber(headers.get("x-linked-size"));
  const tag = /^"?([0-9a-f]{64})"?$/.exec(headers.get("x-linked-etag") ?? "");
  return {
    ...bytes !== undefined && { bytes },
    ...tag && { sha256: tag[1]! },
  };
}

/** A header's whole number, where it is one that can be counted with. */
export function wholeNumber(text: string | null): number | undefined {
  if (text === null || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** An address for people; its query may hold a signature. */
function placeText({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function unsafe(from: string, to: URL | null): UserError {
  const found = to === null ? "none" : `${to.protocol}//${to.host}`;
  return new UserError(
    `Cannot read ${from}: it leads to ${found}, expected an address that ` +
      "begins with https://",
  );
}
