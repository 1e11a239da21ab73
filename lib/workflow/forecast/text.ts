import { byteText, formatSeconds, table } from "../../pipeline/mod.ts";
import type { HardwarePeak } from "../../tensor/mod.ts";
import type { Forecast, StepForecast } from "./forecast.ts";

const HEAD = ["stage", "of", "on disk", "work", "bound by", "time", "share"];
/** Columns of figures. */
const RIGHT = [2, 3, 5, 6];
const UNKNOWN = "?";
const DAY_SECONDS = 86_400;

/** A forecast for people: a line a stage, the sums, and what they rest on. */
export function forecastLines(
  { steps, total, speed }: Forecast,
  engine: string,
): readonly string[] {
  const rows = steps.map((step) => cellsOf(step, total.seconds));
  const { bytes, flops, seconds } = total;
  const time = seconds === null ? UNKNOWN : durationText(seconds);
  const sums = ["all", "", byteText(bytes), flopText(flops), "", time, ""];
  const notes = steps.flatMap(({ id, notes }) =>
    notes.map((note) => `${id}: ${note}`)
  );
  return [
    ...table([HEAD, ...rows, sums], { right: RIGHT }),
    speedLine(speed, engine),
    ...notes,
  ];
}

function cellsOf(
  step: StepForecast,
  total: number | null,
): readonly string[] {
  const { id, state, amount = "", bytes, flops, boundBy = "", seconds } = step;
  const disk = bytes === null ? UNKNOWN : byteText(bytes);
  if (state === "done") return [id, "done", disk, "", "", "", ""];
  if (flops === null || bytes === null) {
    return [id, amount, UNKNOWN, UNKNOWN, "", UNKNOWN, ""];
  }
  if (flops === 0) return [id, amount, disk, "", "", "", ""];
  const time = seconds === null ? UNKNOWN : durationText(seconds);
  const share = seconds === null || !total
    ? ""
    : `${(100 * seconds / total).toFixed(1)}%`;
  return [id, amount, disk, flopText(flops), boundBy, time, share];
}

function speedLine(speed: HardwarePeak | null, engine: string): string {
  if (speed === null) {
    return `Times are not estimated: ${engine} is not made for speed`;
  }
  const giga = (value: number) => (value / 1e9).toPrecision(3);
  return `Times are an estimate: all arithmetic at ${
    giga(speed.flopsPerSecond)
  } GFLOP/s and all memory at ${
    giga(speed.bytesPerSecond)
  } GB/s, as measured ` +
    `now in a few seconds on ${engine}; reading pictures, waiting and what is ` +
    `marked ${UNKNOWN} come on top`;
}

/** Work for people, such as `217 EFLOP`. */
export function flopText(flops: number): string {
  const units = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
  const power = Math.floor(Math.log10(Math.max(1, flops)) / 3);
  const unit = Math.min(units.length - 1, power);
  return `${Number((flops / 1000 ** unit).toPrecision(3))} ${units[unit]}FLOP`;
}

/** A time for people, which may be years. */
export function durationText(seconds: number): string {
  const days = seconds / DAY_SECONDS;
  if (days < 2) return formatSeconds(seconds);
  if (days < 1000) return `${Number(days.toPrecision(3))} days`;
  return `${Number((days / 365.25).toPrecision(3))} years`;
}
