import { extname, join } from "node:path";

/** What hosts say of files. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".bin": "application/octet-stream",
};

/** A static host of one folder on this machine. */
export class StaticHost implements AsyncDisposable {
  /** Where the folder is served. */
  readonly address: string;
  readonly #server: Deno.HttpServer;

  /** @param options.before what a file waits for, by its path */
  constructor(
    folder: string,
    { before = async () => {} }: { before?(path: string): Promise<void> } = {},
  ) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const { pathname } = new URL(request.url);
        await before(pathname);
        return await fileOf(folder, pathname);
      },
    );
    const { port } = this.#server.addr as Deno.NetAddr;
    this.address = `http://127.0.0.1:${port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function fileOf(folder: string, path: string): Promise<Response> {
  const name = path === "/" ? "/index.html" : path;
  const type = TYPES[extname(name)] ?? "text/plain";
  try {
    const bytes = await Deno.readFile(join(folder, name));
    return new Response(bytes, { headers: { "content-type": type } });
  } catch {
    return new Response("not here", { status: 404 });
  }
}
