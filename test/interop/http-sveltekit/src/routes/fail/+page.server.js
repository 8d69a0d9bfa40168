export const load = () => {
  throw new Error('thrown by a page')
}
