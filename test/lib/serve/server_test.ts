import assert from "node:assert/strict";
import {
  EventStream,
  HttpError,
  jsonAnswer,
  type Route,
} from "../../../lib/serve/mod.ts";
import { rawAnswer, startServer } from "./_server.ts";

/** Routes that answer at once, late, never, wrongly. */
function routes(path: string): Route | undefined {
  const table: Readonly<Record<string, Route>> = {
    "/open": {
      methods: { GET: () => jsonAnswer({ open: true }) },
      isOpen: true,
    },
    "/": { methods: { GET: ({ url }) => jsonAnswer({ path: url.pathname }) } },
    "/wait": {
      methods: {
        async GET({ signal, note }) {
          note({ waits: true });
          await new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          });
          return jsonAnswer({});
        },
      },
    },
    "/events": {
      methods: {
        GET({ signal }) {
          const events = new EventStream();
          events.send("first", 1);
          signal.addEventListener("abort", () => events.end());
          return { body: events };
        },
      },
    },
    "/bug": {
      methods: {
        GET() {
          throw new Error("A bug");
        },
      },
    },
    "/teapot": {
      methods: {
        POST() {
          throw new HttpError("No coffee", { status: 418 });
        },
      },
    },
  };
  return Object.hasOwn(table, path) ? table[path] : undefined;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(condition());
}

Deno.test("a server answers by its routes, and refuses in JSON", async () => {
  const server = await startServer({ routes });
  const answers: readonly (readonly [string, RequestInit, number, RegExp])[] = [
    ["/?token=x", {}, 200, /^\{"path":"\/"\}\n$/],
    ["/", { method: "HEAD" }, 200, /^$/],
    ["/nowhere", {}, 404, /nothing at this path/],
    ["/__proto__", {}, 404, /nothing at this path/],
    ["/", { method: "POST" }, 405, /expected GET, HEAD/],
    ["/teapot", { method: "PUT" }, 405, /expected POST/],
    ["/teapot", { method: "POST" }, 418, /^\{"error":"No coffee"\}\n$/],
    ["/bug", {}, 500, /Internal error/],
  ];
  for (const [path, init, status, text] of answers) {
    const response = await fetch(server.url + path, init);
    assert.equal(response.status, status, path);
    assert.match(await response.text(), text);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    const cors = response.headers.get("access-control-allow-origin");
    assert.equal(cors, null);
  }
  await server.stop();
  assert.deepEqual(server.bugs.map(String), ["Error: A bug"]);
  assert.deepEqual(server.records.map(({ status }) => status), [
    ...answers.map(([, , status]) => status),
  ]);
  // Tokens stand in queries, which are not logged.
  assert.equal(server.records[0]!.path, "/");
});

Deno.test("a server with a token shows nothing without it but what is open", async () => {
  const token = "a-token-of-letters";
  const server = await startServer({ routes, token });
  async function statusOf(path: string, init: RequestInit = {}) {
    const response = await fetch(server.url + path, {
      redirect: "manual",
      ...init,
    });
    await response.body?.cancel();
    return response;
  }
  for (const path of ["/", "/nowhere", "/bug", "/?token=wrong"]) {
    const { status, headers } = await statusOf(path);
    assert.equal(status, 401, path);
    assert.equal(headers.get("www-authenticate"), "Bearer");
  }
  assert.equal((await statusOf("/open")).status, 200);
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await statusOf("/", { headers })).status, 200);
  const link = await statusOf(`/?token=${token}`);
  assert.equal(link.status, 303);
  assert.equal(link.headers.get("location"), "/");
  const cookie = link.headers.get("set-cookie")!.split(";")[0]!;
  assert.equal((await statusOf("/", { headers: { cookie } })).status, 200);
  await server.stop();
});

Deno.test("a server refuses other names, other origins and paths that lead away", async () => {
  const server = await startServer({ routes });
  const cases: readonly (readonly [string, number])[] = [
    ["GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421],
    ["GET / HTTP/1.0\r\n\r\n", 421],
    ["GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://x\r\n\r\n", 403],
    ["GET http://evil/open HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 200],
    ["GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404],
    ["GET //etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404],
    ["GET /%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404],
    ["GET / HTTP/9\r\n\r\n", 400],
  ];
  for (const [text, status] of cases) {
    const answer = await rawAnswer(server.port, text);
    assert.match(answer, new RegExp(`^HTTP/1.[01] ${status} `), text);
  }
  await server.stop();
  assert.deepEqual(server.bugs, []);
});

Deno.test("a server tells its work when a client leaves, and logs it", async () => {
  const server = await startServer({ routes });
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = fetch(`${server.url}/wait`, { signal });
  await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort();
  await assert.rejects(waiting);
  await until(() => server.records.length === 1);
  const [{ status, facts }] = server.records as [typeof server.records[0]];
  assert.equal(status, 499);
  assert.deepEqual(facts, { waits: true });
  const events = await fetch(`${server.url}/events`);
  const reader = events.body!.getReader();
  await reader.read();
  await reader.cancel();
  await until(() => server.records.length === 2);
  assert.deepEqual(server.records[1]!.facts, { ended: "left" });
  await server.stop();
  assert.deepEqual(server.bugs, []);
});

Deno.test("a server turns away more requests than it takes at once", async () => {
  const server = await startServer({ routes, mostCalls: 1 });
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = fetch(`${server.url}/wait`, { signal });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { status, headers, body } = await fetch(`${server.url}/open`);
  await body?.cancel();
  assert.equal(status, 503);
  assert.equal(headers.get("retry-after"), "1");
  controller.abort();
  await assert.rejects(waiting);
  await until(() => server.records.length === 2);
  const again = await fetch(`${server.url}/open`);
  assert.equal(again.status, 200);
  await again.body?.cancel();
  await server.stop();
});

Deno.test("a server ends within five seconds, whatever runs", async () => {
  const server = await startServer({ routes });
  const waiting = fetch(`${server.url}/wait`);
  const events = await fetch(`${server.url}/events`);
  const half = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await half.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHo"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const start = performance.now();
  await server.stop();
  const seconds = (performance.now() - start) / 1000;
  assert.ok(seconds < 5, `${seconds} s`);
  assert.ok(seconds >= 3, `${seconds} s: running requests may end`);
  assert.equal((await waiting).status, 503);
  await (await waiting).body?.cancel();
  await events.body?.cancel().catch(() => {});
  half.close();
});

Deno.test("a server says why it cannot listen", async () => {
  const server = await startServer({ routes });
  await assert.rejects(startServer({ routes, port: server.port }), {
    name: "UserError",
    message: /another program has the port \(--port 0 takes a free one\)$/,
  });
  await server.stop();
  await assert.rejects(startServer({ routes, hostname: "192.0.2.1" }), {
    name: "UserError",
    message: /this machine has no such address$/,
  });
});
