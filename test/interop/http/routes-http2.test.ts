import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { afterRequests, counted } from './requests.ts'

async function get(port: number, path: string): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': path })
  stream.resume()
  await once(stream, 'end')
  session.close()
}

it('finds the routes of Fastify, of Koa, and of streams that are passed to setRoute, over HTTP/2', async () => {
  const app = await startApp(new URL('./apps/http2-routes.js', import.meta.url))
  for (const [name, port] of JSON.parse(app.ready) as [string, number][]) {
    await get(port, `/${name}/1`)
    await get(port, `/${name}/2`)
    if (name !== 'streams') await get(port, '/nowhere')
  }
  assert.deepEqual(counted(await afterRequests(app, 8)), {
    'GET 200 /fastify/:id': 2,
    'GET 200 /koa/:id': 2,
    'GET 200 /streams/:id': 2,
    'GET 404 unknown': 2,
  })
  await app.stop()
})
