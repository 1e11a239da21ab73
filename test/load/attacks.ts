/** A request that a server must refuse in a clean way. */
export interface Attack {
  readonly name: string;
  /** Its bytes. */
  readonly request: string | Uint8Array;
  /** What it may be answered with; a connection may end where there is no HTTP. */
  readonly status: readonly (number | "closed")[];
}

const HOST = "Host: 127.0.0.1\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";

/** A GET of a path that nobody resolved before. */
function path(text: string): Attack {
  const request = `GET ${text} HTTP/1.1\r\n${HOST}\r\n`;
  return { name: `path ${text}`, request, status: [404] };
}

/** A request for images with some body. */
function post(
  name: string,
  body: string,
  { status = 400, length = body.length, head = "" }: {
    readonly status?: number;
    readonly length?: number;
    readonly head?: string;
  } = {},
): Attack {
  const request = `POST /api/samples HTTP/1.1\r\n${HOST}${JSON_TYPE}${head}` +
    `Content-Length: ${length}\r\n\r\n${body}`;
  return { name, request, status: [status] };
}

/** A GET of the description under some headers. */
function get(name: string, headers: string, status: number): Attack {
  const request = `GET /api HTTP/1.1\r\n${headers}\r\n`;
  return { name, request, status: [status] };
}

const CHUNKED = `POST /api/samples HTTP/1.1\r\n${HOST}${JSON_TYPE}` +
  "Transfer-Encoding: chunked\r\n\r\n";
const CHUNK = `4000\r\n${"a".repeat(0x4000)}\r\n`;

/** Bytes that no text has. */
function bytes(head: string, ...rest: number[]): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(head), ...rest]);
}

/** What is tried. */
export const ATTACKS: readonly Attack[] = [
  path("/../../../../etc/passwd"),
  path("/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
  path("/..%2f..%2f..%2fetc%2fpasswd"),
  path("/..%5c..%5cetc"),
  path("//etc/passwd"),
  path("/etc/passwd%00.html"),
  path("/%ff%fe"),
  path("/__proto__"),
  path("/constructor"),
  path(`/${"a".repeat(8000)}`),
  get("another host", "Host: evil.example\r\n", 421),
  get("no host", "", 421),
  get("a broken host", "Host: [\r\n", 421),
  get("another origin", `${HOST}Origin: http://evil.example\r\n`, 403),
  get("no origin", `${HOST}Origin: null\r\n`, 403),
  get("two hosts", `${HOST}Host: evil.example\r\n`, 400),
  get("long headers", `${HOST}X: ${"a".repeat(2 ** 20)}\r\n`, 400),
  {
    name: "another method",
    request: `DELETE /api/samples HTTP/1.1\r\n${HOST}\r\n`,
    status: [405],
  },
  {
    name: "a preflight",
    request: `OPTIONS /api/samples HTTP/1.1\r\n${HOST}` +
      "Access-Control-Request-Method: POST\r\n\r\n",
    status: [405],
  },
  { name: "no HTTP", request: "\x16\x03\x01\x02\r\n\r\n", status: [400] },
  { name: "HTTP/9", request: `GET / HTTP/9\r\n${HOST}\r\n`, status: [400] },
  {
    name: "another type",
    request: `POST /api/samples HTTP/1.1\r\n${HOST}` +
      "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
    status: [415],
  },
  post("a huge length", "{}", { length: 10 ** 12, status: 413 }),
  post("a negative length", "{}", { length: -5 }),
  post("a huge body", "[".repeat(200_000), { status: 413 }),
  { name: "huge chunks", request: CHUNKED + CHUNK.repeat(8), status: [413] },
  {
    name: "broken chunks",
    request: `${CHUNKED}zz\r\n`,
    status: [400, "closed"],
  },
  post("no body", ""),
  post("half of JSON", '{"count":'),
  post("deep JSON", "[".repeat(60_000)),
  post("a key twice", '{"count":1,"count":2}'),
  post("a prototype", '{"__proto__":{"count":1}}'),
  post("no object", "[1]"),
  {
    name: "no UTF-8",
    request: bytes(
      `POST /api/samples HTTP/1.1\r\n${HOST}${JSON_TYPE}` +
        "Content-Length: 4\r\n\r\n",
      0x22,
      0xff,
      0xfe,
      0x22,
    ),
    status: [400],
  },
  post("an unknown key", '{"noise":"/etc/passwd"}'),
  post("an unknown class", '{"classes":"\\u0000"}'),
  post("too many images", '{"count":65}'),
  post("far too many images", '{"seeds":"0-4294967295"}'),
  post("many lists", `{"seeds":"${"0-63,".repeat(800)}0"}`),
  post("too many steps", '{"steps":10000}'),
  post("no number", '{"cfg":"3"}'),
  post("a number without end", '{"cfg":1e999}'),
  post("images in one file", '{"count":2}', { head: "Accept: image/png\r\n" }),
  post("no type", "{}", { head: "Accept: text/html\r\n", status: 406 }),
];

/** A body that never comes, which takes ten seconds to refuse. */
export const SLOW_BODY = post("a slow body", "{", { length: 9, status: 408 });
