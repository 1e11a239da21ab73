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
import { type Loading, openSource, timedTurn, type Turn } from "./ours.ts";

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

/** The turns of each contestant. */
type Turns = Readonly<Record<"ours" | "peer", Turn[]>>;

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
  const turns: Turns = { ours: [], peer: [] };
  const loads: number[] = [];
  try {
    const versions = await session.answer();
    for (let round = 0; round < rounds; round++) {
      loads.push(await restUntilQuiet(1000 * wait));
      const ours = await timedTurn(source, loading, images);
      const peer = await session.ask({ images }) as Turn;
      turns.ours.push(ours);
      turns.peer.push(peer);
      console.error(
        `round ${round + 1}: ${rounded(images / ours.seconds)} images/s, the ` +
          `peer ${rounded(images / peer.seconds)}`,
      );
    }
    const clock = compared(turns, ({ seconds }) => seconds);
    const processor = compared(turns, ({ processor }) => processor);
    return {
      machine: { cpu: cpus()[0]?.model, cores: availableParallelism() },
      pictures: source.count,
      ...{ size, batch, workers, images },
      versions,
      othersBusy: loads.map(rounded),
      load: loadOfLastMinute(),
      turns,
      imagesPerSecond: {
        ours: rateOf(clock.ours, images),
        peer: rateOf(clock.peer, images),
      },
      ratio: clock.ratio,
      processorRatio: processor.ratio,
    };
  } finally {
    await session.close();
  }
}

/** Times of all turns, by one of their clocks. */
function compared({ ours, peer }: Turns, clock: (turn: Turn) => number) {
  const times = {
    ours: timesOf(ours.map(clock)),
    peer: timesOf(peer.map(clock)),
  };
  return { ...times, ratio: ratioOf(times.peer, times.ours) };
}

/** Images a second in the fastest turn, and in the middle one. */
function rateOf({ min, median }: Times, images: number) {
  return { most: rounded(images / min), median: rounded(images / median) };
}

function text(
  { imagesPerSecond, ratio, processorRatio }: LoadingDocument,
): string {
  const { ours, peer } = imagesPerSecond;
  return table([
    ["images/s", "ours", "the peer's", "times as fast"],
    ["median", `${ours.median}`, `${peer.median}`, `${ratio.median}`],
    ["fastest", `${ours.most}`, `${peer.most}`, `${ratio.min}`],
    ["by processor time", "", "", `${processorRatio.median}`],
  ]).join("\n");
}
