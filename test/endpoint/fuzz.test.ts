import { describe, it } from 'node:test'
import { fuzzEndpoint } from './fuzz.ts'

describe('the endpoint', () => {
  it('gives thousands of random requests only responses that they may have', () => fuzzEndpoint(4000, 1))
})
