import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flagOf, isAgentCommand, wordsOf } from './agent-command.ts'

describe('isAgentCommand', () => {
  it('recognises how agents are started, also by a shell', () => {
    for (const command of [
      ['/app/claude', '--output-format', 'stream-json', '--verbose'],
      ['node', 'cli.js', '-p', 'Say hello.', '--output-format=stream-json'],
      ['/bin/sh', '-c', 'claude -p "Say hello." --output-format "stream-json"'],
      ['codex', 'exec', '--experimental-json', '--model', 'gpt-5.2-codex', 'resume', 'a'],
      ['codex', '--search', 'e', 'a\nprompt', '--json'],
    ])
      assert.ok(isAgentCommand(command), command.join(' '))
  })

  it('leaves other commands alone', () => {
    for (const command of [
      ['claude', '-p', 'Say hello.'],
      ['claude', '-p', '--output-format', 'json'],
      ['codex', 'exec', 'Say hello.'],
      ['npm', 'ls', '--json'],
      ['codex', 'exec', '--json-schema', 'x'],
      ['node', 'app.js', 'Run: codex exec --json, or claude --output-format stream-json'],
      ['node', 'server.js'],
    ])
      assert.ok(!isAgentCommand(command), command.join(' '))
  })
})

describe('flagOf', () => {
  it('returns the last value of a flag, in either form', () => {
    assert.equal(flagOf(['codex', '-m', 'a', '--model=b'], ['--model', '-m']), 'b')
    assert.equal(flagOf(wordsOf(['/bin/bash', '-c', 'codex exec -m a --json']), ['--model', '-m']), 'a')
    assert.equal(flagOf(['codex', '--models', 'a'], ['--model', '-m']), undefined)
  })
})
