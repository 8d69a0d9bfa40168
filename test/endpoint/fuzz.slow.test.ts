import { describe, it } from 'node:test'
import { fuzzEndpoint } from './fuzz.ts'

describe('the endpoint', () => {
  for (let seed = 1; seed <= 5; seed++) {
    it(`gives 20,000 random requests only responses that they may have (seed ${seed})`, () =>
      fuzzEndpoint(20_000, seed))
  }
})
