require('./thread-cpu.cjs')
const http = require('node:http')
const client = require('prom-client')

// Has the same series as `many-series.cjs` in prom-client. The argument is the list of metrics, as JSON.
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const metrics = JSON.parse(process.argv[2]).map(({ name, help, kind, labelNames, buckets }) =>
  kind === 'counter'
    ? new client.Counter({ name, help, labelNames })
    : new client.Histogram({ name, help, labelNames, buckets }),
)
for (const method of METHODS) {
  for (let status = 200; status < 600; status++) {
    const labels = { method, status, route: 'unknown', protocol: 'http', gateway: 'unknown_service:node' }
    for (const metric of metrics) {
      if (metric instanceof client.Counter) metric.inc(labels)
      else metric.observe(labels, 0.0012)
    }
  }
}
http
  .createServer(async (_, response) => response.end(await client.register.metrics()))
  .listen(0, '127.0.0.1', function () {
    console.log(`ready ${this.address().port}`)
  })
