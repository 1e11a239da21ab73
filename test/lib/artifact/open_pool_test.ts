import assert from "node:assert/strict";
import { OpenPool } from "../../../lib/artifact/mod.ts";

/** Counts files that are open. */
class Files {
  open = 0;
  most = 0;
  readonly opened: number[] = [];

  async start(shard: number) {
    this.opened.push(shard);
    this.open++;
    this.most = Math.max(this.most, this.open);
    await Promise.resolve();
    const close = () => {
      this.open--;
    };
    return { name: `${shard}`, close };
  }
}

Deno.test("OpenPool keeps no more files open than it may, whoever asks", async () => {
  const files = new Files();
  const pool = new OpenPool((shard: number) => files.start(shard), { most: 3 });
  const asked = Array.from({ length: 200 }, (_, i) => i * 7 % 11);
  const read = await Promise.all(
    asked.map((shard) =>
      pool.use(shard, async ({ name }) => {
        await new Promise((resolve) => setTimeout(resolve, shard % 3));
        return Number(name);
      })
    ),
  );
  assert.deepEqual(read, asked);
  // One that makes room closes in the turn after.
  assert.ok(files.most <= 4, `${files.most}`);
  pool.close();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(files.open, 0);
});

Deno.test("OpenPool keeps those open that were read last", async () => {
  const files = new Files();
  const pool = new OpenPool((shard: number) => files.start(shard), { most: 2 });
  for (const shard of [0, 1, 0, 2, 0, 1]) {
    await pool.use(shard, () => Promise.resolve());
  }
  assert.deepEqual(files.opened, [0, 1, 2, 1]);
  pool.close();
});

Deno.test("OpenPool tries a file again that did not open", async () => {
  let bad = true;
  const files = new Files();
  const pool = new OpenPool(
    (shard: number) =>
      bad ? Promise.reject(new Error("It does not open")) : files.start(shard),
    { most: 1 },
  );
  const read = () => pool.use(0, ({ name }) => Promise.resolve(name));
  const twice = await Promise.allSettled([read(), read()]);
  assert.deepEqual(twice.map(({ status }) => status), ["rejected", "rejected"]);
  bad = false;
  assert.equal(await read(), "0");
  pool.close();
});
