import assert from "node:assert/strict";
import { PICKLE_LIMITS } from "../../../../lib/interop/pickle/limits.ts";
import { unpickle } from "../../../../lib/interop/pickle/unpickle.ts";
import type {
  PickleTuple,
  PickleValue,
} from "../../../../lib/interop/pickle/values.ts";
import { assemble, global, int, little, text, tuple } from "../_archives.ts";
import { assertRefused, failure } from "../_refusals.ts";

function read(bytes: Uint8Array): PickleValue {
  return unpickle(bytes, failure);
}

const NAMESPACE = global("argparse", "Namespace");
const ORDERED = global("collections", "OrderedDict");

/** Pickles that would run something, by what Python would do. */
const HOSTILE: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "calls os.system": [
    assemble(global("os", "system"), tuple(text("echo hacked")), "R"),
    /asks for "os\.system", .*; nothing was run$/,
  ],
  "calls posix.system by STACK_GLOBAL": [
    assemble(text("posix"), text("system"), 0x93, tuple(text("id")), "R"),
    /asks for "posix\.system"/,
  ],
  "calls builtins.eval": [
    assemble(global("builtins", "eval"), tuple(text("1")), "R"),
    /asks for "builtins\.eval"/,
  ],
  "calls getattr of protocol 2": [
    assemble(global("__builtin__", "getattr"), tuple(), "R"),
    /asks for "__builtin__\.getattr"/,
  ],
  "makes os.system by INST": [
    assemble("(", text("id"), "ios\nsystem\n"),
    /asks for "os\.system"/,
  ],
  "makes a namespace by INST": [
    assemble("(iargparse\nNamespace\n"),
    /makes argparse\.Namespace by the opcode INST/,
  ],
  "makes something by OBJ": [
    assemble("(", NAMESPACE, "o"),
    /opcode OBJ \(0x6f\)/,
  ],
  "makes something by NEWOBJ_EX": [
    assemble(NAMESPACE, ")}", 0x92),
    /opcode NEWOBJ_EX/,
  ],
  "loads bytes as another pickle": [
    assemble(global("torch.storage", "_load_from_bytes"), tuple(), "R"),
    /asks for "torch\.storage\._load_from_bytes"/,
  ],
  "uses a code of the extension registry": [
    assemble(0x82, 1),
    /opcode EXT1/,
  ],
  "uses an attribute of a name on the list": [
    assemble(global("argparse", "Namespace.__init__.__globals__")),
    /asks for "argparse\.Namespace\.__init__/,
  ],
  "uses a name of our own objects": [
    assemble(global("constructor", "constructor")),
    /asks for "constructor\.constructor"/,
  ],
  "calls what it made": [
    assemble(text("system"), tuple(), "R"),
    /calls a string, which cannot be called/,
  ],
  "calls a storage class": [
    assemble(global("torch", "FloatStorage"), tuple(int(9)), "R"),
    /calls torch\.FloatStorage, which cannot be called/,
  ],
  "makes a function as if it were a class": [
    assemble(global("torch._utils", "_rebuild_tensor_v2"), tuple(), 0x81),
    /calls torch\._utils\._rebuild_tensor_v2, which cannot/,
  ],
  "builds a name": [
    assemble(NAMESPACE, "}b"),
    /builds argparse\.Namespace, expected a namespace/,
  ],
  "builds a tuple of slots": [
    assemble(NAMESPACE, ")", 0x81, tuple([0x4e], [0x7d]), "b"),
    /builds from a tuple, expected a dictionary/,
  ],
  "uses a buffer out of band": [assemble(0x97), /opcode NEXT_BUFFER/],
  "uses the persistent ids of protocol 0": [
    assemble("Pabc\n"),
    /opcode PERSID/,
  ],
};

for (const [what, [bytes, reason]] of Object.entries(HOSTILE)) {
  Deno.test(`unpickle() refuses a pickle that ${what}`, async () => {
    await assertRefused(() => read(bytes), reason);
  });
}

