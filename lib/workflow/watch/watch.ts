import { join } from "node:path";
import {
  exists,
  ioError,
  UserError,
  writeBytesAtomic,
} from "../../artifact/mod.ts";
import {
  figureWords,
  type LineChart,
  type Picture,
  type Report,
  reportHtml,
} from "../../report/mod.ts";
import { HELDOUT_PNG, SCALARS } from "../training/mod.ts";
import { FollowedLog, type FollowedSeries } from "./followed_log.ts";

/** The page, in the folder that is watched. */
const PAGE = "index.html";

/** What is known of one training. */
interface WatchedTraining {
  readonly name: string;
  readonly series: Readonly<Record<string, FollowedSeries>>;
  /** The newest grid of held-out images, PNG. */
  readonly picture: Uint8Array<ArrayBuffer> | undefined;
}

/** The logs of trainings in a folder, and a page of them. */
export class WatchedFolder {
  readonly path: string;
  readonly #logs = new Map<string, FollowedLog>();

  constructor(path: string) {
    this.path = path;
  }

  /** Path of the page. */
  get page(): string {
    return join(this.path, PAGE);
  }

  /**
   * Writes the page anew.
   *
   * @param refreshSeconds when a browser loads it again; never unless given
   * @returns the last step of each training
   * @throws {UserError} where the folder has no logs
   */
  async write(
    refreshSeconds: number | undefined,
  ): Promise<Record<string, number>> {
    const trainings: WatchedTraining[] = [];
    for (const name of await this.#names()) {
      const folder = join(this.path, name);
      const log = this.#logs.get(name) ??
        new FollowedLog(join(folder, SCALARS));
      this.#logs.set(name, log);
      const picture = await Deno.readFile(join(folder, HELDOUT_PNG))
        .catch(() => undefined);
      trainings.push({ name, series: await log.look(), picture });
    }
    const report = reportOf(trainings, refreshSeconds);
    const page = new TextEncoder().encode(await reportHtml(report));
    await writeBytesAtomic(this.page, page);
    return Object.fromEntries(
      trainings.map(({ name, series }) => [name, lastStep(series)] as const),
    );
  }

  async #names(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.path)) {
        const log = join(this.path, name, SCALARS);
        if (await exists(log)) names.push(name);
      }
    } catch (error) {
      throw ioError(error, `Cannot watch "${this.path}"`);
    }
    if (names.length > 0) return names.sort();
    throw new UserError(
      `Cannot watch "${this.path}": expected folders with ${SCALARS}, as ` +
        "trainings with --log leave them, found none",
    );
  }
}

function lastStep(series: WatchedTraining["series"]): number {
  return Math.max(0, ...Object.values(series).map(({ x }) => x.at(-1) ?? 0));
}

function reportOf(
  trainings: readonly WatchedTraining[],
  refreshSeconds: number | undefined,
): Report {
  return {
    title: "Trainings",
    lead: "Curves of trainings as they run; the page is written anew.",
    ...refreshSeconds !== undefined && { refreshSeconds },
    headlines: trainings.map(({ name, series }) => ({
      title: name,
      value: `step ${lastStep(series)}`,
      note: lossOf(series),
    })),
    pictures: trainings.flatMap(pictureOf),
    tables: [],
    bars: [],
    lines: trainings.flatMap(chartsOf),
    recipes: [],
    machine: {},
    notes: [],
  };
}

function lossOf(series: WatchedTraining["series"]): string {
  const name = Object.keys(series).find((name) => /^loss(\/|$)/.test(name));
  const loss = name && series[name]!.y.at(-1);
  return loss === undefined || loss === "" ? "" : `${name} ${loss.toFixed(4)}`;
}

function pictureOf({ name, picture }: WatchedTraining): Picture[] {
  if (picture === undefined) return [];
  return [{
    name,
    title: `${name}: held-out images`,
    caption: "Rows of images, each above what the model makes of it.",
    png: picture,
  }];
}

function chartsOf({ name, series }: WatchedTraining): LineChart[] {
  return Object.entries(series).map(([figure, { x, y }]) => {
    const { title, unit } = figureWords(figure);
    return {
      name: `${name}_${figure}`,
      title: `${name}: ${title}`,
      xTitle: "step",
      yTitle: unit,
      ...!figure.startsWith("heldout/") && { style: "noisy" as const },
      series: [{ title: figure, x, y }],
    };
  });
}
