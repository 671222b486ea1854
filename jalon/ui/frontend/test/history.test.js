import assert from "node:assert/strict";
import { test } from "node:test";
import { commit, redo, startHistory, STEP_LIMIT, undo } from "../src/history.js";

test("undo gives the step before and redo gives it back", () => {
  const drawn = commit(startHistory("rien"), "un carré");
  assert.equal(undo(drawn).present, "rien");
  assert.deepEqual(redo(undo(drawn)), drawn);
});

test("undo and redo without a step change nothing", () => {
  const history = startHistory("rien");
  assert.deepEqual(undo(history), history);
  assert.deepEqual(redo(history), history);
});

test("a new step forgets what had been undone", () => {
  const history = commit(undo(commit(startHistory("a"), "b")), "c");
  assert.deepEqual(history, { past: ["a"], present: "c", future: [] });
});

test("twenty steps are kept and the oldest are forgotten", () => {
  let history = startHistory(0);
  for (let step = 1; step <= STEP_LIMIT + 5; step += 1) history = commit(history, step);
  for (let step = 0; step < STEP_LIMIT + 5; step += 1) history = undo(history);
  assert.equal(history.present, 5);
});
