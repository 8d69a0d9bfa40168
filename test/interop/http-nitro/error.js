// Responds to errors without a line on stderr.
export default defineNitroErrorHandler((error, event) => send(event, `error ${error.statusCode}`, 'text/plain'))