/** Pickles that are malformed or ask for too much. */
const MALFORMED: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "is empty": [Uint8Array.of(), /at byte 0: it ends inside a value/],
  "begins with no protocol": [
    Uint8Array.of(0x4e, 0x2e),
    /does not begin with its protocol/,
  ],
  "has protocol 0": [Uint8Array.of(0x80, 0, 0x4e, 0x2e), /has protocol 0/],
  "has protocol 6": [Uint8Array.of(0x80, 6, 0x4e, 0x2e), /has protocol 6/],
  "changes its protocol": [assemble("N", 0x80, 4), /has protocol 4/],
  "has an unknown opcode": [assemble(0xff), /opcode 0xff, which is none/],
  "ends early": [Uint8Array.of(0x80, 2, 0x4e), /ends inside a value/],
  "goes on behind its end": [assemble("N.N"), /2 bytes follow it/],
  "leaves two values": [assemble("NN"), /stops with 2 values/],
  "leaves a mark": [assemble("N("), /stops with 1 values/],
  "takes from an empty stack": [assemble("0"), /from an empty stack/],
  "takes from below a mark": [assemble("N(", 0x85), /from an empty stack/],
  "closes a mark twice": [assemble("(tt"), /mark that is not open/],
  "uses an unset memo": [assemble("h", 7), /number 7 of its memo/],
  "appends to a dictionary": [assemble("}Na"), /appends to a dictionary/],
  "sets items of a list": [assemble("]NNs"), /sets 2 .* of a list/],
  "sets half an item": [assemble("}(Nu"), /sets 1 keys and values/],
  "has a list as a key": [assemble("}]Ns"), /has a list as a key/],
  "adds to a list": [assemble("](N", 0x90), /adds items to a list/],
  "has a frame past its end": [
    assemble(0x95, little(99, 8), "N"),
    /frame of 99/,
  ],
  "has a text past its end": [assemble("X", little(99, 4)), /ends inside/],
  "has a text of 2 GiB": [
    assemble("X", little(2 ** 31, 4)),
    /too many bytes in one value/,
  ],
  "has a text of 2^64 bytes": [
    assemble(0x8d, [255, 255, 255, 255, 255, 255, 255, 255]),
    /too many bytes in one value/,
  ],
  "has text that is no UTF-8": [assemble("X", little(1, 4), 0xff), /not UTF-8/],
  "has a name without an end": [assemble("cos"), /a name without an end/],
  "has a number of 255 bytes": [assemble(0x8a, 255), /whole number of 255/],
  "has bytes that are no latin1": [
    assemble(
      global("_codecs", "encode"),
      tuple(text("€"), text("latin1")),
      "R",
    ),
    /not spelled as text in latin1/,
  ],
  "makes a storage of nothing": [assemble("NQ"), /a storage is not given as/],
  "makes a storage of an unknown class": [
    assemble(
      tuple(text("storage"), NAMESPACE, text("0"), text("cpu"), int(1)),
      "Q",
    ),
    /with a known class/,
  ],
  "makes a parameter of a text": [
    assemble(
      global("torch._utils", "_rebuild_parameter"),
      tuple(text("a"), [0x89], [0x4e]),
      "R",
    ),
    /a parameter is made of a string/,
  ],
  "makes a dictionary of numbers": [
    assemble(ORDERED, tuple([...int(1), 0x85]), "R"),
    /a dictionary is made of a number/,
  ],
};

for (const [what, [bytes, reason]] of Object.entries(MALFORMED)) {
  Deno.test(`unpickle() refuses a pickle that ${what}`, async () => {
    await assertRefused(() => read(bytes), reason);
  });
}

Deno.test("unpickle() refuses containers that hold themselves", async () => {
  const cycles = [
    assemble("]q", 0, "h", 0, "a"),
    assemble("}q", 0, text("a"), "h", 0, "s"),
    assemble("]q", 0, "(h", 0, "ta"),
    assemble(NAMESPACE, ")", 0x81, "q", 0, "}", text("a"), "h", 0, "sb"),
  ];
  for (const bytes of cycles) {
    await assertRefused(() => read(bytes), /a container holds itself/);
  }
});

Deno.test("unpickle() refuses what passes its limits", async () => {
  const many = (bytes: readonly number[], count: number) =>
    Array.from({ length: count }, () => bytes).flat();
  const { depth, stack, marks } = PICKLE_LIMITS;
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [
      assemble(many([0x5d], depth + 1), many([0x61], depth)),
      /containers lie deeper than 64/,
    ],
    [assemble(many([0x4e], stack + 1)), /too many values on its stack/],
    [assemble(many([0x28], marks + 1)), /too many open marks/],
    // A list of 90,000 that is copied again and again.
    [
      assemble(
        "](",
        many([0x4e], 90_000),
        "e",
        0x85,
        "q",
        0,
        "0",
        many([...global("__builtin__", "set"), 0x68, 0, 0x52], 100),
      ),
      /too many values, expected at most/,
    ],
    [
      new Uint8Array(PICKLE_LIMITS.pickleBytes + 1),
      /has 16777217 bytes, expected at most 16777216/,
    ],
  ];
  for (const [bytes, reason] of cases) {
    await assertRefused(() => read(bytes), reason);
  }
});

Deno.test("unpickle() reads shared containers once, however often they occur", () => {
  // Each list holds the one before it twice: 2^40 leaves if it were a tree.
  const levels = Array.from({ length: 40 }, (_, i) => [
    ...[0x5d, 0x71, i + 1, 0x28, 0x68, i, 0x68, i, 0x65],
  ]);
  const bytes = assemble("(]q", 0, levels.flat(), "t");
  assert.equal((read(bytes) as PickleTuple).items.length, 41);
});
