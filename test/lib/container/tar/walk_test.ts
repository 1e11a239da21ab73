import assert from "node:assert/strict";
import { memorySource } from "../../../../lib/artifact/mod.ts";
import {
  SkipLog,
  type TarMember,
  walkTar,
} from "../../../../lib/container/mod.ts";
import { paxOf, tarOf, type TestMember } from "../_tars.ts";

interface Walked {
  readonly members: readonly TarMember[];
  readonly skipped: string | undefined;
}

async function walk(bytes: Uint8Array<ArrayBuffer>): Promise<Walked> {
  const members: TarMember[] = [];
  const log = new SkipLog();
  await walkTar(memorySource("a.tar", bytes), {
    isInner: (name) => name.endsWith(".tar"),
    member: (member) => members.push(member),
    skipped: (name, reason) => log.add(name, reason),
  });
  return { members, skipped: log.text() };
}

async function namesIn(members: readonly TestMember[]): Promise<string[]> {
  return (await walk(tarOf(members))).members.map(({ name }) => name);
}

Deno.test("walkTar() finds the data of files of every sort of header", async () => {
  const long = `${"x".repeat(150)}/${"y".repeat(120)}`;
  const bytes = tarOf([
    { name: "dir/", type: "5" },
    { name: "./dir/a", data: "first" },
    { name: "b", data: "", magic: "none", type: "\x00" },
    { name: "c", prefix: "deep/er", data: "c".repeat(600) },
    { name: "c", prefix: "no name of GNU's", data: "gnu", magic: "gnu" },
    { name: "././@LongLink", type: "L", data: `${long}\x00`, magic: "gnu" },
    { name: "cut", data: "long" },
    paxOf({ path: "päx", mtime: "1.5", "LIBARCHIVE.xattr.x": "a=b\nc" }),
    { name: "other", data: "pax" },
    { name: "global", type: "g", data: "whatever" },
    { name: "big", data: "base 256", base256: true },
    { name: "last", type: "7", data: "contiguous" },
  ]);
  const { members, skipped } = await walk(bytes);
  assert.equal(skipped, undefined);
  const found = members.map(({ name, offset, length }) => [
    name,
    new TextDecoder().decode(bytes.subarray(offset, offset + length)),
  ]);
  assert.deepEqual(found, [
    ["dir/a", "first"],
    ["b", ""],
    ["deep/er/c", "c".repeat(600)],
    ["c", "gnu"],
    [long, "long"],
    ["päx", "pax"],
    ["big", "base 256"],
    ["last", "contiguous"],
  ]);
});

Deno.test("walkTar() reads archives in an archive where they lie, one level deep", async () => {
  const deepest = tarOf([{ name: "z", data: "zz" }]);
  const inner = tarOf([{ name: "a", data: "aa" }, {
    name: "more.tar",
    data: deepest,
  }]);
  const bytes = tarOf([
    { name: "one.tar", data: inner },
    { name: "b", data: "b" },
    { name: "two.tar", data: tarOf([{ name: "a", data: "other" }]) },
  ]);
  const { members } = await walk(bytes);
  const found = members.map(({ name, inner, offset }) => [
    inner,
    name,
    String.fromCharCode(bytes[offset]!),
  ]);
  assert.deepEqual(found, [
    [undefined, "b", "b"],
    ["one.tar", "a", "a"],
    ["one.tar", "more.tar", "z"],
    ["two.tar", "a", "o"],
  ]);
});

Deno.test("walkTar() takes the size of a pax header for the header's own", async () => {
  const names = await namesIn([
    paxOf({ size: "600" }),
    { name: "a", data: "a".repeat(600), size: 0 },
    { name: "b" },
  ]);
  assert.deepEqual(names, ["a", "b"]);
});

