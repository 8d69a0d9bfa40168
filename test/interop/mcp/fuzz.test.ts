import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { evidenceIn } from '../../../packages/instrumentation-mcp/src/evidence.ts'
import { readMessages } from '../../../packages/instrumentation-mcp/src/json-rpc.ts'
import type { CountMessage } from '../../../packages/instrumentation-mcp/src/request-counter.ts'
import { createSessions, type Session } from '../../../packages/instrumentation-mcp/src/sessions.ts'
import { PostedMessages, type PostOwner } from '../../../packages/instrumentation-mcp/src/transports/posted-messages.ts'
import { createResponseReader } from '../../../packages/instrumentation-mcp/src/transports/response-reader.ts'
import { stdio } from '../../../packages/instrumentation-mcp/src/transports/stdio.ts'
import { createJsonOutline, createLinesOutline } from '../../../packages/wire/src/bodies/json-outline.ts'

const ROUNDS = { numRuns: 300 }
/** The lengths of the pieces into which bytes are cut, in turn. */
const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 })

function feed(bytes: Uint8Array, lengths: readonly number[], push: (piece: Uint8Array) => void): void {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    // The bytes are only lent, so the test overwrites them afterwards: keeping them without a copy would show.
    const piece = Uint8Array.from(bytes.subarray(at, at + length))
    push(piece)
    piece.fill(0x7d)
    at += length
  }
}

const createStdio = (count: CountMessage) =>
  stdio.create({ count, waitingPosts: { left: 0 }, sessionIdleMs: 0, now: () => 0, onSessionEnd: () => {} })

type Outline = (emit: (bytes: Uint8Array) => void) => { push(chunk: Uint8Array): void }
const outlineText: Outline = (emit) => createJsonOutline(emit, 4)
const outlineLines: Outline = (emit) => createLinesOutline(emit, () => 4)

/** Returns the bytes that an outline keeps. */
function outlined(bytes: Uint8Array, lengths: readonly number[], create: Outline): string {
  const kept: Uint8Array[] = []
  const outline = create((part) => kept.push(Uint8Array.from(part)))
  feed(bytes, lengths, (piece) => outline.push(piece))
  return Buffer.concat(kept).toString('latin1')
}

const name = fc.oneof(
  fc.constantFrom('echo', 'add', ''),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 200 }),
)
const id = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(null, true, [], {}, '__proto__', 'constructor', 0, '0', -0),
)
const method = fc.oneof(
  fc.constantFrom('initialize', 'tools/call', 'tools/list', 'ping', 'notifications/cancelled', '__proto__', ''),
  fc.string({ unit: 'binary' }),
)
const call = fc.record(
  { jsonrpc: fc.constant('2.0'), method, id, params: fc.oneof(fc.record({ name, requestId: id }), fc.jsonValue()) },
  { requiredKeys: ['jsonrpc', 'method'] },
)
const response = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id,
    result: fc.oneof(
      fc.record({ isError: fc.boolean(), tools: fc.array(fc.record({ name })), serverInfo: fc.record({ name }) }),
      fc.jsonValue(),
    ),
    error: fc.jsonValue(),
  },
  { requiredKeys: ['jsonrpc'] },
)
const message = fc.oneof(call, response, fc.array(fc.oneof(call, response), { maxLength: 5 }), fc.jsonValue())
const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('outlines of JSON', () => {
  for (const [what, create] of Object.entries({ 'a text': outlineText, lines: outlineLines })) {
    it(`are the same wherever the bytes of ${what} are cut`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(bytesOf)), cuts, (bytes, lengths) => {
          assert.equal(outlined(bytes, lengths, create), outlined(bytes, [bytes.length], create))
        }),
        ROUNDS,
      )
    })
  }

  it('keep everything that is not deep', () => {
    fc.assert(
      fc.property(fc.oneof(call, response), cuts, (value, lengths) => {
        const text = JSON.stringify(value)
        const whole = readMessages(text, 0)
        const kept = Buffer.from(outlined(bytesOf(text), lengths, outlineText), 'latin1').toString()
        assert.deepEqual(readMessages(kept, 0), whole)
      }),
      ROUNDS,
    )
  })
})

