import { callGlobal, globalOf, setItem, storageOf } from "./globals.ts";
import { PICKLE_LIMITS } from "./limits.ts";
import type { Machine } from "./machine.ts";
import {
  kindOf,
  PickleDict,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "./values.ts";

/** What an opcode does. */
export interface Opcode {
  readonly name: string;
  readonly run: (machine: Machine) => void;
}

/** Opcodes of the protocols 2 to 5 that plain data and tensors need, by code. */
export const OPCODES: Readonly<Record<number, Opcode>> = {
  0x80: { name: "PROTO", run: protocol },
  0x95: { name: "FRAME", run: frame },
  0x2e: { name: "STOP", run: (m) => void (m.stopped = true) },
  0x28: { name: "MARK", run: (m) => m.mark() },
  0x30: { name: "POP", run: (m) => void (m.atMark ? m.popMark() : m.pop()) },
  0x31: { name: "POP_MARK", run: (m) => void m.popMark() },
  0x32: { name: "DUP", run: (m) => m.push(m.top()) },

  0x4e: { name: "NONE", run: (m) => m.push(null) },
  0x88: { name: "NEWTRUE", run: (m) => m.push(true) },
  0x89: { name: "NEWFALSE", run: (m) => m.push(false) },
  0x4a: { name: "BININT", run: (m) => m.push(m.signed()) },
  0x4b: { name: "BININT1", run: (m) => m.push(m.unsigned(1)) },
  0x4d: { name: "BININT2", run: (m) => m.push(m.unsigned(2)) },
  0x8a: { name: "LONG1", run: (m) => m.push(integer(m, m.unsigned(1))) },
  0x8b: { name: "LONG4", run: (m) => m.push(integer(m, m.unsigned(4))) },
  0x47: { name: "BINFLOAT", run: (m) => m.push(m.float()) },

  0x58: { name: "BINUNICODE", run: (m) => m.push(m.text(m.unsigned(4))) },
  0x8c: { name: "SHORT_BINUNICODE", run: (m) => m.push(m.text(m.unsigned(1))) },
  0x8d: { name: "BINUNICODE8", run: (m) => m.push(m.text(m.unsigned(8))) },
  // How Python 2 spells text.
  0x55: { name: "SHORT_BINSTRING", run: (m) => m.push(m.text(m.unsigned(1))) },
  0x54: { name: "BINSTRING", run: (m) => m.push(m.text(m.unsigned(4))) },
  0x42: { name: "BINBYTES", run: (m) => m.push(m.take(m.unsigned(4))) },
  0x43: { name: "SHORT_BINBYTES", run: (m) => m.push(m.take(m.unsigned(1))) },
  0x8e: { name: "BINBYTES8", run: (m) => m.push(m.take(m.unsigned(8))) },
  0x96: { name: "BYTEARRAY8", run: (m) => m.push(m.take(m.unsigned(8))) },

  0x29: { name: "EMPTY_TUPLE", run: (m) => m.push(new PickleTuple([])) },
  0x74: { name: "TUPLE", run: (m) => m.push(new PickleTuple(m.popMark())) },
  0x85: { name: "TUPLE1", run: (m) => tuple(m, 1) },
  0x86: { name: "TUPLE2", run: (m) => tuple(m, 2) },
  0x87: { name: "TUPLE3", run: (m) => tuple(m, 3) },
  0x5d: { name: "EMPTY_LIST", run: (m) => m.push(new PickleList()) },
  0x61: { name: "APPEND", run: (m) => append(m, [m.pop()]) },
  0x65: { name: "APPENDS", run: (m) => append(m, m.popMark()) },
  0x7d: { name: "EMPTY_DICT", run: (m) => m.push(new PickleDict()) },
  0x73: { name: "SETITEM", run: (m) => setItems(m, popMany(m, 2)) },
  0x75: { name: "SETITEMS", run: (m) => setItems(m, m.popMark()) },
  0x8f: { name: "EMPTY_SET", run: (m) => m.push(new PickleSet()) },
  0x90: { name: "ADDITEMS", run: addItems },
  0x91: { name: "FROZENSET", run: frozenSet },

  0x71: { name: "BINPUT", run: (m) => m.put(m.unsigned(1)) },
  0x72: { name: "LONG_BINPUT", run: (m) => m.put(m.unsigned(4)) },
  0x94: { name: "MEMOIZE", run: (m) => m.put() },
  0x68: { name: "BINGET", run: (m) => m.get(m.unsigned(1)) },
  0x6a: { name: "LONG_BINGET", run: (m) => m.get(m.unsigned(4)) },

  0x63: { name: "GLOBAL", run: global },
  0x69: { name: "INST", run: instance },
  0x93: { name: "STACK_GLOBAL", run: stackGlobal },
  0x51: { name: "BINPERSID", run: storage },
  0x52: { name: "REDUCE", run: (m) => call(m, false) },
  0x81: { name: "NEWOBJ", run: (m) => call(m, true) },
  0x62: { name: "BUILD", run: build },
};

/** Names of opcodes that are refused, for messages. */
export const REFUSED_OPCODES: Readonly<Record<number, string>> = {
  0x6f: "OBJ",
  0x92: "NEWOBJ_EX",
  0x82: "EXT1",
  0x83: "EXT2",
  0x84: "EXT4",
  0x50: "PERSID",
  0x97: "NEXT_BUFFER",
  0x98: "READONLY_BUFFER",
  0x49: "INT",
  0x4c: "LONG",
  0x46: "FLOAT",
  0x53: "STRING",
  0x56: "UNICODE",
  0x6c: "LIST",
  0x64: "DICT",
  0x70: "PUT",
  0x67: "GET",
};

function storage(m: Machine): void {
  const reference = storageOf(m.pop(), m.fail);
  m.storages.push(reference);
  m.push(reference);
}

function protocol(m: Machine): void {
  const version = m.unsigned(1);
  if (m.opcodeAt === 0 && version >= 2 && version <= 5) return;
  throw m.fail(`it has protocol ${version}, expected 2 to 5 at its start`);
}

function frame(m: Machine): void {
  const bytes = m.unsigned(8);
  if (bytes <= m.left) return;
  throw m.fail(`it has a frame of ${bytes} bytes where ${m.left} are left`);
}

/** A whole number in two's complement, little-endian. */
function integer(m: Machine, count: number): number | bigint {
  if (count > PICKLE_LIMITS.integerBytes) {
    throw m.fail(`it holds a whole number of ${count} bytes`);
  }
  const bytes = m.take(count);
  let value = 0n;
  for (const byte of bytes.toReversed()) value = value << 8n | BigInt(byte);
  value = BigInt.asIntN(8 * Math.max(count, 1), value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function popMany(m: Machine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => m.pop()).reverse();
}

function tuple(m: Machine, count: number): void {
  m.push(new PickleTuple(popMany(m, count)));
}

function append(m: Machine, values: readonly PickleValue[]): void {
  const list = m.top();
  if (!(list instanceof PickleList)) {
    throw m.fail(`it appends to ${kindOf(list)}, expected a list`);
  }
  for (const value of values) list.items.push(value);
}

function setItems(m: Machine, values: readonly PickleValue[]): void {
  const dict = m.top();
  if (!(dict instanceof PickleDict) || values.length % 2 !== 0) {
    throw m.fail(
      `it sets ${values.length} keys and values of ${kindOf(dict)}, ` +
        "expected pairs and a dictionary",
    );
  }
  for (let i = 0; i < values.length; i += 2) {
    const [key, value] = [values[i]!, values[i + 1]!];
    setItem(dict, { key, value, fail: m.fail });
  }
}

function addItems(m: Machine): void {
  const values = m.popMark();
  const set = m.top();
  if (!(set instanceof PickleSet)) {
    throw m.fail(`it adds items to ${kindOf(set)}, expected a set`);
  }
  for (const value of values) set.items.push(value);
}

function frozenSet(m: Machine): void {
  const set = new PickleSet();
  for (const value of m.popMark()) set.items.push(value);
  m.push(set);
}

function global(m: Machine): void {
  const module = m.line();
  m.push(globalOf({ module, name: m.line() }, m.fail));
}

/** The spelling of a call that protocol 2 does not need; it says of what. */
function instance(m: Machine): void {
  const module = m.line();
  const { name } = globalOf({ module, name: m.line() }, m.fail);
  throw m.fail(
    `it makes ${name} by the opcode INST, which weights do not need`,
  );
}

function stackGlobal(m: Machine): void {
  const [module, name] = popMany(m, 2);
  if (typeof module !== "string" || typeof name !== "string") {
    throw m.fail(`it asks for a name made of ${kindOf(module)}`);
  }
  m.push(globalOf({ module, name }, m.fail));
}

function call(m: Machine, made: boolean): void {
  const [callee, args] = popMany(m, 2);
  const { fail, spend } = m;
  m.push(callGlobal(callee, args, { fail, spend, made }));
}

/**
 * Attributes of a namespace; those of an ordered dictionary, which PyTorch
 * keeps its module versions in, are left out.
 */
function build(m: Machine): void {
  const state = m.pop();
  const target = m.top();
  if (!(state instanceof PickleDict)) {
    throw m.fail(`it builds from ${kindOf(state)}, expected a dictionary`);
  }
  if (target instanceof PickleDict) return;
  if (!(target instanceof PickleObject)) {
    throw m.fail(`it builds ${kindOf(target)}, expected a namespace`);
  }
  target.state = state;
}