Deno.test("walkTar() leaves out by name what is no file or leads out", async () => {
  const { members, skipped } = await walk(tarOf([
    { name: "/etc/passwd", data: "x" },
    { name: "a/../../b", data: "x" },
    { name: "..", data: "x" },
    { name: "a\\b", data: "x" },
    { name: "bell\x07", data: "x" },
    { name: "link", type: "2", size: 4096 },
    { name: "hard", type: "1" },
    { name: "null", type: "3" },
    { name: "pipe", type: "6" },
    { name: "hole", type: "S" },
    { name: "odd", type: "V", data: "volume" },
    paxOf({ "GNU.sparse.major": "1" }),
    { name: "hole2", data: "map" },
    { name: "same", data: "1" },
    { name: "./same", data: "2" },
    { name: "good" },
  ]));
  assert.deepEqual(members.map(({ name }) => name), ["same", "good"]);
  assert.match(
    skipped!,
    /^5 x name that leads out .* \("\/etc\/passwd", .*…\)/,
  );
  for (
    const part of [
      '2 x link ("link", "hard")',
      '1 x device ("null")',
      '1 x pipe ("pipe")',
      '2 x sparse file ("hole", "hole2")',
      '1 x unknown type ("odd")',
      '1 x second file of one name ("./same")',
    ]
  ) assert.ok(skipped!.includes(part), part);
});

/** Archives that are refused whole, with what is said. */
const REFUSED: readonly (readonly [string, Uint8Array<ArrayBuffer>, RegExp])[] =
  [
    [
      "nothing",
      new Uint8Array(),
      /"a\.tar": it ends at byte 0 without its end/,
    ],
    ["text", new Uint8Array(2048).fill(65), /header .* at byte 0, found none$/],
    [
      "gzip",
      new Uint8Array([0x1f, 0x8b, ...new Uint8Array(1024)]),
      /compressed \(gzip\): unpack it first$/,
    ],
    [
      "gzip inside",
      tarOf([{ name: "x.tar", data: "\x1f\x8b".padEnd(512) }]),
      /"x\.tar" of "a\.tar": expected the header/,
    ],
    [
      "a wrong checksum",
      tarOf([{ name: "a" }, { name: "b", checksum: 7 }]),
      /header .* at byte 512, found none$/,
    ],
    [
      "data past the end",
      tarOf([{ name: "a", data: "x", size: 5000 }]),
      /at most 1536 bytes of "a" at byte 512, found a size of 5000$/,
    ],
    [
      "data past the end of an inner archive",
      tarOf([
        { name: "x.tar", data: tarOf([{ name: "a", data: "x", size: 5000 }]) },
        { name: "b", data: "b".repeat(9000) },
      ]),
      /"x\.tar" of "a\.tar": expected at most 1536 bytes of "a" at byte 1024/,
    ],
    [
      "a size beyond numbers",
      tarOf([{ name: "a", size: 2 ** 60, base256: true }]),
      /bytes of "a" at byte 512, found no size$/,
    ],
    [
      "a pax size that is none",
      tarOf([paxOf({ size: "-1" }), { name: "a", data: "x" }]),
      /bytes of "a" at byte 1536, found no size$/,
    ],
    [
      "a huge pax size",
      tarOf([paxOf({ size: "9007199254740993" }), { name: "a", data: "x" }]),
      /"a" at byte 1536, found a size of 9007199254740992$/,
    ],
    [
      "a malformed pax header",
      tarOf([{ name: "x", type: "x", data: "99 path=a\n" }, { name: "a" }]),
      /extended header at byte 512 is malformed$/,
    ],
    [
      "a name without end",
      tarOf([{ name: "L", type: "L", data: "x".repeat(70_000) }]),
      /at most 65536 bytes of a name .*, found 70000$/,
    ],
    [
      "no end mark",
      tarOf([{ name: "a", data: "x" }], { endMark: false }),
      /ends at byte 1024 without its end mark: it is cut$/,
    ],
  ];

for (const [what, bytes, message] of REFUSED) {
  Deno.test(`walkTar() refuses ${what}`, () =>
    assert.rejects(walk(bytes), { name: "UserError", message }));
}

Deno.test("walkTar() refuses an archive that is cut anywhere", async () => {
  const inner = tarOf([{ name: "a", data: "aa" }]);
  const whole = tarOf([{ name: "x.tar", data: inner }, {
    name: "b",
    data: "b",
  }]);
  // Behind the last file stands the mark, of which one block is enough.
  for (let cut = 0; cut < whole.length - 512; cut += 100) {
    await assert.rejects(walk(whole.slice(0, cut)), { name: "UserError" });
  }
});
