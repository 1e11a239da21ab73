import type { ByteSource } from "../../artifact/mod.ts";
import { BlockWindow } from "./block_window.ts";
import { RangeWalk, type TarRange } from "./range_walk.ts";
import { sideBySide } from "./side_by_side.ts";
import type { TarMember, TarVisitor } from "./visitor.ts";

/** Archives that are walked through side by side: each waits for the disk. */
const WALKS = 8;

/**
 * Visits the files of a tar archive (ustar, GNU, pax), reading headers alone;
 * archives inside of it are read where they lie, one level deep. Links, special
 * files, names that lead out of the archive and second ones are left out by
 * name.
 *
 * @throws {UserError} naming archive, member and byte: it is compressed, cut
 *   short, damaged, or a size does not fit
 */
export async function walkTar(
  source: ByteSource,
  visitor: TarVisitor,
): Promise<void> {
  const inside: TarRange[] = [];
  const whole = { start: 0, end: source.size, inner: undefined };
  const inner = (range: TarRange) => inside.push(range);
  await new RangeWalk(toolsOf(source, { visitor, inner }), whole).run();
  // Headers of one archive follow from each other, those of several do not.
  await sideBySide(inside, {
    most: source.again === undefined ? 1 : WALKS,
    open: async () => await source.again?.() ?? source,
    close: (opened) => {
      if (opened !== source) opened.close();
    },
    async run(range, opened) {
      const found = new Found(visitor);
      const tools = toolsOf(opened, { visitor: found, inner() {} });
      await new RangeWalk(tools, range).run();
      return found;
    },
    done: (found) => found.tell(),
  });
}

function toolsOf(
  source: ByteSource,
  rest: {
    readonly visitor: TarVisitor;
    readonly inner: (range: TarRange) => void;
  },
) {
  return { source, window: new BlockWindow(source), ...rest };
}

/** What was found in an archive, until it may be told. */
class Found implements TarVisitor {
  private readonly visitor: TarVisitor;
  private readonly events: (() => void)[] = [];

  constructor(visitor: TarVisitor) {
    this.visitor = visitor;
  }

  reads(name: string): boolean {
    return this.visitor.reads?.(name) ?? false;
  }

  member(member: TarMember, data: Uint8Array | undefined): void {
    this.events.push(() => this.visitor.member(member, data));
  }

  skipped(name: string, reason: string): void {
    this.events.push(() => this.visitor.skipped(name, reason));
  }

  /** Tells it in its order. */
  tell(): void {
    for (const event of this.events) event();
  }
}
