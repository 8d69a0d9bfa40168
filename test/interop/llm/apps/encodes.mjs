// Makes calls to PROVIDER with encoded requests, by fetch and by node:http. The model's name is only in the encoded body.
import http from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

const url = `${process.env.PROVIDER}/v1/chat/completions`
const text = (model) => JSON.stringify({ model, messages: [{ role: 'user', content: 'many words '.repeat(100) }] })
const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

for (const [encoding, encode] of Object.entries(encoders)) {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
  await (await fetch(url, { method: 'POST', headers, body: encode(text(`${encoding}-by-fetch`)) })).json()
  await new Promise((resolve) => {
    const request = http.request(url, { method: 'POST', headers }, (response) => response.resume().on('end', resolve))
    // The body is written in two parts, as by a stream that compresses.
    const body = encode(text(`${encoding}-by-http`))
    request.write(body.subarray(0, 20))
    request.end(body.subarray(20))
  })
}
console.log('ready')
process.stdin.resume()
