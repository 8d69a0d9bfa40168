/**
 * Returns the model that Google's name of a resource ends with: `models/m`, `projects/…/publishers/google/models/m` or
 * `projects/…/endpoints/m`. Undefined if it is no such name.
 */
export const modelOfResource = (name: unknown): string | undefined =>
  typeof name === 'string' && name !== '' ? name.slice(name.lastIndexOf('/') + 1) : undefined
