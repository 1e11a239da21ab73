import { UserError } from "../artifact/mod.ts";

/** How the Hub is reached. */
export interface Access {
  /** Its address, without a slash at the end. */
  readonly endpoint: string;
  /** Who asks; sent to that address alone. */
  readonly token: string | undefined;
}

const HUB = "https://huggingface.co";

/**
 * How the Hub is reached by an environment: `HF_ENDPOINT`, `HF_TOKEN`. Proxies
 * (`HTTPS_PROXY`, `NO_PROXY`) are the runtime's.
 *
 * @throws {UserError} where the address is none, or would send a token in the clear
 */
export function accessOf(
  environment: (name: string) => string | undefined,
): Access {
  const endpoint = environment("HF_ENDPOINT")?.replace(/\/+$/, "") || HUB;
  const token = environment("HF_TOKEN")?.trim() || undefined;
  if (!URL.canParse(endpoint) || !isSafe(new URL(endpoint))) {
    throw new UserError(
      `HF_ENDPOINT: expected an address that begins with https://, found ` +
        `"${endpoint}"`,
    );
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new UserError(
      "HF_TOKEN: expected a token without blanks, found something else",
    );
  }
  return { endpoint, token };
}

/** Whether nobody on the way sees or changes what an address gives. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || protocol === "http:" && isLoopback(hostname);
}

/**
 * Whether a redirect may be followed: to https, or on one's own machine to the
 * same host.
 */
export function mayFollow(from: URL, to: URL): boolean {
  return to.protocol === "https:" ||
    isSafe(to) && to.hostname === from.hostname;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
