/** A picture that the page embeds. */
export interface Picture {
  /** Key in `report.json`. */
  readonly name: string;
  readonly title: string;
  /** What is in which row and column. */
  readonly caption: string;
  /** PNG file. */
  readonly png: Uint8Array;
  /** Label of each row of a grid, from the top. */
  readonly rows?: readonly string[];
}

/** A column of figures. */
export interface Column {
  /** Key in `report.json`. */
  readonly name: string;
  readonly title: string;
  /** Digits after the point; integers show none. */
  readonly digits?: number;
}

/** One row of figures by the columns' names; `null` where there is none. */
export interface Row {
  /** Key in `report.json`. */
  readonly name: string;
  readonly title: string;
  readonly values: Readonly<Record<string, number | null>>;
}

/** A table of figures. */
export interface FigureTable {
  /** Key in `report.json`. */
  readonly name: string;
  readonly title: string;
  /** How to read it: definitions, counts, units. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** One line of a chart. */
export interface Series {
  readonly title: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** A chart of lines over numbers. */
export interface LineChart {
  /** Key in `report.json`. */
  readonly name: string;
  readonly title: string;
  readonly caption?: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly Series[];
  /**
   * `noisy` draws the points faintly with a running mean on top; `steps` draws
   * a histogram's outline; `points` a dot at each point; without it, plain lines.
   */
  readonly style?: "noisy" | "steps" | "points";
  /** A point that stands out, with its title beside it. */
  readonly mark?: Mark;
}

/** A point of a chart. */
export interface Mark {
  readonly title: string;
  readonly x: number;
  readonly y: number;
}

/** A chart of bars on a logarithmic axis, for figures of one unit. */
export interface BarChart {
  /** Key in `report.json`. */
  readonly name: string;
  readonly title: string;
  readonly caption?: string;
  readonly xTitle: string;
  readonly bars: readonly { readonly title: string; readonly value: number }[];
}

/** A figure to read first. */
export interface Headline {
  readonly title: string;
  readonly value: string;
  /** What to hold it against. */
  readonly note: string;
}

/** How one artifact was made. */
export interface RecipeEntry {
  /** Name of the artifact in the run. */
  readonly artifact: string;
  /** Stage, options, seed, engine, as the artifact's metadata has them. */
  readonly recipe: Readonly<Record<string, unknown>>;
}

/** Everything on the page. */
export interface Report {
  readonly title: string;
  /** Seconds after which browsers load the page again; never unless given. */
  readonly refreshSeconds?: number;
  /** One or two sentences under the title. */
  readonly lead: string;
  readonly headlines: readonly Headline[];
  readonly pictures: readonly Picture[];
  readonly tables: readonly FigureTable[];
  readonly bars: readonly BarChart[];
  readonly lines: readonly LineChart[];
  readonly recipes: readonly RecipeEntry[];
  /** Facts about the machine by their titles. */
  readonly machine: Readonly<Record<string, string>>;
  /** Notes at the end: definitions, licences. */
  readonly notes: readonly string[];
}
