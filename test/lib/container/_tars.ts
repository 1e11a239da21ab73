/** One member of a tar archive, with what may be wrong about it. */
export interface TestMember {
  readonly name: string;
  readonly data?: Uint8Array | string;
  /** `"0"`, a file, by default. */
  readonly type?: string;
  /** Size in the header, if another than that of the data. */
  readonly size?: number;
  /** Writes the size in base 256, as GNU does for large ones. */
  readonly base256?: boolean;
  /** First part of the name, in its own field. */
  readonly prefix?: string;
  /** `ustar` by default; GNU's has another version, the oldest none. */
  readonly magic?: "ustar" | "gnu" | "none";
  readonly checksum?: number;
}

const MAGIC = { ustar: "ustar\x0000", gnu: "ustar  \x00", none: "" } as const;

/** The bytes of a text, or those that are given. */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

/** The header of a member, 512 bytes. */
export function headerOf(member: TestMember): Uint8Array<ArrayBuffer> {
  const { name, data = "", type = "0", prefix = "", magic = "ustar" } = member;
  const block = new Uint8Array(512);
  const put = (at: number, text: string) => block.set(bytesOf(text), at);
  const size = member.size ?? bytesOf(data).length;
  put(0, name);
  put(100, "0000644\x000000000\x000000000\x00");
  if (member.base256) {
    block[124] = 0x80;
    new DataView(block.buffer).setBigUint64(128, BigInt(size));
  } else put(124, size.toString(8).padStart(11, "0"));
  put(136, "00000000000\x00        ");
  put(156, type);
  put(257, MAGIC[magic]);
  put(345, prefix);
  block.set(checksumOf(block), 148);
  if (member.checksum !== undefined) put(148, checksumText(member.checksum));
  return block;
}

/** The field of the checksum that fits a header. */
export function checksumOf(block: Uint8Array): Uint8Array {
  const blank = block.slice();
  blank.fill(0x20, 148, 156);
  return bytesOf(checksumText(blank.reduce((sum, byte) => sum + byte, 0)));
}

function checksumText(sum: number): string {
  return `${sum.toString(8).padStart(6, "0")}\x00 `;
}

/** A tar archive, byte by byte. */
export function tarOf(
  members: readonly TestMember[],
  { endMark = true } = {},
): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const member of members) {
    const data = bytesOf(member.data ?? "");
    const padding = new Uint8Array((512 - data.length % 512) % 512);
    blocks.push(headerOf(member), data, padding);
  }
  if (endMark) blocks.push(new Uint8Array(1024));
  const whole = new Uint8Array(blocks.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

/** A pax extended header with records. */
export function paxOf(records: Readonly<Record<string, string>>): TestMember {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = bytesOf(` ${key}=${value}\n`).length;
    let length = rest;
    while (String(length).length + rest !== length) {
      length = String(length).length + rest;
    }
    return `${length} ${key}=${value}\n`;
  });
  return { name: "PaxHeaders/x", type: "x", data: lines.join("") };
}
