// What a reader is told where something cannot be done.

// An error whose text is a sentence for the reader. The text of any other error is for nobody: it is in no table, and a browser's own.
export class Refusal extends Error {}

// The sentence of an error; `otherwise` where it has none, and without that the error goes on.
export function sentenceOf(error, otherwise) {
  if (error instanceof Refusal) return error.message;
  if (otherwise === undefined) throw error;
  return otherwise;
}
