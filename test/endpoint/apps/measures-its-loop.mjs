// An app that measures how long its event loop is held: the most CPU time of the main thread between two ticks of a 1 ms
// timer. CPU time, unlike time by the clock, does not grow when other processes have the CPU. First it makes some 20,000
// lines of metrics. For each line on stdin it writes one with what it measured since the last.
import http from 'node:http'

const cpuMs = () => {
  // Older versions know the CPU time of the whole process only, which has few other threads.
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1000
}

/** Serves one request of each method and status, as a series each. */
async function makeSeries() {
  let status
  const server = http.createServer((_, response) => response.writeHead(status).end())
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const agent = new http.Agent({ keepAlive: true })
  const request = (method) =>
    new Promise((resolve, reject) => {
      const { port } = server.address()
      http
        .request({ port, host: '127.0.0.1', agent, method }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end()
    })
  for (status = 200; status < 600; status++) await request('GET')
  for (status = 200; status < 230; status++) await request('POST')
  agent.destroy()
  server.close()
}

let heldMs = 0
function measureLoop() {
  let last = cpuMs()
  setInterval(() => {
    const now = cpuMs()
    heldMs = Math.max(heldMs, now - last)
    last = now
  }, 1)
}

await makeSeries()
measureLoop()
let lines = 0
process.stdin.on('data', (chunk) => {
  for (const byte of chunk) if (byte === 10) lines++
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  console.log(`measured ${lines} ${JSON.stringify({ heldMs, memoryBytes: heapUsed + external, residentBytes: rss })}`)
  heldMs = 0
})
console.log('ready')
