// Makes calls to a hostile provider, by fetch and by node:http, and writes what it received and the memory that it used.
import { createHash } from 'node:crypto'
import http from 'node:http'

const body = JSON.stringify({ model: 'm', messages: [], stream: true })
const headers = { 'content-type': 'application/json' }

async function viaFetch(url) {
  const response = await fetch(url, { method: 'POST', headers, body })
  return response.body
}

const viaHttp = (url) =>
  new Promise((resolve, reject) => {
    http.request(url, { method: 'POST', headers }, resolve).on('error', reject).end(body)
  })

async function receive(name, send, url) {
  const hash = createHash('sha256')
  let bytes = 0
  let error = ''
  let peakMiB = 0
  try {
    for await (const chunk of await send(url)) {
      hash.update(chunk)
      bytes += chunk.length
      peakMiB = Math.max(peakMiB, process.memoryUsage.rss() / 2 ** 20)
    }
  } catch (thrown) {
    error = `${thrown.name} ${thrown.cause?.code ?? thrown.code}`
  }
  console.log(JSON.stringify({ name, bytes, hash: hash.digest('hex'), error }))
  console.error(`memory ${JSON.stringify({ name, peakMiB })}`)
}

process.on('uncaughtException', (error) => console.log(`uncaught ${error.stack}`))
process.on('unhandledRejection', (error) => console.log(`unhandled ${error}`))

console.log('ready')
for (const path of process.env.PATHS.split(' ')) {
  await receive(`fetch ${path}`, viaFetch, process.env.HOSTILE + path)
  await receive(`http ${path}`, viaHttp, process.env.HOSTILE + path)
}
console.log('done')
process.stdin.resume()
