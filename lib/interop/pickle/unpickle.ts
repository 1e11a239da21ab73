import type { Fail } from "../checkpoint_error.ts";
import { PICKLE_LIMITS } from "./limits.ts";
import { Machine } from "./machine.ts";
import { OPCODES, REFUSED_OPCODES } from "./opcodes.ts";
import {
  PickleDict,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
  type StorageReference,
} from "./values.ts";

/**
 * Reads a pickle as data. Names stand for themselves; the few that weights
 * need make data of this program, all others are refused, and nothing runs.
 *
 * @param fail makes the error of the file
 * @throws {CheckpointError} where it is malformed, holds a cycle, or asks for
 *   more than weights need
 */
export function unpickle(bytes: Uint8Array, fail: Fail): PickleValue {
  const found = unpickleNext(bytes, fail);
  const left = bytes.length - found.bytes;
  if (left === 0) return found.value;
  throw fail(`its pickle is refused: ${left} bytes follow it`);
}

/** One of several pickles that follow each other. */
export interface Unpickled {
  readonly value: PickleValue;
  /** Storages that it refers to, in order; one may be there several times. */
  readonly storages: readonly StorageReference[];
  /** Bytes that it takes. */
  readonly bytes: number;
}

/**
 * Reads the pickle at the start of some bytes, as `unpickle` does.
 *
 * @throws {CheckpointError} where it is malformed, holds a cycle, or asks for
 *   more than weights need
 */
export function unpickleNext(bytes: Uint8Array, fail: Fail): Unpickled {
  const inPickle: Fail = (detail) => fail(`its pickle is refused: ${detail}`);
  if (bytes.length > PICKLE_LIMITS.pickleBytes) {
    throw inPickle(
      `it has ${bytes.length} bytes, expected at most ` +
        `${PICKLE_LIMITS.pickleBytes}`,
    );
  }
  const machine = new Machine(bytes, inPickle);
  while (!machine.stopped) {
    const code = machine.opcode();
    const opcode = OPCODES[code];
    if (opcode === undefined) throw unknown(machine, code);
    if (machine.opcodeAt === 0 && opcode.name !== "PROTO") {
      throw machine.fail("it does not begin with its protocol");
    }
    opcode.run(machine);
  }
  const value = machine.result();
  refuseCycles(value, inPickle);
  const { storages, left } = machine;
  return { value, storages, bytes: bytes.length - left };
}

function unknown(machine: Machine, code: number) {
  const name = REFUSED_OPCODES[code];
  const hex = `0x${code.toString(16).padStart(2, "0")}`;
  return machine.fail(
    name === undefined
      ? `it has the opcode ${hex}, which is none of the protocols 2 to 5`
      : `it has the opcode ${name} (${hex}), which weights do not need`,
  );
}

/** Refuses a container that holds itself, and nesting that no checkpoint has. */
function refuseCycles(root: PickleValue, fail: Fail): void {
  const open = new Set<PickleValue>();
  const done = new Set<PickleValue>();
  const path: { value: PickleValue; rest: Iterator<PickleValue> }[] = [];
  function enter(value: PickleValue): void {
    const items = itemsOf(value);
    if (items === undefined || done.has(value)) return;
    if (open.has(value)) throw fail("a container holds itself");
    if (open.size >= PICKLE_LIMITS.depth) {
      throw fail(`containers lie deeper than ${PICKLE_LIMITS.depth}`);
    }
    open.add(value);
    path.push({ value, rest: items[Symbol.iterator]() });
  }
  enter(root);
  while (path.length > 0) {
    const { value, rest } = path.at(-1)!;
    const next = rest.next();
    if (!next.done) {
      enter(next.value);
      continue;
    }
    path.pop();
    open.delete(value);
    done.add(value);
  }
}

function itemsOf(value: PickleValue): Iterable<PickleValue> | undefined {
  if (value instanceof PickleDict) return value.entries.values();
  if (value instanceof PickleObject) return [value.state];
  const list = value instanceof PickleList || value instanceof PickleTuple ||
    value instanceof PickleSet;
  return list ? value.items : undefined;
}
