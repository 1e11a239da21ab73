/// <reference lib="deno.worker" />
import { Board } from "./board.ts";
import { benchOver } from "./task.ts";
import type { Joined } from "./team.ts";

// A thread of a team: helps in the workspace that it was last told of.

self.onmessage = ({ data: { memory, board } }: MessageEvent<Joined>) =>
  new Board(board).help(benchOver(memory));
