import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { accessOf, mayFollow } from "../../../lib/remote/access.ts";

function access(environment: Readonly<Record<string, string>>) {
  return accessOf((name) => environment[name]);
}

Deno.test("accessOf() asks the Hub without a token unless told otherwise", () => {
  const endpoint = "https://huggingface.co";
  assert.deepEqual(access({}), { endpoint, token: undefined });
  const empty = { HF_ENDPOINT: "", HF_TOKEN: "" };
  assert.deepEqual(access(empty), { endpoint, token: undefined });
  const given = { HF_ENDPOINT: "https://mirror.example/hub/", HF_TOKEN: "t\n" };
  assert.deepEqual(access(given), {
    endpoint: "https://mirror.example/hub",
    token: "t",
  });
});

for (
  const environment of [
    { HF_ENDPOINT: "http://mirror.example" },
    { HF_ENDPOINT: "mirror.example" },
    { HF_ENDPOINT: "ftp://127.0.0.1" },
    { HF_TOKEN: "two words" },
    { HF_TOKEN: "a\nx-other: b" },
  ]
) {
  const [[name, value]] = Object.entries(environment) as [[string, string]];
  Deno.test(`accessOf() refuses ${name} ${JSON.stringify(value)}`, () => {
    assert.throws(() => access({ [name]: value }), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.startsWith(`${name}: expected`));
      return true;
    });
  });
}

Deno.test("mayFollow() leads to https, and on one's own machine to itself", () => {
  const follows: [string, string, boolean][] = [
    ["https://a.example", "https://b.example", true],
    ["https://a.example", "http://a.example", false],
    ["https://a.example", "http://127.0.0.1", false],
    ["http://127.0.0.1:1", "http://127.0.0.1:2", true],
    ["http://127.0.0.1:1", "http://localhost:1", false],
    ["http://127.0.0.1:1", "https://a.example", true],
    ["http://localhost", "http://localhost.example", false],
    ["https://a.example", "data:,", false],
  ];
  for (const [from, to, expected] of follows) {
    const found = mayFollow(new URL(from), new URL(to));
    assert.equal(found, expected, `${from} to ${to}`);
  }
});
