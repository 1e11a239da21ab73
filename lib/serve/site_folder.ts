import { extname, join } from "node:path";
import { ioError } from "../artifact/mod.ts";
import { type ByteRange, byteRange } from "./byte_range.ts";
import { HttpError } from "./http_error.ts";
import type { Answer, Call, Route } from "./route.ts";

/** Bytes read at once. */
const PIECE_BYTES = 2 ** 16;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** The files of a folder, as a static host serves them. */
export class SiteFolder {
  readonly #folder: string;
  /** Names of the files below the folder: no other path is ever opened. */
  readonly #names: ReadonlySet<string>;

  private constructor(folder: string, names: ReadonlySet<string>) {
    this.#folder = folder;
    this.#names = names;
  }

  /**
   * Takes the files that a folder has now; hidden ones and links are left out.
   *
   * @throws {UserError} where it cannot be read
   */
  static async open(folder: string): Promise<SiteFolder> {
    const names = new Set<string>();
    async function take(below: string): Promise<void> {
      for await (const { name, isFile, isDirectory } of readFolder(below)) {
        const path = below === "" ? name : `${below}/${name}`;
        if (name.startsWith(".")) continue;
        if (isFile) names.add(path);
        if (isDirectory) await take(path);
      }
    }
    function readFolder(below: string): AsyncIterable<Deno.DirEntry> {
      return Deno.readDir(join(folder, below));
    }
    try {
      await take("");
    } catch (error) {
      throw ioError(error, `Cannot serve "${folder}"`);
    }
    return new SiteFolder(folder, names);
  }

  /** Whether a file is among them. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** What there is at a path, as URLs write it. */
  route(path: string): Route | undefined {
    const name = nameOf(path);
    if (name === undefined || !this.#names.has(name)) return undefined;
    return { methods: { GET: (call) => this.#answer(name, call) } };
  }

  async #answer(name: string, { request }: Call): Promise<Answer> {
    const path = join(this.#folder, name);
    const { size, mtime } = await Deno.stat(path).catch(() => {
      throw new HttpError("The file is gone", { status: 404 });
    });
    const changed = (mtime?.getTime() ?? 0).toString(16);
    const etag = `"${size.toString(16)}-${changed}"`;
    const headers = {
      "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
      "Cache-Control": "no-cache",
      "Accept-Ranges": "bytes",
      ETag: etag,
    };
    if (isKnown(request, etag)) return { status: 304, headers };
    const range = rangeOf(request, { etag, size });
    if (range === undefined) {
      const body = fileBytes(path, { first: 0, bytes: size });
      return { headers, body, bytes: size };
    }
    const { first, last } = range;
    const bytes = last - first + 1;
    const place = { "Content-Range": `bytes ${first}-${last}/${size}` };
    return {
      status: 206,
      headers: { ...headers, ...place },
      body: fileBytes(path, { first, bytes }),
      bytes,
    };
  }
}

/** Whether the client has the file as it is; a weak comparison. */
function isKnown({ headers }: Request, etag: string): boolean {
  const known = headers.get("if-none-match");
  if (known === null) return false;
  return known.trim() === "*" || known.split(",")
    .some((one) => one.trim().replace(/^W\//, "") === etag);
}

/**
 * The bytes that a client asks for; all where it asks for those of another state
 * of the file.
 *
 * @throws {HttpError} 416 where the file has none of them
 */
function rangeOf(
  { method, headers }: Request,
  { etag, size }: { readonly etag: string; readonly size: number },
): ByteRange | undefined {
  const isMeant = (headers.get("if-range") ?? etag) === etag;
  if (method !== "GET" || !isMeant) return undefined;
  const range = byteRange(headers.get("range"), size);
  if (range !== "none") return range;
  throw new HttpError(`The file has ${size} bytes, none of this range`, {
    status: 416,
    headers: { "Content-Range": `bytes */${size}`, ETag: etag },
  });
}

/** The file that a path means; undefined where it is no text. */
function nameOf(path: string): string | undefined {
  try {
    const name = decodeURIComponent(path).slice(1);
    return name === "" || name.endsWith("/") ? `${name}index.html` : name;
  } catch {
    return undefined;
  }
}

/** Bytes of a file, which is opened for the first of them. */
async function* fileBytes(
  path: string,
  { first, bytes }: { readonly first: number; readonly bytes: number },
): AsyncGenerator<Uint8Array> {
  const file = await Deno.open(path);
  try {
    await file.seek(first, Deno.SeekMode.Start);
    for (let left = bytes; left > 0;) {
      const piece = new Uint8Array(Math.min(left, PIECE_BYTES));
      const read = await file.read(piece);
      if (read === null) return;
      left -= read;
      yield piece.subarray(0, read);
    }
  } finally {
    file.close();
  }
}
