// Langfuse's client of its own ingestion, as its documentation says: a wrapped client.
const { observeOpenAI } = require('langfuse')

globalThis.observeLlm = (client) => observeOpenAI(client, { clientInitParams: { flushAt: 1 } })
