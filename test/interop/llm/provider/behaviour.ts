/**
 * What the provider does with a request. The last word of the model's name selects it, with a variant after a hyphen:
 * `respond-gzip`, `anthropic.refuse-429`.
 *
 * - `respond`: sends the response in pieces of 50 bytes; `-bytes`: of one byte; `-crlf`, `-cr`: with other line endings;
 *   `-gzip`, `-deflate`, `-br`, `-zstd`: compressed; `-json`, `-plain`, `-octets`, `-typeless`: as a stream with a content
 *   type that is wrong or missing
 * - `refuse`: responds with the variant's status, always; `flaky`: only to the first request for this model
 * - `fail`: begins a stream and sends an error in it
 * - `stall`: begins a stream and waits until the client disconnects; `endless`: keeps sending until then
 * - `silent`: sends no response and waits until the client disconnects; `-timeout`: because of its own timeout
 * - `cut`: begins a response and breaks the connection
 * - `short`: ends the connection before the announced content-length
 */
export interface Behaviour {
  readonly name: 'respond' | 'refuse' | 'flaky' | 'fail' | 'stall' | 'endless' | 'silent' | 'cut' | 'short'
  readonly variant: string | undefined
}

const MODEL = /\b(respond|refuse|flaky|fail|stall|endless|silent|cut|short)(?:-(\w+))?$/

/** @throws Error for a model of no known behaviour */
export function behaviourOf(model: string): Behaviour {
  const [, name, variant] = MODEL.exec(model) ?? []
  if (name === undefined) throw new Error(`a model of no known behaviour: ${model}`)
  return { name: name as Behaviour['name'], variant }
}
