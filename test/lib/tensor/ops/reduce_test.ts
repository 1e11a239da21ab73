import { testFamily } from "../../../cases/family.ts";

await testFamily("reduce");
