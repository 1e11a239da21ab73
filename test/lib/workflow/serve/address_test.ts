import assert from "node:assert/strict";
import { join } from "node:path";
import { settledAddress } from "../../../../lib/workflow/serve/address.ts";
import { inFolder } from "../../artifact/_bytes.ts";

const TOKEN = "abcdefgh12345678";

Deno.test("settledAddress() binds names to addresses of this machine alone", async () => {
  for (const host of ["127.0.0.1", "localhost", "::1", "127.1.2.3"]) {
    const { hostname, names, token } = await settledAddress({ host });
    assert.equal(hostname, host);
    assert.equal(token, undefined);
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      assert.ok(names!.includes(name));
    }
  }
  const own = await settledAddress({ host: "127.1.2.3" });
  assert.ok(own.names!.includes("127.1.2.3"));
});

Deno.test("settledAddress() lets other machines ask with a token alone", async () => {
  for (const host of ["0.0.0.0", "::", "192.168.0.7", "127.evil.example"]) {
    await assert.rejects(settledAddress({ host }), {
      name: "UserError",
      message: /without a token: give --token-file$/,
    });
    await assert.rejects(settledAddress({ host, token: "" }), {
      name: "UserError",
    });
    const { names, token } = await settledAddress({ host, token: TOKEN });
    assert.equal(names, undefined);
    assert.equal(token, TOKEN);
  }
});

Deno.test("settledAddress() reads the token of a file, and refuses weak ones", () =>
  inFolder(async (folder) => {
    const host = "127.0.0.1";
    const tokenFile = join(folder, "token");
    await Deno.writeTextFile(tokenFile, `${TOKEN}\n`);
    assert.equal((await settledAddress({ host, tokenFile })).token, TOKEN);
    const both = settledAddress({ host, tokenFile, token: TOKEN });
    await assert.rejects(both, { message: /expected one/ });
    const missing = settledAddress({ host, tokenFile: `${tokenFile}0` });
    await assert.rejects(missing, {
      name: "UserError",
      message: /no such file/,
    });
    for (const weak of ["short", "with space 12345678", "ä".repeat(20)]) {
      await assert.rejects(settledAddress({ host, token: weak }), {
        name: "UserError",
        message: /expected 16 to 200/,
      });
    }
  }));
