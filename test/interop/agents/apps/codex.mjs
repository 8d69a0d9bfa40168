// Uses Codex by its SDK. Prints what it sees, without what differs from run to run.
import { Codex } from '@openai/codex-sdk'

const { DIRECTORY: workingDirectory, PROVIDER } = process.env
console.log('ready')

const codex = new Codex({ baseUrl: `${PROVIDER}/v1`, apiKey: 'none' })
const options = {
  model: 'gpt-5.2-codex',
  workingDirectory,
  skipGitRepoCheck: true,
  sandboxMode: 'danger-full-access',
  approvalPolicy: 'never',
}

async function use(name, thread, prompt, { signal, onEvent = () => {} } = {}) {
  try {
    const { events } = await thread.runStreamed(prompt, { signal })
    for await (const event of events) {
      const { thread_id: _, ...seen } = event
      console.log(JSON.stringify({ name, ...seen }))
      onEvent(event)
    }
  } catch (error) {
    console.log(JSON.stringify({ name, error: error.name }))
  }
}

const thread = codex.startThread(options)
await use('a prompt', thread, 'Say hello.')
await use('a second turn', thread, 'use a tool')
await use('a thread that is resumed', codex.resumeThread(thread.id, options), 'Say it again.')
await use('another thread', codex.startThread({ ...options, model: 'gpt-5.2-codex-mini' }), 'Say hello.')
await use('a refusal', codex.startThread(options), 'refuse with 400')
const controller = new AbortController()
const onEvent = ({ type }) => type === 'item.completed' && controller.abort()
await use('a prompt that is given up', codex.startThread(options), 'stall', { signal: controller.signal, onEvent })

console.log('done')
setInterval(() => {}, 1000)
