import { ProtoWriter } from "../protobuf/mod.ts";
import { crc32c } from "./crc32c.ts";

/** A picture of an event. */
export interface EventImage {
  readonly width: number;
  readonly height: number;
  /** PNG file. */
  readonly png: Uint8Array;
}

/** What TensorBoard shows of one step. */
export interface TrainingEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
  readonly images?: Readonly<Record<string, EventImage>>;
}

/** Fields of tensorflow's Event, Summary, Summary.Value and Summary.Image. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2, image: 4 } as const;
const IMAGE = { height: 1, width: 2, colorspace: 3, png: 4 } as const;

/** Three channels, in that message's words. */
const RGB = 3;

/** The record that an event file begins with. */
export function versionRecord(wallTime: number): Uint8Array<ArrayBuffer> {
  const event = new ProtoWriter();
  event.double(EVENT.wallTime, wallTime);
  event.string(EVENT.fileVersion, "brain.Event:2");
  return framed(event.finish());
}

/** An event as a record of an event file. */
export function eventRecord(
  { wallTime, step, scalars, images = {} }: TrainingEvent,
): Uint8Array<ArrayBuffer> {
  const event = new ProtoWriter();
  event.double(EVENT.wallTime, wallTime);
  event.int(EVENT.step, step);
  event.message(EVENT.summary, (summary) => {
    for (const [tag, value] of Object.entries(scalars)) {
      summary.message(SUMMARY_VALUE, (entry) => {
        entry.string(VALUE.tag, tag);
        entry.float(VALUE.simpleValue, value);
      });
    }
    for (const [tag, image] of Object.entries(images)) {
      summary.message(SUMMARY_VALUE, (entry) => writeImage(entry, tag, image));
    }
  });
  return framed(event.finish());
}

function writeImage(
  entry: ProtoWriter,
  tag: string,
  { width, height, png }: EventImage,
): void {
  entry.string(VALUE.tag, tag);
  entry.message(VALUE.image, (image) => {
    image.int(IMAGE.height, height);
    image.int(IMAGE.width, width);
    image.int(IMAGE.colorspace, RGB);
    image.bytes(IMAGE.png, png);
  });
}

/** Bytes around the data of a record: its length, and a sum of each of the two. */
const FRAME = { length: 8, sum: 4 } as const;

/** A record: length, its checksum, data, their checksum; little-endian. */
function framed(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = FRAME.length + FRAME.sum;
  const record = new Uint8Array(head + data.length + FRAME.sum);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  const length = record.subarray(0, FRAME.length);
  view.setUint32(FRAME.length, maskedSum(length), true);
  record.set(data, head);
  view.setUint32(head + data.length, maskedSum(data), true);
  return record;
}

/** A checksum as records hold it: turned by 15 bits, with a constant added. */
function maskedSum(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}

/** Where a whole record lies in an event file, and the step of its event. */
export interface RecordPlace {
  readonly end: number;
  readonly step: number;
}

/** The records of an event file up to the first that is not whole. */
export function* eventRecords(
  file: Uint8Array<ArrayBuffer>,
): Generator<RecordPlace> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const head = FRAME.length + FRAME.sum;
  for (let start = 0; start + head <= file.length;) {
    const size = Number(view.getBigUint64(start, true));
    const [from, to] = [start + head, start + head + size];
    const end = to + FRAME.sum;
    if (end > file.length) return;
    const data = file.subarray(from, to);
    const whole = view.getUint32(to, true) === maskedSum(data) &&
      view.getUint32(start + FRAME.length, true) ===
        maskedSum(file.subarray(start, start + FRAME.length));
    if (!whole) return;
    yield { end, step: stepOf(data) };
    start = end;
  }
}

/** The step of an event of ours, which follows the nine bytes of its time. */
function stepOf(event: Uint8Array): number {
  const key = EVENT.step * 8;
  if (event[9] !== key) return 0;
  let step = 0;
  for (let i = 10, scale = 1; i < event.length; i++, scale *= 128) {
    step += (event[i]! & 127) * scale;
    if (event[i]! < 128) break;
  }
  return step;
}
