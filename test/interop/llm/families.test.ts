import { describe } from 'node:test'
import { checkClient } from './check-client.ts'
import { CLIENTS, isQuick } from './clients.ts'

// A client that waits for its next retry leaves the processor to others.
describe('LLM clients, one for each family of providers:', { concurrency: 3 }, () => {
  for (const client of CLIENTS) for (const form of client.forms) if (isQuick(client, form)) checkClient(client, form)
})
