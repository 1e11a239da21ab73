import { join } from "node:path";
import { IMAGENET_SYNSETS } from "../../datasets/imagenet/classes.ts";
import {
  headerOf,
  tarOf,
  type TestMember,
} from "../../test/lib/container/_tars.ts";
import type { MadePicture } from "./crops.ts";

/** Name of a class: a synset of ImageNet. */
function synsetOf(label: number): string {
  return IMAGENET_SYNSETS.toSorted()[label]!;
}

function fileName({ label, number }: MadePicture): string {
  return `${synsetOf(label)}_${number}.JPEG`;
}

/** Writes pictures as a folder of each class, and returns how many there are. */
export async function writeFolders(
  folder: string,
  pictures: AsyncIterable<MadePicture>,
): Promise<number> {
  let count = 0;
  for await (const picture of pictures) {
    const inner = join(folder, synsetOf(picture.label));
    await Deno.mkdir(inner, { recursive: true });
    await Deno.writeFile(join(inner, fileName(picture)), picture.file);
    count++;
  }
  return count;
}

/**
 * Writes pictures, which come class by class, as ImageNet's official archive of
 * an archive for each class, and returns how many there are.
 */
export async function writeArchive(
  path: string,
  pictures: AsyncIterable<MadePicture>,
): Promise<number> {
  using file = await Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const writer = file.writable.getWriter();
  let [count, label] = [0, 0];
  let members: TestMember[] = [];
  async function endClass(): Promise<void> {
    if (members.length === 0) return;
    const data = tarOf(members);
    const name = `${synsetOf(label)}.tar`;
    await writer.write(headerOf({ name, data, magic: "gnu" }));
    // Archives end at a block.
    await writer.write(data);
    members = [];
  }
  for await (const picture of pictures) {
    if (picture.label !== label) await endClass();
    ({ label } = picture);
    members.push({
      name: fileName(picture),
      data: picture.file,
      magic: "gnu",
    });
    count++;
  }
  await endClass();
  await writer.write(new Uint8Array(1024));
  await writer.close();
  return count;
}
