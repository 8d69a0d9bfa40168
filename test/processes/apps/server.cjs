const http = require('node:http')

/** Answers with the process's id, so that who asks knows who served. */
const server = http.createServer((_, response) => response.end(String(process.pid)))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
