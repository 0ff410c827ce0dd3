import { equal } from "./support/assert.ts";
import { calls, mean, pieces } from "../../supabase/functions/_shared/limits.ts";
import cases from "../fixtures/embedding_pieces.json" with { type: "json" };

for (const { name, text, size, pieces: expected } of cases.pieces) {
  Deno.test(`pieces cuts where both sides agreed: ${name}`, () => {
    equal(pieces(text, size), expected);
  });
}

for (const { name, texts, size, count, calls: expected } of cases.calls) {
  Deno.test(`calls groups as both sides agreed: ${name}`, () => {
    equal(calls(texts, size, count), expected);
  });
}

Deno.test("pieces keeps every character of a long text", () => {
  const text = "\ufeffdéjà vu 😀 ".repeat(3000);
  equal(pieces(text).join(""), text);
});

Deno.test("mean weighs pieces by their bytes", () => {
  const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  equal(mean(["any"], [x]), x);
  equal(mean(["333", "é44"], [x, y]), Float32Array.of(0.6, 0.8)); // 3 and 4 bytes: 3, 4, 5
  equal(mean(["a", "b"], [x, Float32Array.of(-1, 0)]), Float32Array.of(0, 0));
});
