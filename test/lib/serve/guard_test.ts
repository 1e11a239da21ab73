import assert from "node:assert/strict";
import { Guard } from "../../../lib/serve/guard.ts";

const TOKEN = "0123456789abcdef";
const NAMES = ["localhost", "127.0.0.1", "[::1]"];

function request(headers: Readonly<Record<string, string>>): Request {
  return new Request("http://localhost/", { headers });
}

function assertStatus(run: () => void, status: number | undefined): void {
  if (status === undefined) run();
  else assert.throws(run, { name: "HttpError", status });
}

/** Headers, and the status of who is refused. */
const ORIGINS: readonly (readonly [
  Readonly<Record<string, string>>,
  number | undefined,
])[] = [
  [{ host: "localhost:8080" }, undefined],
  [{ host: "LocalHost" }, undefined],
  [{ host: "127.0.0.1:1" }, undefined],
  [{ host: "[::1]:8080" }, undefined],
  [{}, 421],
  [{ host: "evil.example" }, 421],
  [{ host: "localhost.evil.example" }, 421],
  [{ host: "localhost@evil" }, 421],
  [{ host: "localhost:80:80" }, 421],
  [{ host: "[" }, 421],
  [{ host: "localhost:1", origin: "http://localhost:1" }, undefined],
  [{ host: "localhost:1", origin: "https://localhost:1" }, undefined],
  [{ host: "localhost:1", origin: "http://localhost:2" }, 403],
  [{ host: "localhost", origin: "http://evil.example" }, 403],
  [{ host: "localhost", origin: "null" }, 403],
];

for (const [headers, status] of ORIGINS) {
  Deno.test(`a guard gives ${JSON.stringify(headers)} ${status}`, () => {
    const guard = new Guard({ names: NAMES });
    assertStatus(() => guard.checkOrigin(request(headers)), status);
  });
}

Deno.test("a guard without names takes any, but one it must be", () => {
  const guard = new Guard({});
  guard.checkOrigin(request({ host: "sampler.example:80" }));
  assertStatus(() => guard.checkOrigin(request({})), 421);
});

Deno.test("a guard without a token asks for none and gives no cookie", () => {
  const guard = new Guard({});
  guard.checkToken(request({}));
  assert.equal(guard.cookieFor(TOKEN), undefined);
});

Deno.test("a guard takes its token from a header or a cookie, and no other", () => {
  const guard = new Guard({ token: TOKEN });
  const cookie = guard.cookieFor(TOKEN)!;
  assert.match(cookie, /; HttpOnly; SameSite=Strict; Path=\/$/);
  const pair = cookie.split(";")[0]!;
  guard.checkToken(request({ authorization: `Bearer ${TOKEN}` }));
  guard.checkToken(request({ authorization: `bearer  ${TOKEN}` }));
  guard.checkToken(request({ cookie: `a=b; ${pair}` }));
  assert.equal(guard.cookieFor(`${TOKEN}0`), undefined);
  const refused: Readonly<Record<string, string>>[] = [
    {},
    { authorization: TOKEN },
    { authorization: "Bearer " },
    { authorization: `Bearer ${TOKEN}0` },
    { authorization: `Basic ${TOKEN}` },
    { cookie: `${pair}0` },
    { cookie: `x${pair}` },
    { cookie: "spherear-token=%" },
    // A header decides before a cookie.
    { authorization: "Bearer wrong", cookie: pair },
  ];
  for (const headers of refused) {
    assertStatus(() => guard.checkToken(request(headers)), 401);
  }
});
