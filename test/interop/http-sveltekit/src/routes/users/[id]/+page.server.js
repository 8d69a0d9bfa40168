export const load = () => ({ ok: 1 })
