import assert from "node:assert/strict";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import { smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

/** What a page must not do, and which line of its policy says so. */
const FORBIDDEN = {
  "script-src-elem": `document.body.append(Object.assign(
    document.createElement("script"), { textContent: "globalThis.ran = 1" }))`,
  "script-src-attr": `document.body.setAttribute("onclick", "ran = 1")`,
  "script-src": `setTimeout("globalThis.ran = 1")`,
  "style-src-elem": `document.body.append(Object.assign(
    document.createElement("style"), { textContent: "body { color: red }" }))`,
  "img-src": `new Image().src = other`,
  "connect-src": `fetch(other).catch(() => {})`,
  "worker-src": `new Worker("data:text/javascript,1")`,
  "frame-src": `document.body.append(Object.assign(
    document.createElement("iframe"), { src: other }))`,
  "base-uri": `document.head.append(Object.assign(
    document.createElement("base"), { href: other }))`,
} as const;

Deno.test({
  name: "the page's policy lets nothing of others in and nothing out",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const asked: string[] = [];
      await using other = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        ({ url }) => {
          asked.push(url);
          return new Response();
        },
      );
      const page = await browser.open(host.address);
      const { port } = other.addr as Deno.NetAddr;
      await page.evaluate(`globalThis.other = "http://127.0.0.1:${port}/"`);
      for (const [rule, act] of Object.entries(FORBIDDEN)) {
        const said = await page.evaluate(`new Promise((resolve) => {
          addEventListener("securitypolicyviolation", (event) =>
            resolve(event.effectiveDirective), { once: true });
          setTimeout(() => resolve("nothing"), 2000);
          try { ${act} } catch {}
        })`);
        assert.equal(said, rule);
      }
      assert.equal(await page.evaluate("globalThis.ran"), undefined);
      assert.deepEqual(asked, []);
    })
  ),
});
