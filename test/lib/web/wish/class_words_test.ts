import assert from "node:assert/strict";
import {
  classesLike,
  classWord,
  labelOf,
} from "../../../../lib/web/wish/class_words.ts";
import { listedClasses } from "../../../../lib/workflow/sample/class_names.ts";
import { MODEL } from "./_model.ts";

const { classes } = MODEL;

Deno.test("classWord() gives names where they tell, else numbers", () => {
  const words = classes.map((_, label) => classWord(label, classes));
  assert.deepEqual(words, ["cat", "1", "green heart", "3", "4", "5"]);
});

Deno.test("classWord() gives what the command line takes", () => {
  for (const label of classes.keys()) {
    assert.deepEqual(listedClasses(classWord(label, classes), classes), [
      label,
    ]);
  }
});

Deno.test("labelOf() reads numbers, and names in any case", () => {
  assert.equal(labelOf("CAT", classes), 0);
  assert.equal(labelOf("5", classes), 5);
  assert.equal(labelOf("6", classes), undefined);
  assert.equal(labelOf("dog", classes), undefined);
});

Deno.test("classesLike() puts what begins with the text first", () => {
  assert.deepEqual(classesLike("heart", classes), [1, 5, 2]);
  assert.deepEqual(classesLike(" hea GREEN ", classes), [2]);
  assert.deepEqual(classesLike("", classes), [0, 1, 2, 3, 4, 5]);
});
