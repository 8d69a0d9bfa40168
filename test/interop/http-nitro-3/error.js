// Responds to errors without a line on stderr.
export default (error) => new Response(`error ${error.status}`, { status: error.status })
