import assert from "node:assert/strict";
import { memorySource } from "../../../../lib/artifact/mod.ts";
import { ZipArchive } from "../../../../lib/interop/zip/archive.ts";
import { little, type TestEntry, zipOf } from "../_archives.ts";
import { assertRefused } from "../_refusals.ts";

const TEXT = "some bytes";

function open(bytes: Uint8Array<ArrayBuffer>): Promise<ZipArchive> {
  return ZipArchive.open(memorySource("test.pt", bytes));
}

async function contents(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Record<string, string>> {
  const zip = await open(bytes);
  const found: Record<string, string> = {};
  for (const [name, entry] of zip.entries) {
    found[name] = new TextDecoder().decode(await zip.read(entry));
  }
  return found;
}

Deno.test("ZipArchive reads stored entries, also with zip64 fields", async () => {
  const expected = { "a/b": TEXT, "a/empty": "", "a/.data/c": "x" };
  for (const zip64 of [false, true]) {
    const entries = Object.entries(expected)
      .map(([name, data]) => ({ name, data, zip64 }));
    assert.deepEqual(await contents(zipOf(entries)), expected);
  }
});

Deno.test("ZipArchive reads ranges of an entry", async () => {
  const zip = await open(zipOf([{ name: "a/b", data: TEXT }]));
  const bytes = await zip.read(zip.entries.get("a/b")!, { at: 5, length: 3 });
  assert.equal(new TextDecoder().decode(bytes), "byt");
  await assertRefused(
    () => zip.read(zip.entries.get("a/b")!, { at: 8, length: 3 }),
    /bytes 8 to 11 of entry "a\/b" are not there, it has 10/,
  );
});

Deno.test("ZipArchive finds the end record behind a comment", async () => {
  const bytes = [...zipOf([{ name: "a/b", data: TEXT }])];
  bytes.splice(-2, 2, 3, 0, 1, 2, 3);
  assert.deepEqual(await contents(Uint8Array.from(bytes)), { "a/b": TEXT });
});

Deno.test("ZipArchive refuses names that could lead outside a folder", async () => {
  const names = [
    "../etc/passwd",
    "a/../../b",
    "/etc/passwd",
    "a//b",
    "a/./b",
    "a\\b",
    "C:/b",
    "a/\u0000b",
    "a/\nb",
    "",
    "a/".repeat(600),
  ];
  for (const name of names) {
    await assertRefused(
      () => open(zipOf([{ name, data: TEXT }])),
      /has a name that could lead outside its folder/,
    );
  }
});

const BAD: Readonly<Record<string, readonly [readonly TestEntry[], RegExp]>> = {
  "is compressed": [
    [{ name: "a/b", data: TEXT, method: 8 }],
    /"a\/b" is compressed \(method 8\)/,
  ],
  "is a bomb": [
    [{ name: "a/b", data: TEXT, method: 8, size: 2 ** 32 - 2 }],
    /is compressed/,
  ],
  "is encrypted": [[{ name: "a/b", data: TEXT, flags: 1 }], /is encrypted/],
  "occurs twice": [
    [{ name: "a/b", data: TEXT }, { name: "a/b", data: TEXT }],
    /"a\/b" occurs twice/,
  ],
  "shares bytes with another": [
    [
      { name: "a/b", data: TEXT, size: 60 },
      { name: "a/c", data: TEXT.repeat(9) },
    ],
    /"a\/b", 60 bytes from byte 0, overlaps what begins at byte 43/,
  ],
  "lies at the place of another": [
    [{ name: "a/b", data: TEXT }, { name: "a/c", data: TEXT, headerAt: 0 }],
    /overlaps what begins at byte 0/,
  ],
  "is larger than the file": [
    [{ name: "a/b", data: TEXT, size: 2 ** 31 }],
    /2147483648 bytes from byte 0, overlaps/,
  ],
  "has 2^60 bytes": [
    [{ name: "a/b", data: TEXT, size: 2 ** 60, zip64: true }],
    /holds a size of 1152921504606846976 bytes/,
  ],
  "has two sizes": [
    [{ name: "a/b", data: TEXT, packed: 3 }],
    /is stored, yet has 3 bytes for 10/,
  ],
  "lies outside": [
    [{ name: "a/b", data: TEXT, headerAt: 900_000 }],
    /overlaps what begins/,
  ],
};

for (const [what, [entries, reason]] of Object.entries(BAD)) {
  Deno.test(`ZipArchive refuses an entry that ${what}`, async () => {
    await assertRefused(() => open(zipOf(entries)), reason);
  });
}

Deno.test("ZipArchive refuses an entry whose bytes or header differ", async () => {
  await assertRefused(
    () => contents(zipOf([{ name: "a/b", data: TEXT, crc: 5 }])),
    /"a\/b" is damaged: its checksum is [0-9a-f]+, expected 5/,
  );
  const names = ["a/c", "a/longer"];
  for (const localName of names) {
    await assertRefused(
      () => contents(zipOf([{ name: "a/b", data: TEXT, localName }])),
      /"a\/b" has no fitting header at byte 0/,
    );
  }
});

Deno.test("ZipArchive refuses every shorter file", async () => {
  const whole = zipOf([{ name: "a/b", data: TEXT }, { name: "a/c" }]);
  for (let length = 0; length < whole.length; length++) {
    await assertRefused(
      () => open(whole.slice(0, length)),
      /has no end record; the file may be cut short/,
    );
  }
});

Deno.test("ZipArchive refuses a directory that is elsewhere or too large", async () => {
  const whole = zipOf([{ name: "a/b", data: TEXT }]);
  const end = whole.length - 22;
  const cases: [at: number, value: number, width: number, reason: RegExp][] = [
    [10, 2, 2, /ends inside an entry/],
    [10, 0, 2, /has 49 bytes, its 0 entries take 0/],
    [12, 2 ** 32 - 2, 4, /4294967294 bytes from byte 43, lies outside/],
    [16, 42, 4, /no entry at its byte 0/],
    [4, 1, 2, /spread over several files/],
  ];
  for (const [at, value, width, reason] of cases) {
    const bytes = whole.slice();
    bytes.set(little(value, width), end + at);
    await assertRefused(() => open(bytes), reason);
  }
});

Deno.test("ZipArchive refuses zip64 records of huge counts or places", async () => {
  const whole = zipOf([{ name: "a/b", data: TEXT }]);
  const at = whole.length - 22;
  function withZip64(count: number, recordAt = at): Uint8Array<ArrayBuffer> {
    const record = [
      ...little(0x06064b50, 4),
      ...little(44, 8),
      ...little(45, 2),
      ...little(45, 2),
      ...little(0, 8),
      ...little(count, 8),
      ...little(count, 8),
      ...little(at - 43, 8),
      ...little(43, 8),
    ];
    const locator = [
      ...little(0x07064b50, 4),
      ...little(0, 4),
      ...little(recordAt, 8),
      ...little(1, 4),
    ];
    const head = [...whole.subarray(0, at), ...record, ...locator];
    return Uint8Array.from([...head, ...whole.subarray(at)]);
  }
  assert.deepEqual(await contents(withZip64(1)), { "a/b": TEXT });
  const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [withZip64(2 ** 40), /lists 1099511627776 entries in 49 bytes/],
    [withZip64(1, 2 ** 50), /zip64 end record lies outside the file/],
    [withZip64(1, 3), /zip64 end record is not where/],
  ];
  for (const [bytes, reason] of cases) {
    await assertRefused(() => open(bytes), reason);
  }
});
