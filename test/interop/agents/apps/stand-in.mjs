// Stands in for an agent: writes the lines that the test gives it, in the form of the real one's, and can make a call of its own first.
const { LINES, PIECE, CALL, HANG } = process.env
if (CALL) {
  const body = { model: 'claude-sonnet-4-5', stream: true, messages: [{ role: 'user', content: 'Say hello.' }] }
  const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' }
  const response = await fetch(CALL, { method: 'POST', headers, body: JSON.stringify(body) })
  await response.text()
}
const bytes = Buffer.from(LINES)
const size = Number(PIECE ?? bytes.length)
for (let i = 0; i < bytes.length; i += size) {
  await new Promise((resolve) => process.stdout.write(bytes.subarray(i, i + size), resolve))
}
if (HANG) setInterval(() => {}, 1000)
