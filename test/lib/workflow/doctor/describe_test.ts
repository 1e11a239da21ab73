import assert from "node:assert/strict";
import { describeFindings } from "../../../../lib/workflow/doctor/mod.ts";

const MACHINE = {
  processor: "P",
  cores: 2,
  memoryGiB: 4,
  system: "linux 6",
  deno: "2",
};
const CPU = { name: "CPU", works: true, needed: true, detail: "fine" };
const PLAIN = { color: false, details: false };

Deno.test("describeFindings() ends with what can be done here", () => {
  const text = describeFindings({ machine: MACHINE, findings: [CPU] }, PLAIN);
  assert.equal(
    text,
    "P, 2 cores, 4 GiB of memory\nlinux 6, Deno 2\n\nworks    CPU: fine\n\n" +
      "You can train and sample here: deno task pipeline",
  );
});

Deno.test("describeFindings() names what must be mended first", () => {
  const broken = { ...CPU, works: false, detail: "gone", fix: "install it" };
  const text = describeFindings(
    { machine: MACHINE, findings: [broken] },
    PLAIN,
  );
  assert.match(text, /^MISSING {2}CPU: gone\n {9}to mend: install it$/m);
  assert.match(text, /Nothing runs here yet: mend CPU$/);
});

Deno.test("describeFindings() lists numbers where details are wanted", () => {
  const findings = [{ ...CPU, facts: { sharedKiB: 32 } }];
  const report = { machine: MACHINE, findings };
  const [short, long] = [false, true].map((details) =>
    describeFindings(report, { color: false, details })
  ) as [string, string];
  assert.doesNotMatch(short, /sharedKiB/);
  assert.match(short, /doctor --details/);
  assert.match(long, /^ {9}sharedKiB {2}32$/m);
  assert.doesNotMatch(long, /doctor --details/);
});
