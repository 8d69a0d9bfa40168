// Serves the metrics of one contestant, and measures scrapes. Its argument is JSON: the name of the contestant, the
// number of lines, and the contestant's options. It sends its port over IPC, and replies to commands:
//
// - `change` records one request for each of some lists of label values, other lists each time, and may collect garbage.
// - `begin` and a measure come before a scrape, `end` after it. The reply to `end` is what was measured.
import { CONTESTANTS } from './contestants.js'
import { MEASURES } from './measures.js'
import { durationOf, labelValuesFor } from './requests.js'

const { contestant, lines, changed, collections, copies, ...options } = JSON.parse(process.argv[2])
const worker = JSON.stringify({ contestant, lines, changed, collections, copies, format: options.format })
const { listen, record, forward } = await CONTESTANTS[contestant]({ ...options, workerConfig: worker })

/** Records a request as often as there are processes that the process stands for. */
function recordCopies(labels, durationSeconds) {
  for (let i = 0; i < copies; i++) record(labels, durationSeconds)
}

const lists = labelValuesFor(lines)
let requests = 0
lists.forEach((labels, i) => {
  for (let count = 1 + ((i * 31) % 97); count > 0; count--) recordCopies(labels, durationOf(requests++))
})

let changes = 0
function change() {
  for (let count = Math.min(changed, lists.length); count > 0; count--) {
    recordCopies(lists[changes % lists.length], durationOf(changes))
    changes++
  }
  for (let i = 0; i < collections; i++) gc()
}

let end
process.on('message', async ({ command, measure }) => {
  if (command === 'change') {
    change()
    await forward?.(command)
    process.send({})
  } else if (command === 'begin') {
    // The measurement begins when the reply has been sent, so that it does not include that.
    process.send({}, () => {
      end = MEASURES[measure]()
    })
  } else if (command === 'end') process.send(end())
})
process.on('disconnect', () => process.exit())
process.send({ port: await listen(), requests })
