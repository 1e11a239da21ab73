import assert from "node:assert/strict";
import {
  isRemoteWord,
  OFFICIAL,
  type Official,
  OFFICIAL_NAMES,
} from "../../../lib/official/mod.ts";
import { remoteFiles } from "../../../lib/remote/mod.ts";

const HUB = "https://hub.example";

const ENTRIES: readonly (readonly [string, Official])[] = Object.entries(
  OFFICIAL,
);

const FILES = ENTRIES.flatMap(([, { files }]) => files);

Deno.test("every official file has an address that is safe", () => {
  for (const name of OFFICIAL_NAMES) {
    for (const { url } of remoteFiles(name, HUB)) {
      assert.equal(new URL(url).protocol, "https:", url);
    }
  }
});

Deno.test("official files have whole digests, which their names agree with", () => {
  for (const { file, sha256 } of FILES) {
    if (sha256 !== undefined) assert.match(sha256, /^[0-9a-f]{64}$/, file);
    const named = /-([0-9a-f]{8})\.pth$/.exec(file)?.[1];
    if (named !== undefined) assert.ok(sha256?.startsWith(named), file);
  }
});

Deno.test("no two official files are kept in one place", () => {
  const places = OFFICIAL_NAMES.flatMap((name) =>
    remoteFiles(name, HUB).map(({ place }) => place)
  );
  assert.equal(new Set(places).size, FILES.length);
});

Deno.test("isRemoteWord() tells names of files from paths", () => {
  const words = ["vgg16-lpips", "hf:us/models/m.pt", "hf:"];
  const paths = [
    "./vgg16-lpips",
    "vgg16-lpips/",
    "m.pt",
    "toString",
    "hf",
    "-",
  ];
  for (const word of words) assert.ok(isRemoteWord(word), word);
  for (const path of paths) assert.ok(!isRemoteWord(path), path);
});
