import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { hubUrl, parseHubWord } from "../../../lib/remote/hub.ts";

const HUB = "https://hub.example";

Deno.test("hubUrl() is where the Hub has what a word says", () => {
  const urls: [string, string][] = [
    ["hf:us/models/m.pt", `${HUB}/us/models/resolve/main/m.pt`],
    [
      "hf:us/models@v1.2/a/b_c-d.pt",
      `${HUB}/us/models/resolve/v1.2/a/b_c-d.pt`,
    ],
    [
      "hf:us/models@refs%2Fpr%2F1/m.pt",
      `${HUB}/us/models/resolve/refs%2Fpr%2F1/m.pt`,
    ],
  ];
  for (const [word, url] of urls) {
    assert.equal(hubUrl(parseHubWord(word), HUB), url);
  }
});

for (
  const word of [
    "hf:",
    "hf:m.pt",
    "hf:us/models",
    "hf:us/models/",
    "hf:us/models/../m.pt",
    "hf:us/models/.m.pt",
    "hf:us/..@main/m.pt",
    "hf:us/models@/m.pt",
    "hf:us/models@a%2F/m.pt",
    "hf:us/models@a%2F..%2Fb/m.pt",
    "hf:us/models@%2Fa/m.pt",
    "hf:us/mod%2Fels@a/m.pt",
    "hf:us/models@a@b/m.pt",
    "hf:us/models/a//m.pt",
    "hf:/us/models/m.pt",
    "hf:us/models/a:b.pt",
    "hf:us/models/a\\b.pt",
    "hf:us/models/m.pt?download=1",
    "hf:us/models/m%2ept",
    "hf:us/models/a b.pt",
  ]
) {
  Deno.test(`parseHubWord() refuses ${JSON.stringify(word)}`, () => {
    assert.throws(() => parseHubWord(word), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.startsWith(`Cannot use "${word}": expected hf:`));
      return true;
    });
  });
}
