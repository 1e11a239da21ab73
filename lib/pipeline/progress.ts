/** One piece of countable work that is shown to a person. */
export interface ProgressTask {
  /** Seconds since the task began in this run, or since it was resumed. */
  readonly seconds: number;
  /** Says that `count` more units are done, with an optional short note such as a loss. */
  advance(count?: number, note?: string): void;
  /** Says how many units an earlier run has done, before the first of this one. */
  resume(done: number): void;
  /** Says how many units are done in all. */
  set(done: number, note?: string): void;
  /** Ends the task; shown work that was cut stays where it was. */
  finish(): void;
}

/** What a task is called and how long it is. */
export interface ProgressStart {
  /** Which part of the work it is; left out where it is all of it. */
  readonly label?: string;
  /** How many units it takes. */
  readonly total: number;
  /** Name of one unit, such as `step`; those of a file are each a `byte`. */
  readonly unit?: string;
  /** Units that an earlier run did. */
  readonly done?: number;
}

/** Shows countable work with its rate and the time left. */
export interface Progress {
  /** Begins a task. */
  start(task: ProgressStart): ProgressTask;
}

/** Progress whose tasks are headed by what runs, then by their own label. */
export function headedBy(head: string, progress: Progress): Progress {
  return {
    start: ({ label, ...task }) =>
      progress.start({
        ...task,
        label: label === undefined ? head : `${head}: ${label}`,
      }),
  };
}
