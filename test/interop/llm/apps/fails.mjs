// Makes a call that fails and that an SDK would retry, writes how many timers keep the app alive, and has nothing left to do.
const headers = { 'x-stainless-retry-count': '0' }
const response = await fetch(`${process.env.PROVIDER}/fail/v1/chat/completions`, {
  method: 'POST',
  headers,
  body: '{}',
})
await response.text()
console.log(`ready ${process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length}`)
