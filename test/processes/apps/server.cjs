const http = require('node:http')

/** Responds with the id of the process, so that the client knows which process served it. */
const server = http.createServer((_, response) => response.end(String(process.pid)))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
