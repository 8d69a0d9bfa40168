import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

const MIB = 2 ** 20
const REQUESTS = 'agentgateway_llm_requests_total'
const JSON_TYPE = 'application/json'
const SSE = 'text/event-stream'
const AWS = 'application/vnd.amazon.eventstream'

/** How much more memory the app may use at its peak than without the preload, which is far less than what is sent. */
const MAX_MORE_MIB = 150

const BOMB = gzipSync(Buffer.alloc(256 * MIB), { level: 1 })

function* repeat(count: number, size: number, fill: string) {
  const chunk = Buffer.alloc(size, fill)
  for (let i = 0; i < count; i++) yield chunk
}

/** Writes the chunks with backpressure. */
const pour = (response: ServerResponse, chunks: Iterable<Uint8Array>) => Readable.from(chunks).pipe(response)

const withType = (type: string, send: (response: ServerResponse) => void) => (response: ServerResponse) => {
  response.setHeader('content-type', type)
  send(response)
}

/** The beginning of an AWS event that announces these lengths, in bytes. */
function prelude(totalLength: number, headersLength: number): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32BE(totalLength, 0)
  bytes.writeUInt32BE(headersLength, 4)
  return bytes
}

const RESPONSES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '1 GiB of an event without a line feed': withType(SSE, (response) => pour(response, repeat(1024, MIB, 'data: x'))),
  '64 MiB of line feeds': withType(SSE, (response) => pour(response, repeat(64, MIB, '\n'))),
  '64 MiB of JSON that never closes': withType(JSON_TYPE, (response) => pour(response, repeat(64, MIB, '{"usage":'))),
  '64 MiB of one JSON string': withType(JSON_TYPE, (response) => pour(response, repeat(64, MIB, '{"model":"x'))),
  '64 MiB of one line of NDJSON': withType('application/x-ndjson', (response) =>
    pour(response, repeat(64, MIB, '{"a":')),
  ),
  'a gzip bomb of 256 MiB': withType(JSON_TYPE, (response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(BOMB)
  }),
  'a gzip coding of bytes that are not gzip': withType(JSON_TYPE, (response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end('{"usage":{"prompt_tokens":1}}')
  }),
  'gzip that is cut short': withType(JSON_TYPE, (response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync(`{"id":"${[...names.keys()].join()}","usage":{"prompt_tokens":1}}`).subarray(0, 30))
  }),
  'an unknown content-encoding': withType(JSON_TYPE, (response) => {
    response.setHeader('content-encoding', 'x-made-up')
    response.end('{"usage":{"prompt_tokens":1}}')
  }),
  'invalid JSON': withType(JSON_TYPE, (response) =>
    response.end('{"model":"m","usage":{"prompt_tokens":1e999,}}}}]]]'),
  ),
  'JSON with members of wrong types': withType(JSON_TYPE, (response) =>
    response.end('{"model":[{}],"usage":{"prompt_tokens":-5,"completion_tokens":"many"},"error":[[]]}'),
  ),
  'deeply nested JSON': withType(JSON_TYPE, (response) => response.end('['.repeat(MIB) + ']'.repeat(MIB))),
  'events with invalid JSON': withType(SSE, (response) =>
    response.end('data: {"usage":{\n\ndata: "usage"\n\ndata: [DONE\n\n'),
  ),
  'bytes that are not UTF-8': withType(SSE, (response) =>
    response.end(Buffer.alloc(100_000, Buffer.from([0xff, 0xc0, 0x0a]))),
  ),
  'AWS events with wrong lengths': withType(AWS, (response) =>
    response.end(Buffer.concat([prelude(0, 0), prelude(16, 0xffffffff), prelude(0xffffffff, 12), Buffer.alloc(MIB)])),
  ),
  'less than the content-length': withType(JSON_TYPE, (response) => {
    response.setHeader('content-length', 1000)
    response.write('{"model":"m"', () => response.destroy())
  }),
  'more than the content-length': withType(JSON_TYPE, (response) => {
    response.socket?.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{"model":"too long"}',
    )
  }),
  'invalid chunks': withType(SSE, (response) => {
    response.socket?.end(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    )
  }),
}

const names = Object.keys(RESPONSES)

describe('a call to a hostile provider', () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => RESPONSES[names[Number(request.url?.split('/')[1])] as string]?.(response))
    response.on('error', () => {})
  })
  let without: Run
  let withPreload: Run

  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const paths = names.map((_, i) => `/${i}/v1/chat/completions`)
    const env = { HOSTILE: `http://127.0.0.1:${port}`, PATHS: paths.join(' ') }
    // The two run one after the other, because their memory is compared.
    without = await run('none', env)
    withPreload = await run('--import', env)
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  for (const [i, name] of names.entries()) {
    it(`that sends ${name} changes nothing for the app`, () => {
      const linesOf = ({ lines }: Run) => lines.slice(2 * i, 2 * i + 2)
      assert.deepEqual(linesOf(withPreload), linesOf(without))
    })
  }

  it('does not make the app use memory that grows with what the provider sends', () => {
    for (const [i, peakMiB] of withPreload.peaksMiB.entries()) {
      const more = peakMiB - Math.max(...without.peaksMiB)
      assert.ok(more < MAX_MORE_MIB, `${more} MiB more for ${names[Math.floor(i / 2)]}`)
    }
  })

  it('causes no exception in the app, and no fault of the preload', () => {
    assert.doesNotMatch(withPreload.stdout, /^(?:uncaught|unhandled)/m)
    assert.deepEqual(
      withPreload.stderr.split('\n').filter((line) => line !== '' && !/^memory |metrics on http/.test(line)),
      [],
    )
  })

  it('is counted once, without tokens', () => {
    assert.equal(sumOf(withPreload.families, REQUESTS), 2 * names.length)
    assert.equal(sumOf(withPreload.families, 'agentgateway_llm_tokens_total'), 0)
  })
})

interface Run {
  readonly lines: readonly string[]
  readonly peaksMiB: readonly number[]
  readonly stdout: string
  readonly stderr: string
  readonly families: Families
}

async function run(preload: '--import' | 'none', env: Readonly<Record<string, string>>): Promise<Run> {
  const app = await startApp(new URL('apps/hostile.js', import.meta.url), { preload, env })
  try {
    await app.line(/^done$/)
    const families = preload === 'none' ? new Map() : await app.metrics()
    const stdout = app.stdout()
    return {
      lines: stdout.split('\n').filter((line) => line.startsWith('{')),
      peaksMiB: [...app.stderr().matchAll(/^memory (.*)$/gm)].map(([, json]) => JSON.parse(json as string).peakMiB),
      stdout,
      stderr: app.stderr(),
      families,
    }
  } finally {
    await app.stop()
  }
}
