// A job of the kind that its argument names. It counts LLM calls, and writes what it sees of its own end.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { flush, recordLlmCall } from 'agentgateway-otel'

const count = () => recordLlmCall({ system: 'openai', durationSeconds: 0.5 })

const JOBS = {
  'counts a call'() {
    count()
  },
  async 'awaits at its top level'() {
    await sleep(10)
    count()
  },
  'sets its exit code'() {
    count()
    process.exitCode = 3
  },
  'calls process.exit'() {
    count()
    process.exit(4)
  },
  'throws an exception'() {
    count()
    throw new Error('of the job')
  },
  async 'awaits what never comes'() {
    count()
    await new Promise(() => {})
  },
  'has listeners of its end'() {
    count()
    let rounds = 0
    process.on('beforeExit', (code) => {
      console.log('beforeExit', code, process.listenerCount('beforeExit'))
      if (++rounds < 3) setTimeout(count)
    })
    process.once('beforeExit', () => console.log('beforeExit, once'))
    process.on('exit', (code) => console.log('exit', code))
  },
  'emits the events of its end'() {
    process.on('beforeExit', (code) => console.log('beforeExit', code))
    console.log(process.emit('beforeExit', 7))
    count()
  },
  async 'has a thread'() {
    count()
    const [file] = process.argv.slice(1)
    await once(new Worker(file, { argv: ['counts a call'] }), 'exit')
  },
  async flushes() {
    count()
    await Promise.all([flush(), flush()])
    console.log('flushed')
    count()
    await flush()
    process.exit(0)
  },
}

await JOBS[process.argv[2]]()
