/**
 * What the provider does with a request; the last word of its model's name says which, with a variant after a hyphen:
 * `answer-gzip`, `anthropic.refuse-429`.
 *
 * - `answer`: answers as asked, in pieces of 50 bytes; `-bytes`: of one byte; `-crlf`, `-cr`: lines end otherwise;
 *   `-gzip`, `-deflate`, `-br`, `-zstd`: compressed; `-json`, `-plain`, `-octets`, `-typeless`: a stream that is called
 *   something else
 * - `refuse`: answers with the variant's status, always; `flaky`: at the first request for this model
 * - `fail`: begins a stream and puts an error into it
 * - `stall`: begins a stream and waits until the client leaves; `endless`: goes on until then
 * - `silent`: waits until the client leaves, without an answer; `-timeout`: which it does by itself
 * - `cut`: begins an answer and cuts the connection
 * - `short`: ends the connection before the length that it promised
 */
export interface Behaviour {
  readonly name: 'answer' | 'refuse' | 'flaky' | 'fail' | 'stall' | 'endless' | 'silent' | 'cut' | 'short'
  readonly variant: string | undefined
}

const MODEL = /\b(answer|refuse|flaky|fail|stall|endless|silent|cut|short)(?:-(\w+))?$/

/** @throws Error for a model of no known behaviour */
export function behaviourOf(model: string): Behaviour {
  const [, name, variant] = MODEL.exec(model) ?? []
  if (name === undefined) throw new Error(`a model of no known behaviour: ${model}`)
  return { name: name as Behaviour['name'], variant }
}
