// Levels as loggers write them; sentences that only mention one have none.
import { expect, test } from 'vitest'
import { LEVELS } from '../../src/model/level.js'
import { findLevel } from '../../src/model/find-level.js'

function levelOf(line: string): string {
  const bytes = Buffer.from(`before\n${line}\nafter`)
  return LEVELS[findLevel(bytes, 7, bytes.length - 6)]!
}

test.each([
  ['<3>disk gone', 'error'],
  ['<14>Nov 21 10:00:00 host app: up', 'info'],
  ['<192>not a priority', 'none'],
  ['<a href="x">', 'none'],
  ['{"level":"warn","msg":"x"}', 'warning'],
  ['{"time":1,"level": 50,"msg":"x"}', 'error'],
  ['{"severity":"CRITICAL"}', 'crit'],
  ['{"msg":"the level is error"}', 'none'],
  ['time=2026-11-21T10:00:00Z level=error msg="x"', 'error'],
  ['lvl=dbug level=debug', 'debug'],
  ['level="warning" x', 'warning'],
  ['[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok', 'notice'],
  ['[error] mod_jk child workerEnv in error state 6', 'error'],
  ['2015-08-10 18:12:34,004 - INFO  [ProcessThread(sid:3)] - error in the text', 'info'],
  ['2026-11-21 ERROR Connection refused', 'error'],
  ['081109 203615 148 INFO dfs.DataNode$PacketResponder: 1', 'info'],
  ['error: cannot find the file', 'error'],
  ['npm warn deprecated x', 'none'],
  ['WARN deprecated x', 'warning'],
  ['no error was found', 'none'],
  ['an information desk', 'none'],
  ['redirect to /ERROR page', 'none'],
  ['Terror and INFORMED', 'none'],
  ['', 'none'],
  ['<', 'none'],
  ['{', 'none'],
])('findLevel(%j) is %s', (line, level) => {
  expect(levelOf(line)).toBe(level)
})

test('findLevel() looks no further than the line', () => {
  const bytes = Buffer.from('[err')
  expect(findLevel(bytes, 0, 0)).toBe(LEVELS.indexOf('none'))
  expect(findLevel(Buffer.from('<3'), 0, 2)).toBe(LEVELS.indexOf('none'))
})
