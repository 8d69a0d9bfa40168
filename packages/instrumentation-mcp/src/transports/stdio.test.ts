import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PipeListener } from '@agentgateway-otel/wire'
import type { CountMessage } from '../request-counter.ts'
import { stdio } from './stdio.ts'

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
const INITIALIZE = line({ id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {} } })

/** Sets up the pipes of a server, whose messages are listed as `method status` when they are counted. */
function setUp() {
  const counted: string[] = []
  const count: CountMessage = ({ method }, status) => counted.push(`${method} ${status}`)
  const transport = stdio.create({
    count,
    waitingPosts: { left: 0 },
    sessionIdleMs: 0,
    now: () => 0,
    onSessionEnd: () => {},
  })
  let listener: PipeListener | undefined
  return {
    counted,
    sessions: transport.openSessions,
    /** Returns the listener's verdict on this input, which comes in pieces of so many bytes. */
    input(text: string, length = 65536): boolean | undefined {
      let verdict: boolean | undefined
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length && verdict !== false; at += length) {
        const piece = bytes.subarray(at, at + length)
        listener ??= transport.pipe?.({ side: 'server', beginning: piece })
        verdict = listener === undefined ? false : listener.input(piece)
      }
      return verdict
    },
    output: (text: string) => listener?.output(Buffer.from(text)),
    inputEnd: () => listener?.inputEnd(),
    end: () => listener?.end(),
  }
}

describe('a pipe that may carry MCP', () => {
  it('is recognised by its first line, wherever that is cut', () => {
    for (const length of [1, 7, 65536]) {
      for (const first of [
        INITIALIZE,
        `\r\n${INITIALIZE}`,
        line({ id: 'x', method: 'server/discover' }),
        line({ id: 1, method: 'tools/list', params: { _meta: META } }),
      ]) {
        const { input, sessions } = setUp()
        assert.equal(input(first.slice(0, -1), length), undefined)
        assert.equal(sessions(), undefined)
        assert.equal(input('\n'), true)
        assert.equal(sessions(), 1)
      }
    }
  })

  it('is no longer observed after the first message of another protocol', () => {
    for (const first of [
      // ACP, the app server of Codex, LSP in lines, and any other JSON-RPC.
      line({ id: 0, method: 'initialize', params: { protocolVersion: 1, clientCapabilities: {} } }),
      '{"method":"initialize","id":0,"params":{"clientInfo":{"name":"x","version":"1"}}}\n',
      line({ id: 1, method: 'initialize', params: { processId: 1, rootUri: null, capabilities: {} } }),
      line({ id: 1, method: 'textDocument/didOpen', params: { _meta: {} } }),
      line({ id: 1, method: 'getHealth' }),
      line({ id: 1, result: {} }),
      // The debug adapter protocol.
      '{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"x"}}\n',
      '{"a":\n1}\n',
    ]) {
      const { counted, end, input, sessions } = setUp()
      assert.equal(input(first), false, first)
      end()
      assert.deepEqual([sessions(), counted], [undefined, []])
    }
  })

  it('is not observed if its first byte is not JSON’s', () => {
    for (const first of ['Content-Length: 120\r\n\r\n{', 'GET / HTTP/1.1', '"text"', '\u0000', ' {']) {
      assert.equal(setUp().input(first.slice(0, 1)), false, first)
    }
  })

  it('is no longer observed after 1 KiB of a JSON document, however long its line is', () => {
    const { input } = setUp()
    const document = JSON.stringify({ rows: Array.from({ length: 10_000 }, (_, i) => ({ i })) })
    assert.equal(input(document.slice(0, 1023), 100), undefined)
    assert.equal(input(document.slice(1023, 1025)), false)
  })

  it('counts first messages that other protocols have too once a later one proves that it is MCP', () => {
    const { counted, input, output, sessions } = setUp()
    assert.equal(input(line({ id: 1, method: 'ping' })), true)
    output(line({ id: 1, result: {} }))
    assert.deepEqual([counted, sessions()], [[], undefined])
    input(line({ method: 'notifications/progress' }) + INITIALIZE + line({ id: 2, method: 'ping' }))
    output(line({ id: 2, result: {} }))
    assert.deepEqual([counted, sessions()], [['ping ok', 'notifications/progress none', 'ping ok'], 1])
  })

  it('is no longer observed after 16 messages without a proof', () => {
    const { counted, end, input, sessions } = setUp()
    for (let i = 0; i < 16; i++) assert.equal(input(line({ id: i, method: 'ping' })), true)
    assert.equal(input(line({ id: 16, method: 'ping' }) + INITIALIZE), false)
    end()
    assert.deepEqual([counted, sessions()], [[], undefined])
  })
})

describe('the first line of a pipe', () => {
  const call = (args: object) =>
    line({ id: 1, method: 'tools/call', params: { name: 'x', arguments: args, _meta: META } })

  it('is read, however long it is', () => {
    for (const args of [
      { text: 'y'.repeat(70_000) },
      { text: 'y'.repeat(5_000_000) },
      { list: Array.from({ length: 100_000 }, (_, i) => ({ i })) },
      { list: Array.from({ length: 100_000 }, (_, i) => `${i}`) },
    ]) {
      const { counted, input, output, sessions } = setUp()
      assert.equal(input(call(args)), true)
      output(line({ id: 1, result: {} }))
      assert.deepEqual([counted, sessions()], [['tools/call ok'], 1])
    }
  })

  it('is counted when a later line proves that it is MCP, if its own proof is beyond what is kept', () => {
    const { counted, input, output } = setUp()
    assert.equal(input(call(Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 'v'])))), true)
    output(line({ id: 1, result: {} }))
    input(line({ id: 2, method: 'tools/call', params: { _meta: META } }))
    output(line({ id: 2, result: {} }))
    assert.deepEqual(counted, ['tools/call ok', 'tools/call ok'])
  })

  it('does not hide the following lines if it is skipped because its outline is too long', () => {
    const { counted, input, output } = setUp()
    const many = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`k${i}`, i]))
    assert.equal(input(line({ id: 1, method: 'tools/call', params: { _meta: META }, ...many })), undefined)
    assert.equal(input(INITIALIZE), true)
    output(line({ id: 0, result: {} }))
    assert.deepEqual(counted, ['initialize ok'])
  })
})
