// What is measured in the page: each in a browser context of its own, from outside or by its own clock.
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../random.mjs'

const BATCHES_PER_SECOND = 20
const HEAP_LOOKS = 10
/** Time in which a page that has just begun fills its windows and caches. */
const WARM_UP_MS = 20_000
const VIEWPORT = { width: 1280, height: 800 }

/** From the navigation to the first paint, and to the first lines: `{ paintMs, linesMs }`. */
export async function measureStarts({ browser, url }, times) {
  const paintMs = []
  const linesMs = []
  for (let index = 0; index < times; index += 1) {
    await withPage({ browser, url }, async (page) => {
      paintMs.push(await page.evaluate(firstPaintMs))
      linesMs.push(await page.evaluate(() => globalThis.heroLinesMs))
    })
  }
  return { paintMs, linesMs }
}

/** Jumps to numbers all over the sequence, until their lines are on the screen: `{ ms }`. */
export async function measureJumps({ browser, url }, { jumps, lines, seed }) {
  const random = createRandom(seed)
  const seqs = Array.from({ length: jumps }, () => random.integer(1, lines))
  return await withPage({ browser, url }, async (page) => ({
    ms: await page.evaluate(jumpAll, seqs),
  }))
}

/** Follows a source that is written all the time: frames by the page's own count. */
export async function measureTail({ browser, url, client }, { rate, seconds }) {
  return await withPage({ browser, url }, async (page) => {
    const writing = startWriting(client, rate)
    await sleep(2_000)
    const frames = await page.evaluate(countFrames, seconds * 1_000)
    const shown = await page.evaluate(newestSeq)
    const written = await writing.stop()
    return { ...frames, behindLines: Math.max(0, written - shown) }
  })
}

/** The heap after a collection, now and then while following: `{ mb, growthMbPerMinute }`. */
export async function measureHeap({ browser, url, client }, { rate, seconds }) {
  return await withPage({ browser, url }, async (page) => {
    const session = await page.context().newCDPSession(page)
    const writing = startWriting(client, rate)
    await sleep(Math.min(WARM_UP_MS, seconds * 1_000))
    const mb = []
    for (let look = 0; look <= HEAP_LOOKS; look += 1) {
      if (look > 0) await sleep((seconds * 1_000) / HEAP_LOOKS)
      await session.send('HeapProfiler.collectGarbage')
      mb.push((await session.send('Runtime.getHeapUsage')).usedSize / 1_048_576)
    }
    await writing.stop()
    return { mb, growthMbPerMinute: slope(mb) * (HEAP_LOOKS / (seconds / 60)) }
  })
}

async function withPage({ browser, url }, work) {
  const context = await browser.newContext({ viewport: VIEWPORT })
  try {
    const page = await context.newPage()
    await page.addInitScript(noteFirstLines)
    await page.goto(url)
    await page.locator('log-view .row').last().waitFor()
    await page.waitForFunction(() => globalThis.heroLinesMs !== undefined)
    return await work(page)
  } finally {
    await context.close()
  }
}

/** Writes `rate` lines a second; `stop()` gives the number of the last one. */
function startWriting(client, rate) {
  const perBatch = rate / BATCHES_PER_SECOND
  const begun = performance.now()
  let isWanted = true
  let lastSeq = 0
  const run = async () => {
    for (let batch = 0; isWanted; batch += 1) {
      const dueMs = begun + (batch * 1_000) / BATCHES_PER_SECOND
      await sleep(Math.max(0, dueMs - performance.now()))
      const entries = Array.from({ length: perBatch }, (_, index) => ({
        text: `INFO GET /orders/${batch * perBatch + index} 200 in ${index} ms`,
      }))
      const answer = await client.call('logs.insert', { source: 'live', entries, ack: 'queued' })
      lastSeq = answer.last_seq ?? lastSeq
    }
  }
  const running = run()
  return {
    stop: async () => {
      isWanted = false
      await running
      return lastSeq
    },
  }
}

/** Least squares: how much a value grows from one look to the next. */
function slope(values) {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const [up, down] = values.reduce(
    ([above, below], value, index) => [
      above + (index - middle) * (value - mean),
      below + (index - middle) ** 2,
    ],
    [0, 0],
  )
  return up / down
}

// What follows runs in the page.

/** Looks at each frame whether lines are shown. */
function noteFirstLines() {
  const look = () => {
    const app = document.querySelector('hero-app')?.shadowRoot
    const view = app?.querySelector('logs-page')?.shadowRoot?.querySelector('log-view')
    if (view?.shadowRoot?.querySelector('.row') == null) return requestAnimationFrame(look)
    globalThis.heroLinesMs = performance.now()
    globalThis.heroView = view
  }
  requestAnimationFrame(look)
}

function firstPaintMs() {
  return performance.getEntriesByName('first-contentful-paint')[0].startTime
}

async function jumpAll(seqs) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const taken = []
  for (const seq of seqs) {
    const begun = performance.now()
    await globalThis.heroView.show(seq, false)
    await frame()
    const rows = globalThis.heroView.shadowRoot.querySelectorAll('.row').length
    const top = globalThis.heroView.topEntry?.seq
    if (rows === 0 || !(Math.abs(top - seq) < 1_000)) throw new Error(`At ${top}, not at ${seq}`)
    taken.push(performance.now() - begun)
  }
  return taken
}

function countFrames(durationMs) {
  return new Promise((resolve) => {
    const begun = performance.now()
    let before = begun
    let frames = 0
    let longestFrameMs = 0
    const frame = () => {
      const now = performance.now()
      frames += 1
      longestFrameMs = Math.max(longestFrameMs, now - before)
      before = now
      if (now - begun < durationMs) requestAnimationFrame(frame)
      else resolve({ framesPerSecond: (frames * 1_000) / (now - begun), longestFrameMs })
    }
    requestAnimationFrame(frame)
  })
}

function newestSeq() {
  return globalThis.heroView.lines.entries.at(-1).seq
}
