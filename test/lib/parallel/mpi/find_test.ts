import assert from "node:assert/strict";
import { findMpi } from "../../../../lib/parallel/mod.ts";
import { testOnLaunchers } from "../../../ranks.ts";

/** A folder where a launcher and a library should lie, and are none. */
class Spoilt implements Disposable {
  readonly folder = Deno.makeTempDirSync();

  constructor() {
    for (const folder of ["bin", "lib", "lib64"]) {
      Deno.mkdirSync(`${this.folder}/${folder}`);
    }
    const files = ["bin/mpirun", "lib/libmpi.so.40", "lib64/libmpi_abi.so.0"];
    for (const file of files) {
      Deno.writeTextFileSync(`${this.folder}/${file}`, "not what it says");
    }
  }

  environment(name: string): string | undefined {
    return { PATH: `relative:/nowhere:${this.folder}/bin`, SPHEREAR_MPI: "" }[
      name
    ];
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("findMpi() passes over files that are no libraries", () => {
  using spoilt = new Spoilt();
  const found = findMpi((name) => spoilt.environment(name));
  // Where none is installed, there is none.
  assert(!found?.path.includes(spoilt.folder), found?.path);
});

Deno.test("findMpi() refuses a library that has nothing of MPI", () => {
  const named = Deno.build.os === "linux" ? "libc.so.6" : "libSystem.B.dylib";
  const environment = (name: string) =>
    name === "SPHEREAR_MPI" ? named : undefined;
  assert.throws(() => findMpi(environment), {
    name: "UserError",
    message: `Cannot use SPHEREAR_MPI="${named}": expected a library of MPI`,
  });
});

await testOnLaunchers("findMpi() finds the launcher's own", ({ title }) => {
  const family = title === "MPICH" ? "mpich" : "openMpi";
  const { version, path } = findMpi(() => undefined, family)!;
  assert(version.startsWith(title), version);
  // It says the same where people name it.
  const named = (name: string) => name === "SPHEREAR_MPI" ? path : undefined;
  assert.deepEqual(findMpi(named), { path, version });
  return Promise.resolve();
});
