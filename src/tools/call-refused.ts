/** What speaks against a call, thrown from wherever it is noticed; the message is a sentence for the model. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}
