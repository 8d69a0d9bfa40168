import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isMadeOf } from './removed-prefix.ts'

it('isMadeOf recognises paths of parts that begin alike, in any order, and takes no longer for long ones', () => {
  const parts = new Set(['/a', '/a/a', '/ab'])
  for (const path of ['', '/a', '/a/ab', '/ab/a/a']) assert.ok(isMadeOf(path, parts), path)
  for (const path of ['/', '/b', '/a/', '/abc', `${'/a'.repeat(5000)}/b`]) assert.ok(!isMadeOf(path, parts), path)
})
