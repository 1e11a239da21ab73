import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { naming } from "../../../lib/pipeline/naming.ts";

const WHERE = '"p.toml": stages.vae';

/** What becomes of an error's message. */
async function named(message: string, where?: string): Promise<string> {
  const fail = () => Promise.reject(new UserError(message));
  return await naming(where, fail).then(
    () => assert.fail("nothing was thrown"),
    (error: Error) => error.message,
  );
}

Deno.test("naming() says where an error is, and names file and stage once", async () => {
  const whole = `${WHERE}: Cannot run`;
  assert.equal(await named("Cannot run", WHERE), whole);
  assert.equal(await named(whole, WHERE), whole);
  assert.equal(await named('"p.toml": Cannot run', WHERE), whole);
  const inside = `${WHERE}.inputs.images: Cannot read`;
  assert.equal(await named(inside, WHERE), inside);
  const other = 'Cannot use "p.toml": no';
  assert.equal(await named(other, WHERE), `${WHERE}: ${other}`);
});

Deno.test("naming() leaves errors as they are without a place, and those of ours", async () => {
  assert.equal(await named("Cannot run"), "Cannot run");
  const ours = new Error("internal: lost");
  const run = naming(WHERE, () => Promise.reject(ours));
  await assert.rejects(run, (error) => error === ours);
});
