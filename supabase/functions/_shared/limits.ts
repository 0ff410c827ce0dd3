/**
 * Texts cut to what one call of OpenAI's embeddings takes, as campaignbase/providers/openai_limits.py does.
 *
 * A token of its tokenizers is at least one byte of UTF-8, so counting bytes keeps every limit without them.
 * tests/fixtures/embedding_pieces.json holds both sides to the same cuts.
 */

export const MAX_PIECE_BYTES = 8_000; // of 8,192 tokens a text
export const MAX_CALL_BYTES = 290_000; // of 300,000 tokens a call
export const MAX_CALL_TEXTS = 2_048;

const WHITESPACE = new Set([0x20, 0x09, 0x0d, 0x0a]);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text in pieces of at most `size` bytes, each cut after whitespace where its second half has any. */
export function pieces(text: string, size = MAX_PIECE_BYTES): string[] {
  let raw = encoder.encode(text);
  const found: string[] = [];
  while (raw.length > size) {
    let end = size;
    while (end > size >> 1 && !WHITESPACE.has(raw[end - 1]!)) end--;
    if (end === size >> 1) {
      end = size;
      while ((raw[end]! & 0xc0) === 0x80) end--; // inside a character
    }
    found.push(decoder.decode(raw.subarray(0, end)));
    raw = raw.subarray(end);
  }
  if (raw.length) found.push(decoder.decode(raw));
  return found;
}

/** The texts in order, as few calls as fit. */
export function calls(texts: string[], size = MAX_CALL_BYTES, count = MAX_CALL_TEXTS): string[][] {
  const found: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const length = bytes(text);
    let last = found.at(-1);
    if (!last || length > room || last.length === count) {
      found.push(last = []);
      room = size;
    }
    last.push(text);
    room -= length;
  }
  return found;
}

/** The vector of a text from those of its pieces, weighted by their bytes; unit length. */
export function mean(parts: string[], vectors: Float32Array[]): Float32Array {
  if (vectors.length === 1) return vectors[0]!;
  const total = new Float64Array(vectors[0]!.length);
  vectors.forEach((vector, part) => {
    const weight = bytes(parts[part]!);
    vector.forEach((value, place) => total[place]! += weight * value);
  });
  const length = Math.hypot(...total) || 1;
  return Float32Array.from(total, (value) => value / length);
}

function bytes(text: string): number {
  return encoder.encode(text).length;
}
