/**
 * Images a second of a loader: JPEG files decoded, cropped at random with
 * Pillow's bytes and mirrored, beside the authors' loader.
 *
 * @module
 */
import { join } from "node:path";
import { availableParallelism, cpus } from "node:os";
import { Command } from "commander";
import { UserError } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import { loadOfLastMinute } from "../machine.ts";
import { emit } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { PeerSession } from "../peer_session.ts";
import { restUntilQuiet } from "../quiet.ts";
import { addReleaseFlags, placeOf, type ReleaseFlags } from "../release.ts";
import { ratioOf, rounded, type Times, timesOf } from "../statistics.ts";
import { type Loading, openSource, secondsOf } from "./ours.ts";

interface Flags extends ReleaseFlags {
  readonly size: number;
  readonly batch: number;
  readonly workers: number;
  readonly images: number;
}

const SCRIPT = join(import.meta.dirname!, "..", "peer", "loader_bench.py");

/** `bench loading`. */
export function loadingCommand(): Command {
  const command = new Command("loading")
    .description(
      "Load an archive that bench photographs makes, beside the authors' loader",
    )
    .argument("<archive>", "a tar file of tar files of JPEGs")
    .option("--size <count>", "pixels of a crop", parseCount, 256)
    .option("--batch <count>", "images of a batch", parseCount, 64)
    .option("--workers <count>", "workers of each loader", parseCount, 2)
    .option("--images <count>", "images in a turn", parseCount, 2000);
  return addReleaseFlags(command)
    .action(async (archive: string, flags: Flags) => {
      const document = await measureLoading(archive, flags);
      await emit(document, { text: text(document), output: flags.output });
    });
}

/** Seconds of each turn for so many images. */
type Turns = Readonly<Record<"ours" | "peer", number[]>>;

/** The JSON document of the command. */
type LoadingDocument = Awaited<ReturnType<typeof measureLoading>>;

async function measureLoading(archive: string, flags: Flags) {
  const { size, batch, workers, images, rounds, wait } = flags;
  const place = placeOf(flags);
  if (place === undefined) {
    throw new UserError("Expected --release and --python, the peer's");
  }
  const loading: Loading = { archive, size, batch, workers };
  const values = { ...loading, release: place.release };
  const session = PeerSession.start(place.python, {
    args: [
      SCRIPT,
      ...["release", "archive", "size", "batch", "workers"].flatMap((name) => [
        `--${name}`,
        `${values[name as keyof typeof values]}`,
      ]),
    ],
  });
  using source = await openSource(loading);
  const seconds: Turns = { ours: [], peer: [] };
  const loads: number[] = [];
  try {
    const versions = await session.answer();
    for (let round = 0; round < rounds; round++) {
      loads.push(await restUntilQuiet(1000 * wait));
      const ours = await secondsOf(source, loading, images);
      const peer = await session.ask({ images }) as { seconds: number };
      seconds.ours.push(ours);
      seconds.peer.push(peer.seconds);
      console.error(
        `round ${round + 1}: ${perSecond(ours, images)} images/s, the peer ` +
          `${perSecond(peer.seconds, images)}`,
      );
    }
    const [ours, peer] = [timesOf(seconds.ours), timesOf(seconds.peer)];
    return {
      machine: { cpu: cpus()[0]?.model, cores: availableParallelism() },
      pictures: source.count,
      ...{ size, batch, workers, images },
      versions,
      othersBusy: loads.map(rounded),
      load: loadOfLastMinute(),
      seconds,
      imagesPerSecond: {
        ours: rateOf(ours, images),
        peer: rateOf(peer, images),
      },
      ratio: ratioOf(peer, ours),
    };
  } finally {
    await session.close();
  }
}

function perSecond(seconds: number, images: number): number {
  return rounded(images / seconds);
}

/** Images a second in the fastest turn, and in the middle one. */
function rateOf({ min, median }: Times, images: number) {
  return { most: perSecond(min, images), median: perSecond(median, images) };
}

function text({ imagesPerSecond, ratio }: LoadingDocument): string {
  const { ours, peer } = imagesPerSecond;
  return table([
    ["images/s", "ours", "the peer's", "times as fast"],
    ["median", `${ours.median}`, `${peer.median}`, `${ratio.median}`],
    ["fastest", `${ours.most}`, `${peer.most}`, `${ratio.min}`],
  ]).join("\n");
}