describe('readers of messages', () => {
  it('never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), message.map(toText)), (text) => {
        const { clientMessages, responses } = readMessages(text, 0)
        assert.ok(clientMessages.every(({ method, name }) => typeof method === 'string' && typeof name === 'string'))
        assert.ok(
          responses.every(({ isError, listedNames }) => typeof isError === 'boolean' && Array.isArray(listedNames)),
        )
        assert.ok(['mcp', 'other', 'shared'].includes(evidenceIn(clientMessages)))
      }),
      ROUNDS,
    )
  })

  it('count each message of a POST once, wherever its bytes are cut and whatever the responses are', () => {
    fc.assert(
      fc.property(message, fc.array(response), cuts, (sent, responses, lengths) => {
        const text = toText(sent)
        const run = (lengths: readonly number[]) => {
          const counted: string[] = []
          const owner: PostOwner = {
            onOutcome: ({ method }, status) => counted.push(`${method} ${status}`),
            accept: () => true,
          }
          const post = new PostedMessages(owner, 0)
          feed(bytesOf(text), lengths, (piece) => post.push(piece))
          const head = { status: 200, header: () => 'application/json' }
          const reader = createResponseReader(head, { now: () => 0, onResponse: (response) => post.resolve(response) })
          feed(bytesOf(toText(responses)), lengths, (piece) => reader?.push(piece))
          post.read()
          post.end('none')
          post.end('error')
          return counted
        }
        const counted = run(lengths)
        assert.deepEqual(counted, run([Number.MAX_SAFE_INTEGER]))
        assert.equal(counted.length, readMessages(text, 0).clientMessages.length)
      }),
      ROUNDS,
    )
  })

  it('count each line of stdio once, wherever the bytes are cut, and skip lines that are no message', () => {
    const line = fc.oneof(message.map(toText), fc.string(), fc.constant(''), fc.constant('\r'))
    const lines = fc.array(line, { maxLength: 20 })
    fc.assert(
      fc.property(lines, lines, cuts, fc.uint8Array({ maxLength: 100 }), (input, output, lengths, noise) => {
        const run = (lengths: readonly number[]) => {
          const counted: string[] = []
          const count: CountMessage = ({ method }, status) => counted.push(`${method} ${status}`)
          const transport = createStdio(count)
          const firstLine = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}'
          const beginning = bytesOf(firstLine)
          const pipe = transport.pipe?.({ side: 'server', beginning }) ?? assert.fail()
          feed(bytesOf([firstLine, ...input, ''].join('\n')), lengths, (piece) => pipe.input(piece))
          feed(bytesOf([...output, ''].join('\n')), lengths, (piece) => pipe.output(piece))
          pipe.input(noise)
          pipe.output(noise)
          assert.equal(transport.openSessions(), 1)
          for (let i = 0; i < 2; i++) {
            pipe.inputEnd()
            pipe.end()
            assert.equal(transport.openSessions(), 0)
          }
          return counted
        }
        const counted = run(lengths)
        assert.deepEqual(counted, run([Number.MAX_SAFE_INTEGER]))
        const calls = input.flatMap((text) => text.split('\n')).flatMap((text) => readMessages(text, 0).clientMessages)
        assert.ok(counted.length >= calls.length + 1)
      }),
      ROUNDS,
    )
  })

  it('keep little of a line that does not end, or is very long', () => {
    const count: CountMessage = () => counted++
    let counted = 0
    const firstLine = '{"jsonrpc":"2.0","id":0,"method":"server/discover"}'
    const beginning = bytesOf(`${firstLine}\n`)
    const pipe = createStdio(count).pipe?.({ side: 'client', beginning }) ?? assert.fail()
    assert.equal(pipe.input(beginning), true)
    const heap = () => process.memoryUsage().arrayBuffers
    const before = heap()
    for (const byte of ['x', '[', '{"a":', '"\\', '\u0000']) {
      const piece = Buffer.from(byte.repeat(65536 / byte.length))
      for (let i = 0; i < 500; i++) pipe.input(piece)
      for (let i = 0; i < 500; i++) pipe.output(piece)
      pipe.input(Buffer.from('\n'))
      pipe.output(Buffer.from('\n'))
    }
    const args = 'A"\\\n'.repeat(2_500_000)
    pipe.input(
      bytesOf(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', args } })}\n`),
    )
    pipe.output(bytesOf(`${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [args], args } })}\n`))
    assert.equal(counted, 1)
    pipe.end()
    assert.equal(counted, 2)
    assert.ok(heap() - before < 64 * 1024 * 1024)
  })
})

describe('the number of open sessions', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd')
  const step = fc.oneof(
    fc.record({ do: fc.constant('begin' as const), key }),
    fc.record({ do: fc.constant('enter' as const), key }),
    fc.record({ do: fc.constant('delete' as const), key }),
    fc.record({
      do: fc.constantFrom('leave' as const, 'revive' as const, 'end' as const),
      of: fc.nat(),
      used: fc.boolean(),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(1500) }),
  )

  it('is never below 0 nor above what began, and comes to 0 when nothing is in flight for long enough', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(2, 100), (steps, maxOpen) => {
        let now = 0
        const sessions = createSessions({ idleMs: 1000, now: () => now, maxOpen, maxEnded: 2 })
        const inFlight: Session[] = []
        const begun = new Set<string>()
        for (const step of steps) {
          if (step.do === 'wait') now += step.ms
          else if (step.do === 'begin') {
            sessions.begin(step.key, undefined, sessions.deletions)
            begun.add(step.key)
          } else if (step.do === 'delete') sessions.delete(step.key)
          else if (step.do === 'enter') {
            const session = sessions.enter(step.key)
            if (session) inFlight.push(session)
          } else {
            const i = step.of % Math.max(1, inFlight.length)
            const session = inFlight[i]
            if (session === undefined) continue
            if (step.do === 'revive') sessions.revive(session)
            else if (step.do === 'end') sessions.end(session)
            else sessions.leave(inFlight.splice(i, 1)[0] ?? session, step.used)
          }
          const open = sessions.count() ?? 0
          assert.ok(open >= 0 && open <= Math.min(begun.size, maxOpen), `${open} of ${begun.size}`)
        }
        for (const session of inFlight) sessions.leave(session, true)
        now += 1000
        assert.equal(sessions.count() ?? 0, 0)
      }),
      { numRuns: 2000 },
    )
  })
})

const toText = (value: unknown) => JSON.stringify(value) ?? 'undefined'
