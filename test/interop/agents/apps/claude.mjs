// Uses Claude Code in each way that its SDK has, and by its command line. Prints what it sees, without what differs from run to run.
import { exec, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { query } from '@anthropic-ai/claude-agent-sdk'

const { DIRECTORY: cwd } = process.env
console.log('ready')

function see(
  name,
  { type, subtype, message, event, is_error, result, num_turns, usage, modelUsage, parent_tool_use_id, ...line },
) {
  // The progress of a tool comes when it comes.
  if (type === 'system' && subtype !== 'init') return
  const content = message?.content ?? event?.delta
  const what = { type, subtype, id: message?.id, parent_tool_use_id, content, is_error, result, num_turns, modelUsage }
  console.log(
    JSON.stringify({
      name,
      ...what,
      usage: usage ?? message?.usage,
      event: event?.type,
      status: line.api_error_status,
    }),
  )
}

const OPTIONS = {
  cwd,
  model: 'claude-sonnet-4-5',
  allowedTools: ['Bash', 'Agent'],
  settingSources: [],
  agents: { helper: { description: 'helps', prompt: 'You help.', model: 'claude-haiku-4-5', tools: ['Bash'] } },
}

async function use(name, prompt, options = {}, onMessage = () => {}) {
  let session
  try {
    for await (const message of query({ prompt, options: { ...OPTIONS, ...options } })) {
      session = message.session_id
      see(name, message)
      onMessage(message)
    }
  } catch (error) {
    console.log(JSON.stringify({ name, error: error.message }))
  }
  return session
}

const session = await use('a prompt', 'Say hello.')
await use('a session that is continued', 'use a tool', { resume: session })
await use('a fork of that', 'Say it again.', { resume: session, forkSession: true })
await use('a sub-agent', 'use a sub-agent')
await use('a refusal', 'refuse with 429')

const ended = { resolve() {} }
async function* prompts() {
  for (const content of ['Say one.', 'use a sub-agent', '/compact', '/clear', 'Say two.']) {
    const turn = new Promise((resolve) => {
      ended.resolve = resolve
    })
    yield { type: 'user', message: { role: 'user', content }, parent_tool_use_id: null, session_id: '' }
    await turn
  }
}
const onMessage = ({ type }) => type === 'result' && ended.resolve()
await use('several turns', prompts(), { includePartialMessages: true }, onMessage)

const abortController = new AbortController()
const abort = ({ type }) => type === 'assistant' && abortController.abort()
await use('a prompt that is given up', 'stall', { abortController }, abort)

// Its command line, with a prompt as an argument and nothing in the stdin.
const platform = `${process.platform}-${process.arch}`
const sdk = createRequire(import.meta.resolve('@anthropic-ai/claude-agent-sdk'))
const claude = sdk.resolve(`@anthropic-ai/claude-agent-sdk-${platform}/claude`)
const flags = ['-p', '--verbose', '--output-format', 'stream-json', '--model', 'claude-sonnet-4-5']
const child = spawn(claude, [...flags, 'Say hello on a line.'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
for await (const line of createInterface({ input: child.stdout })) see('the command', JSON.parse(line))
const { stdout } = await promisify(exec)(`"${claude}" ${flags.join(' ')} "Say hello in a shell." < /dev/null`, { cwd })
for (const line of stdout.trim().split('\n')) see('the command in a shell', JSON.parse(line))

console.log('done')
setInterval(() => {}, 1000)
