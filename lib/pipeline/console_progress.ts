import { byteText } from "./byte_text.ts";
import type { Progress, ProgressStart, ProgressTask } from "./progress.ts";

/** Where and how progress is shown. */
export interface ConsoleProgressOptions {
  /** Receives text as it is, control characters included. */
  readonly write: (text: string) => void;
  /** True to redraw one line in place; false to add a line now and then. */
  readonly terminal: boolean;
  /** Columns of the terminal. */
  readonly columns?: () => number;
  /** Milliseconds from any fixed moment. */
  readonly now?: () => number;
}

/** Shortest time between two redraws on a terminal. */
const REDRAW_MS = 100;

/** Time between two lines where the output is a file or a pipe. */
const LINE_MS = 15_000;

/** Progress as one line: label, bar, count, rate, time left and a note. */
export class ConsoleProgress implements Progress {
  private readonly options: ConsoleProgressOptions;
  private drawn = false;

  constructor(options: ConsoleProgressOptions) {
    this.options = options;
  }

  start(task: ProgressStart): ProgressTask {
    return new ConsoleTask(task, {
      now: this.options.now ?? (() => performance.now()),
      intervalMs: this.options.terminal ? REDRAW_MS : LINE_MS,
      show: (line, last) => this.show(line, last),
    });
  }

  /** Takes the line off the terminal, so that a message can take its place. */
  clear(): void {
    if (this.drawn) this.options.write("\r\x1b[K");
    this.drawn = false;
  }

  private show(line: string, last: boolean): void {
    const { terminal, write, columns } = this.options;
    if (!terminal) return write(`${line}\n`);
    const width = Math.max(20, (columns?.() ?? 80) - 1);
    write(`\r\x1b[K${line.slice(0, width)}${last ? "\n" : ""}`);
    this.drawn = !last;
  }
}

interface TaskDisplay {
  readonly now: () => number;
  readonly intervalMs: number;
  readonly show: (line: string, last: boolean) => void;
}

class ConsoleTask implements ProgressTask {
  private readonly task: ProgressStart;
  private readonly display: TaskDisplay;
  private startMs: number;
  private startDone: number;
  private done: number;
  private note = "";
  private shownMs: number;
  private ended = false;

  constructor(task: ProgressStart, display: TaskDisplay) {
    this.task = task;
    this.display = display;
    this.startDone = this.done = task.done ?? 0;
    this.startMs = this.shownMs = display.now();
  }

  get seconds(): number {
    return (this.display.now() - this.startMs) / 1000;
  }

  resume(done: number): void {
    this.startDone = this.done = done;
    this.startMs = this.display.now();
  }

  advance(count = 1, note?: string): void {
    this.set(this.done + count, note);
  }

  set(done: number, note?: string): void {
    this.done = done;
    if (note !== undefined) this.note = note;
    const now = this.display.now();
    if (now - this.shownMs < this.display.intervalMs) return;
    this.shownMs = now;
    this.display.show(this.line(now), false);
  }

  finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.display.show(this.line(this.display.now()), true);
  }

  private line(now: number): string {
    const { label = "", total, unit = "step" } = this.task;
    const seconds = (now - this.startMs) / 1000;
    return progressLine({
      label,
      unit,
      total,
      done: this.done,
      rate: seconds > 0 ? (this.done - this.startDone) / seconds : 0,
      seconds,
      note: this.note,
    });
  }
}

/** The state of a task at one moment; `rate` is in units per second. */
export interface ProgressState {
  readonly label: string;
  readonly unit: string;
  readonly total: number;
  readonly done: number;
  readonly rate: number;
  /** Seconds since the task began in this run. */
  readonly seconds: number;
  readonly note: string;
}

/** One line that says how far a task is. */
export function progressLine(state: ProgressState): string {
  const { label, unit, total, done, rate, seconds, note } = state;
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const time = done >= total
    ? `in ${formatSeconds(seconds)}`
    : rate > 0
    ? `${formatSeconds((total - done) / rate)} left`
    : "";
  const count = unit === "byte"
    ? `${byteText(done)} of ${byteText(total)}`
    : `${done}/${total}`;
  const parts = [
    `${label} ${bar(share, 20)} ${count}`.trimStart(),
    rate > 0 ? formatRate(rate, unit) : "",
    time,
    note,
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}]`;
}

function formatRate(rate: number, unit: string): string {
  if (unit === "byte") return `${byteText(Math.round(rate))}/s`;
  if (rate >= 1) return `${rate.toPrecision(3)} ${unit}s/s`;
  return `${(1 / rate).toPrecision(3)} s/${unit}`;
}

/** A duration for people: `4.2 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  const two = (value: number) => String(value).padStart(2, "0");
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
