import assert from "node:assert/strict";
import { digestFile, openArtifact } from "../../lib/artifact/mod.ts";
import { createLogger, planPipeline, runPlan } from "../../lib/pipeline/mod.ts";
import { stage } from "../../stages/prepare.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
