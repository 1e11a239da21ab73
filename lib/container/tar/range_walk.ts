import { type ByteSource, UserError } from "../../artifact/mod.ts";
import { BLOCK, type BlockWindow } from "./block_window.ts";
import { isEndMark, parseHeader, type TarHeader, textOf } from "./header.ts";
import { parsePax, type PaxChanges } from "./pax.ts";
import type { TarVisitor } from "./visitor.ts";

/** What members of each type are, where they are no files. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "1": "link",
  "2": "link",
  "3": "device",
  "4": "device",
  "6": "pipe",
  S: "sparse file",
};

/** Types whose size says nothing, since no data follow. */
const WITHOUT_DATA = "123456";

/** First bytes of compressed files. */
const COMPRESSED: readonly (readonly [string, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/** Longest name and longest extended header that are read. */
const MAX_NAME_BYTES = 64 * 1024;
const MAX_PAX_BYTES = 1024 * 1024;
/** Most files of one archive, whose names are kept while it is walked. */
const MAX_FILES = 10_000_000;
/** Most data that are read of a file while walking. */
const MAX_READ_BYTES = 64 * 1024;

/** What a walk reads, and who is told. */
export interface WalkTools {
  readonly source: ByteSource;
  readonly window: BlockWindow;
  readonly visitor: TarVisitor;
  /** Takes an archive inside of the archive. */
  inner(range: TarRange): void;
}

/** Where an archive lies in the source. */
export interface TarRange {
  readonly start: number;
  readonly end: number;
  readonly inner: string | undefined;
}

/** A member whose data are known to lie inside of the archive. */
interface Placed extends TarHeader {
  readonly offset: number;
  readonly size: number;
}

/** Walks through one archive, in which archives may lie. */
export class RangeWalk {
  private readonly tools: WalkTools;
  private readonly range: TarRange;
  private readonly seen = new Set<string>();
  /** What headers of their own say of the next member. */
  private changes: PaxChanges = {};

  /** A walk that has read nothing. */
  constructor(tools: WalkTools, range: TarRange) {
    this.tools = tools;
    this.range = range;
  }

  /** @throws {UserError} naming archive, member and byte of what is wrong */
  async run(): Promise<void> {
    const { start, end } = this.range;
    const { window } = this.tools;
    for (let at = start; at + BLOCK <= end;) {
      const block = window.blockAt(at) ?? await window.fill(at);
      if (isEndMark(block)) return;
      const header = parseHeader(block);
      if (header === undefined) throw this.noHeader(block, at);
      const placed = this.placed(header, at);
      if (placed.type === "L" || placed.type === "x") await this.note(placed);
      else await this.take(placed);
      at = placed.offset + Math.ceil(placed.size / BLOCK) * BLOCK;
    }
    throw this.fail(`it ends at byte ${end} without its end mark: it is cut`);
  }

  /** Checks the size of a member against where the archive ends. */
  private placed(header: TarHeader, at: number): Placed {
    const offset = at + BLOCK;
    const { type, size = NaN } = header;
    const isNote = "LKxg".includes(type);
    const claimed = isNote ? size : this.changes.size ?? size;
    const length = WITHOUT_DATA.includes(type) ? 0 : claimed;
    if (!(length <= this.range.end - offset)) {
      const left = this.range.end - offset;
      throw this.fail(
        `expected at most ${left} bytes of ` +
          `${quoted(this.nameOf(header))} at byte ${offset}, found ` +
          (Number.isNaN(length) ? "no size" : `a size of ${length}`),
      );
    }
    return { ...header, offset, size: length };
  }

  /** Reads what stands before a member: a long name, or a pax header. */
  private async note({ type, offset, size }: Placed): Promise<void> {
    const most = type === "L" ? MAX_NAME_BYTES : MAX_PAX_BYTES;
    if (size > most) {
      throw this.fail(
        `expected at most ${most} bytes of a name or extended header at byte ` +
          `${offset}, found ${size}`,
      );
    }
    const bytes = await this.tools.window.read(offset, size);
    const path = textOf(bytes, { start: 0, length: size });
    const found = type === "x" ? parsePax(bytes) : path && { path };
    if (!found) {
      throw this.fail(`the extended header at byte ${offset} is malformed`);
    }
    this.changes = { ...this.changes, ...found };
  }

  private async take(member: Placed): Promise<void> {
    const { type, offset, size: length } = member;
    // Of links long targets, and what holds for all members, matter to nobody.
    if (type === "K" || type === "g") return;
    const { visitor } = this.tools;
    const written = this.nameOf(member);
    const { sparse } = this.changes;
    this.changes = {};
    if (type === "5" || written?.endsWith("/")) return;
    const name = written === undefined ? undefined : safeName(written);
    const reason = this.reasonAgainst({ type, sparse, name });
    if (name === undefined || reason !== undefined) {
      visitor.skipped(written ?? "?", reason ?? "unusable name");
      return;
    }
    this.seen.add(name);
    if (this.seen.size > MAX_FILES) {
      throw this.fail(`expected at most ${MAX_FILES} files, found more`);
    }
    const { inner } = this.range;
    if (inner === undefined && visitor.isInner?.(name)) {
      const range = { start: offset, end: offset + length, inner: name };
      this.tools.inner(range);
    } else {
      const { window } = this.tools;
      const read = length <= MAX_READ_BYTES && visitor.reads?.(name);
      const data = read ? await window.read(offset, length) : undefined;
      visitor.member({ name, inner, offset, length }, data);
    }
  }

  private reasonAgainst(
    { type, sparse, name }: {
      readonly type: string;
      readonly sparse: boolean | undefined;
      readonly name: string | undefined;
    },
  ): string | undefined {
    if (sparse) return LEFT_OUT["S"];
    if (!"0\x007".includes(type)) return LEFT_OUT[type] ?? "unknown type";
    if (name === undefined) return "name that leads out of the archive";
    return this.seen.has(name) ? "second file of one name" : undefined;
  }

  private nameOf({ name }: TarHeader): string | undefined {
    return this.changes.path ?? name;
  }

  /** Why there is no header where one must be. */
  private noHeader(block: Uint8Array, at: number): UserError {
    const packed = COMPRESSED.find(([, magic]) =>
      at === this.range.start && magic.every((byte, i) => block[i] === byte)
    );
    if (packed !== undefined) {
      return this.fail(`it is compressed (${packed[0]}): unpack it first`);
    }
    return this.fail(
      `expected the header of a tar's member at byte ${at}, found none`,
    );
  }

  private fail(detail: string): UserError {
    const { inner } = this.range;
    const inside = inner === undefined ? "" : `${quoted(inner)} of `;
    const name = quoted(this.tools.source.name);
    return new UserError(`Cannot read ${inside}${name}: ${detail}`);
  }
}

/** A relative name without dots; undefined where it leads out or is unusable. */
function safeName(written: string): string | undefined {
  const parts = written.split("/").filter((part) => part !== ".");
  // deno-lint-ignore no-control-regex
  const unusable = /[\x00-\x1f\x7f\\]/.test(written) || parts.includes("..") ||
    parts.some((part) => part === "");
  return unusable || parts.length === 0 ? undefined : parts.join("/");
}

function quoted(name: string | undefined): string {
  return JSON.stringify(name ?? "?");
}
