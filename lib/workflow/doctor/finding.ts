/** One thing that was looked at. */
export interface Finding {
  /** What it is, such as `gpu`. */
  readonly name: string;
  /** Whether it works here. */
  readonly works: boolean;
  /** True where nothing runs without it. */
  readonly needed: boolean;
  /** What was found. */
  readonly detail: string;
  /** Numbers and names that describe it further. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** What to install or set where it does not work. */
  readonly fix?: string;
}
